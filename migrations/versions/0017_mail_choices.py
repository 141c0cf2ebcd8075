"""Which mails a person wants one by one, in which locale; and the morning digest of the others."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

STATES = "'queued', 'sending', 'sent', 'retrying', 'parked', 'dropped'"


def upgrade() -> None:
    op.add_column("person", sa.Column("locale", sa.Text(), nullable=True))
    op.add_column(
        "person", sa.Column("mails", sa.Text(), server_default=sa.text("'at_once'"), nullable=False)
    )
    op.create_check_constraint(
        op.f("ck_person_mails"), "person", "mails IN ('at_once', 'digest', 'needs_me')"
    )
    op.add_column("delivery", sa.Column("digest", sa.Text(), nullable=True))
    op.drop_constraint(op.f("ck_delivery_state"), "delivery", type_="check")
    op.create_check_constraint(op.f("ck_delivery_state"), "delivery", f"state IN ({STATES}, 'held')")
    op.drop_constraint(op.f("ck_delivery_only_reminders_wait"), "delivery", type_="check")
    op.create_check_constraint(
        op.f("ck_delivery_only_reminders_wait"),
        "delivery",
        "not_before IS NULL OR reminds IS NOT NULL OR event = 'digest'",
    )
    op.create_index(
        "ix_delivery_held",
        "delivery",
        ["recipient"],
        unique=False,
        postgresql_where=sa.text("state = 'held'"),
    )
    op.create_index(
        "ix_delivery_digest",
        "delivery",
        ["recipient"],
        unique=True,
        postgresql_where=sa.text("event = 'digest' AND state = 'queued' AND digest IS NULL"),
    )
