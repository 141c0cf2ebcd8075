"""API keys have a number, and say who made them: one that somebody else made never decides."""

import sqlalchemy as sa
from alembic import op

from partnerflow.store.roles import APP_ROLE

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE SEQUENCE api_key_id_seq AS bigint")
    op.add_column(
        "api_key",
        sa.Column("id", sa.BigInteger(), server_default=sa.text("nextval('api_key_id_seq')"), nullable=False),
    )
    op.execute("ALTER SEQUENCE api_key_id_seq OWNED BY api_key.id")
    op.execute(f"GRANT USAGE ON SEQUENCE api_key_id_seq TO {APP_ROLE}")
    op.add_column("api_key", sa.Column("made_by", sa.Text(), nullable=True))
    op.create_foreign_key(op.f("fk_api_key_made_by_person"), "api_key", "person", ["made_by"], ["id"])
    op.drop_constraint("pk_api_key", "api_key", type_="primary")
    op.create_primary_key(op.f("pk_api_key"), "api_key", ["id"])
    op.create_unique_constraint(op.f("uq_api_key_hash"), "api_key", ["hash"])
