"""Reminders wait for their recipient's hours, and are dropped when their point has passed by then."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

STATES = "state IN ('queued', 'sending', 'sent', 'retrying', 'parked', 'dropped')"


def upgrade() -> None:
    op.add_column("delivery", sa.Column("not_before", sa.DateTime(timezone=True), nullable=True))
    op.add_column("delivery", sa.Column("reminds", sa.Text(), nullable=True))
    op.add_column("delivery", sa.Column("reminds_until", sa.DateTime(timezone=True), nullable=True))
    op.drop_constraint(op.f("ck_delivery_state"), "delivery")
    op.create_check_constraint(op.f("ck_delivery_state"), "delivery", STATES)
    op.create_check_constraint(
        op.f("ck_delivery_only_reminders_wait"), "delivery", "not_before IS NULL OR reminds IS NOT NULL"
    )
    op.create_index(
        "ix_delivery_waiting",
        "delivery",
        ["not_before"],
        unique=False,
        postgresql_where=sa.text("state = 'queued' AND not_before IS NOT NULL"),
    )
