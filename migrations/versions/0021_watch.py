"""What the house noticed last of itself; and the trail of events and commands found by time."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from partnerflow.store.roles import APP_ROLE

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "watch",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("found", sa.BigInteger(), nullable=False),
        sa.Column("wrong_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_watch")),
    )
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON watch TO {APP_ROLE}")
    # Written in the order of time: ranges of blocks are enough, and cost a decision next to nothing.
    op.create_index("ix_event_at", "event", ["at"], postgresql_using="brin")
    op.create_index("ix_command_received_at", "command", ["received_at"], postgresql_using="brin")
