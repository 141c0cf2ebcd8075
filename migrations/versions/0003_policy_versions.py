"""Policy versions keep their text, their publication and the moving of clocks; they are written once."""

import sqlalchemy as sa
from alembic import op

from partnerflow.store.roles import APP_ROLE

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

PUBLICATION = ("approver", "effective_at", "published_at", "clocks")

WRITTEN_ONCE = """
CREATE FUNCTION refuse_rewriting_policy() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
  IF TG_OP = 'DELETE'
    OR (NEW.version, NEW.name, NEW.document, NEW.source, NEW.note, NEW.author, NEW.created_at)
      IS DISTINCT FROM (OLD.version, OLD.name, OLD.document, OLD.source, OLD.note, OLD.author, OLD.created_at)
    OR OLD.published_at IS NOT NULL AND (NEW.approver, NEW.effective_at, NEW.published_at)
      IS DISTINCT FROM (OLD.approver, OLD.effective_at, OLD.published_at)
  THEN
    RAISE EXCEPTION 'policy version % is written once; draft another', OLD.version
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$
"""


def upgrade() -> None:
    op.add_column("policy_version", sa.Column("source", sa.Text(), nullable=True))
    op.add_column("policy_version", sa.Column("note", sa.Text(), server_default="", nullable=False))
    op.add_column("policy_version", sa.Column("published_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("policy_version", sa.Column("clocks", sa.Text(), nullable=True))
    # JSON is YAML: what was stored before its text was kept is its own text.
    op.execute(
        "UPDATE policy_version SET source = jsonb_pretty(document), "
        "published_at = CASE WHEN effective_at IS NOT NULL THEN created_at END"
    )
    op.alter_column("policy_version", "source", nullable=False)
    op.create_check_constraint(
        op.f("ck_policy_version_published_with_its_instant"),
        "policy_version",
        "(effective_at IS NULL) = (published_at IS NULL)",
    )
    op.create_check_constraint(
        op.f("ck_policy_version_clocks"),
        "policy_version",
        "clocks IS NULL OR clocks IN ('waiting', 'moving', 'moved', 'overtaken')",
    )
    op.create_check_constraint(
        op.f("ck_policy_version_clocks_of_published"),
        "policy_version",
        "clocks IS NULL OR published_at IS NOT NULL",
    )
    op.execute(WRITTEN_ONCE)
    op.execute(
        "CREATE TRIGGER policy_version_is_written_once BEFORE UPDATE OR DELETE ON policy_version "
        "FOR EACH ROW EXECUTE FUNCTION refuse_rewriting_policy()"
    )
    op.execute(f"REVOKE UPDATE, DELETE ON policy_version FROM {APP_ROLE}")
    op.execute(f"GRANT UPDATE ({', '.join(PUBLICATION)}) ON policy_version TO {APP_ROLE}")
