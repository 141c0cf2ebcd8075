"""What people search by: references, numbers and words, each by its beginning.

Behind row-level security an index serves only comparisons that can leak nothing: beginnings of words as a range of text
are such, LIKE and text search are not. So every word stands in a row of its own, written by the database beside what it
is of, with the organisations that may know it: numbers of the vendor -> distributor leg are not a reseller's.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

from partnerflow.store.roles import APP_ROLE

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

SPLIT = r"""[\s,;:!?()"''/\\<>\[\]{}|]+"""
TERMS = rf"""
CREATE FUNCTION search_words(words text) RETURNS TABLE (term text) LANGUAGE sql IMMUTABLE AS $$
  WITH found AS (SELECT trim(both '.-_*' from left(w, 100)) AS w
    FROM regexp_split_to_table(lower(coalesce(words, '')), '{SPLIT}') AS s (w) LIMIT 500)
  SELECT w FROM found WHERE length(w) > 1
  UNION SELECT substring(w from '[^-]+$') FROM found WHERE w ~ '-[^-]*[0-9][^-]{{2,}}$'
$$
"""  # noqa: S608  our own words

CASE_TERMS = """
CREATE FUNCTION keep_case_terms() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  INSERT INTO search_term (kind, target, term, at, orgs)
  SELECT 'case', NEW.ref, w.term, NEW.opened_at, NEW.orgs FROM search_words(NEW.words) w
  UNION ALL
  SELECT 'case', NEW.ref, w.term, NEW.opened_at,
    CASE i ->> 'leg' WHEN 'upstream' THEN array_remove(NEW.orgs, NEW.reseller) ELSE NEW.orgs END
  FROM jsonb_array_elements(NEW.state -> 'issued') i CROSS JOIN LATERAL search_words(i ->> 'number') w
  WHERE (i ->> 'external')::boolean
  ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$
"""

ORDER_TERMS = """
CREATE FUNCTION keep_order_terms() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  INSERT INTO search_term (kind, target, term, at, orgs)
  SELECT 'order', NEW.id, w.term, NEW.placed_at, NEW.orgs FROM search_words(concat_ws(' ', NEW.number,
    NEW.state ->> 'po_number', NEW.state -> 'end_customer' ->> 'code', NEW.state -> 'end_customer' ->> 'name')) w
  UNION ALL
  SELECT 'order', NEW.id, w.term, NEW.placed_at,
    CASE i ->> 'leg' WHEN 'upstream' THEN array_remove(NEW.orgs, NEW.reseller) ELSE NEW.orgs END
  FROM jsonb_array_elements(NEW.state -> 'invoices') i CROSS JOIN LATERAL search_words(i ->> 'number') w
  ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$
"""

NOTE_TERMS = """
CREATE FUNCTION keep_note_terms() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  INSERT INTO search_term (kind, target, term, at, orgs)
  SELECT 'note', NEW.number, w.term, NEW.issued_at, NEW.orgs FROM search_words(NEW.number) w
  ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$
"""

CHANGED = {
    "case": "OLD.words IS DISTINCT FROM NEW.words OR OLD.state -> 'issued' IS DISTINCT FROM NEW.state -> 'issued'",
    "order": "OLD.state -> 'invoices' IS DISTINCT FROM NEW.state -> 'invoices'",
}
SEEN = "((SELECT current_setting('pf.org', true)) = '*' OR (SELECT current_setting('pf.org', true)) = ANY (orgs))"


def upgrade() -> None:
    op.create_table(
        "search_term",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("term", sa.Text(collation="C"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("orgs", ARRAY(sa.Text()), nullable=False),
        sa.CheckConstraint("kind IN ('case', 'order', 'note')", name=op.f("ck_search_term_kind")),
        sa.PrimaryKeyConstraint("kind", "target", "term", name=op.f("pk_search_term")),
    )
    op.create_index("ix_search_term_kind_term", "search_term", ["kind", "term"])
    op.execute(f"GRANT SELECT, INSERT ON search_term TO {APP_ROLE}")
    op.execute("ALTER TABLE search_term ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE search_term FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY own_organisation ON search_term USING {SEEN}")
    for function in (TERMS, CASE_TERMS, ORDER_TERMS, NOTE_TERMS):
        op.execute(function)
    for table in ("case", "order", "note"):
        op.execute(
            f'CREATE TRIGGER {table}_is_found AFTER INSERT ON "{table}" '
            f"FOR EACH ROW EXECUTE FUNCTION keep_{table}_terms()"
        )
    for table, changed in CHANGED.items():
        op.execute(
            f'CREATE TRIGGER {table}_is_found_anew AFTER UPDATE ON "{table}" FOR EACH ROW WHEN ({changed}) '
            f"EXECUTE FUNCTION keep_{table}_terms()"
        )
    _fill()


def _fill() -> None:
    """What is there already, as the triggers would have kept it."""
    op.execute("SELECT set_config('pf.org', '*', true)")
    for statement in (CASE_TERMS, ORDER_TERMS, NOTE_TERMS):
        table = statement.split("keep_")[1].split("_terms")[0]
        body = statement.split("BEGIN")[1].split("ON CONFLICT")[0].replace("NEW.", "n.")
        first, second = (*body.split("UNION ALL"), None)[:2]
        op.execute(_from(first or "", table))
        if second:
            op.execute(_from("INSERT INTO search_term (kind, target, term, at, orgs)" + second, table))


def _from(select: str, table: str) -> str:
    """The trigger's insert over every row instead of the new one."""
    return select.replace("FROM ", f'FROM "{table}" n CROSS JOIN LATERAL ', 1) + " ON CONFLICT DO NOTHING"
