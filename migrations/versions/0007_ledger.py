"""The ledger as an auditor asks for it: whose books, which paper, walls between organisations, exact reversals."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TABLES = ("ledger_entry", "ledger_posting")

# The accounts' names before there was a chart.
RENAME = """
UPDATE ledger_posting SET account = CASE split_part(account, ':', 2)
  WHEN 'sales' THEN split_part(account, ':', 1)
    || CASE WHEN entry LIKE 'rebill:%' THEN ':revenue' ELSE ':revenue-corrections' END
  ELSE regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(account,
    '^([^:]+):vat-output:', '\\1:output-vat:'), '^([^:]+):receivable:', '\\1:receivables:'),
    '^([^:]+):refund-payable:', '\\1:refunds-payable:'), '^([^:]+):customer-credit:', '\\1:account-credit:'),
    '^([^:]+):settled-outside:', '\\1:clearing:') END
"""
FILL = """
UPDATE ledger_entry e SET books = p.books, postings = p.n,
  document = CASE WHEN e.key LIKE 'rebill:%' THEN substring(e.key FROM ':([^:]+)$') ELSE (
    SELECT n.number FROM note n WHERE n.case_ref = e.case_ref AND n.leg = e.leg AND n.kind = 'credit_note'
      AND e.key = 'credit:' || n.case_ref || ':' || n.round || ':' || n.leg || ':' || n.invoice) END,
  orgs = array_remove(ARRAY[p.books, nullif((SELECT code FROM organisation WHERE operator), p.books)], NULL)
FROM (SELECT entry, split_part(min(account), ':', 1) AS books, count(*) AS n FROM ledger_posting GROUP BY 1) p
WHERE p.entry = e.key
"""
FILL_POSTINGS = "UPDATE ledger_posting p SET orgs = e.orgs FROM ledger_entry e WHERE e.key = p.entry"

# The number of its postings stands on the entry, so that none can join it later, not even a balanced pair.
ENTRY = """
CREATE OR REPLACE FUNCTION refuse_unbalanced() RETURNS trigger LANGUAGE plpgsql AS
$$ DECLARE found record; original ledger_entry; BEGIN
  SELECT count(*) AS n, coalesce(sum(debit) - sum(credit), 1) AS difference,
    bool_and(split_part(account, ':', 1) = NEW.books AND orgs = NEW.orgs) AS own
    INTO found FROM ledger_posting WHERE entry = NEW.key;
  IF found.difference <> 0 OR found.n <> NEW.postings THEN
    RAISE EXCEPTION 'ledger entry % does not balance', NEW.key USING ERRCODE = 'check_violation';
  END IF;
  IF NOT found.own THEN
    RAISE EXCEPTION 'ledger entry % is not in the books of %', NEW.key, NEW.books USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.reverses IS NOT NULL THEN
    SELECT * INTO original FROM ledger_entry WHERE key = NEW.reverses;
    IF original.reverses IS NOT NULL OR btrim(NEW.reason) = ''
      OR (original.case_ref, original.leg, original.currency, original.postings)
        IS DISTINCT FROM (NEW.case_ref, NEW.leg, NEW.currency, NEW.postings)
      OR EXISTS (
        SELECT account, credit, debit FROM ledger_posting WHERE entry = NEW.reverses
        EXCEPT ALL SELECT account, debit, credit FROM ledger_posting WHERE entry = NEW.key)
    THEN
      RAISE EXCEPTION 'ledger entry % does not reverse %', NEW.key, NEW.reverses USING ERRCODE = 'check_violation';
    END IF;
  END IF;
  RETURN NULL;
END $$
"""
POSTING = """
CREATE OR REPLACE FUNCTION refuse_unbalanced_posting() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
  IF coalesce((SELECT sum(p.debit) - sum(p.credit) <> 0 OR count(*) <> max(e.postings)
      FROM ledger_posting p JOIN ledger_entry e ON e.key = p.entry WHERE p.entry = NEW.entry), true) THEN
    RAISE EXCEPTION 'ledger entry % does not balance', NEW.entry USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$
"""

AWAITED = "stage IN ('remedy', 'passing_on') OR (stage = 'closed' AND state -> 'held' <> '{}'::jsonb)"


def upgrade() -> None:
    op.add_column("ledger_entry", sa.Column("books", sa.Text(), nullable=True))
    op.add_column("ledger_entry", sa.Column("document", sa.Text(), nullable=True))
    op.add_column("ledger_entry", sa.Column("postings", sa.BigInteger(), nullable=True))
    for table in TABLES:
        op.add_column(table, sa.Column("orgs", postgresql.ARRAY(sa.Text()), nullable=True))
        op.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    op.execute("SELECT set_config('pf.org', '*', true)")
    for statement in (RENAME, FILL, FILL_POSTINGS):
        op.execute(statement.replace(":", r"\:"))  # no statement has parameters
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        op.alter_column(table, "orgs", nullable=False)
    for column in ("books", "postings"):
        op.alter_column("ledger_entry", column, nullable=False)
    op.create_foreign_key(
        op.f("fk_ledger_entry_books_organisation"), "ledger_entry", "organisation", ["books"], ["code"]
    )
    op.create_index("ix_ledger_entry_document", "ledger_entry", ["document"], unique=False)
    op.create_index("ix_case_awaited", "case", ["opened_at"], unique=False, postgresql_where=sa.text(AWAITED))
    op.execute(ENTRY)
    op.execute(POSTING)
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY own_organisation ON {table} USING "
            "((SELECT current_setting('pf.org', true)) = '*' OR (SELECT current_setting('pf.org', true)) = ANY (orgs))"
        )
