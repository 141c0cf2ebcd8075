"""Payments through the payment port: a row per key, which never says anything else of the money."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from partnerflow.store.roles import APP_ROLE

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

KEEP = """
CREATE FUNCTION refuse_other_payout() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
  IF (NEW.key, NEW.case_ref, NEW.round, NEW.leg, NEW.kind, NEW.amount, NEW.currency, NEW.payer, NEW.payee)
    IS DISTINCT FROM
    (OLD.key, OLD.case_ref, OLD.round, OLD.leg, OLD.kind, OLD.amount, OLD.currency, OLD.payer, OLD.payee)
  THEN
    RAISE EXCEPTION 'payout % is for something else', OLD.key USING ERRCODE = 'check_violation';
  END IF;
  IF OLD.state IN ('confirmed', 'cancelled') AND NEW.state <> OLD.state
    OR OLD.state IN ('submitted', 'unknown') AND NEW.state IN ('intended', 'cancelled')
    OR NEW.tries < OLD.tries
  THEN
    RAISE EXCEPTION 'payout % is %: it cannot become %', OLD.key, OLD.state, NEW.state
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$
"""


def upgrade() -> None:
    op.create_table(
        "payout",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("case_ref", sa.Text(), nullable=False),
        sa.Column("round", sa.BigInteger(), nullable=False),
        sa.Column("leg", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("payer", sa.Text(), nullable=False),
        sa.Column("payee", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("held_by", sa.Text(), nullable=True),
        sa.Column("tries", sa.BigInteger(), nullable=False),
        sa.Column("driven", sa.Boolean(), nullable=False),
        sa.Column("orgs", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.CheckConstraint("leg IN ('downstream', 'upstream')", name=op.f("ck_payout_leg")),
        sa.CheckConstraint("kind IN ('refund', 'account_credit', 'goodwill')", name=op.f("ck_payout_kind")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_payout_amount")),
        sa.CheckConstraint(
            "state IN ('intended', 'submitted', 'unknown', 'confirmed', 'failed', 'cancelled')",
            name=op.f("ck_payout_state"),
        ),
        sa.ForeignKeyConstraint(["case_ref"], ["case.ref"], name=op.f("fk_payout_case_ref_case")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_payout")),
    )
    op.create_index("ix_payout_driven", "payout", ["key"], unique=False, postgresql_where=sa.text("driven"))
    op.create_index(
        "ix_payout_unsettled",
        "payout",
        ["since"],
        unique=False,
        postgresql_where=sa.text("state IN ('intended', 'submitted', 'unknown', 'failed')"),
    )
    op.create_index("ix_payout_case_ref", "payout", ["case_ref"], unique=False)
    op.execute(KEEP)
    op.execute(
        "CREATE TRIGGER payout_keeps BEFORE UPDATE ON payout FOR EACH ROW EXECUTE FUNCTION refuse_other_payout()"
    )
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON payout TO {APP_ROLE}")
    op.execute(f"REVOKE DELETE ON payout FROM {APP_ROLE}")
    op.execute("ALTER TABLE payout ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE payout FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY own_organisation ON payout USING "
        "((SELECT current_setting('pf.org', true)) = '*' OR (SELECT current_setting('pf.org', true)) = ANY (orgs))"
    )
