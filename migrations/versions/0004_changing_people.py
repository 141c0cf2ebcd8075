"""The directory's own history, grants that wait, leavers, and how far the cases have followed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from partnerflow.store.roles import APP_ROLE

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("organisation", sa.Column("version", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("organisation", sa.Column("head", sa.LargeBinary(), server_default="", nullable=False))
    op.add_column("person", sa.Column("asked", postgresql.JSONB(astext_type=sa.Text()), nullable=True))
    op.add_column("person", sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("absence", sa.Column("note", sa.Text(), server_default="", nullable=False))
    op.add_column("absence", sa.Column("leaves", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        "directory_sync",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("asked", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("done", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column(
            "done_until",
            sa.DateTime(timezone=True),
            server_default=sa.text("partnerflow_now()"),
            nullable=False,
        ),
        sa.CheckConstraint("id = 1", name=op.f("ck_directory_sync_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_directory_sync")),
    )
    op.execute("INSERT INTO directory_sync (id) VALUES (1)")
    op.execute(f"GRANT SELECT, UPDATE ON directory_sync TO {APP_ROLE}")
