"""Mails that come in, staged before they are acknowledged; and addresses that ours come back from."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from partnerflow.store.roles import APP_ROLE

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

STATES = "state IN ('staged', 'taken', 'ignored', 'quarantined', 'released', 'discarded')"
WAITS = "state IN ('staged', 'released')"
OPTIONAL = ("origin", "sender", "subject", "case_ref", "person", "outcome", "reason")


def upgrade() -> None:
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "inbound_mail",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("envelope_from", sa.Text(), nullable=True),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", instant, server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("state", sa.Text(), server_default="staged", nullable=False),
        sa.Column("attempt", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("lease_until", instant, nullable=True),
        *(sa.Column(name, sa.Text(), nullable=True) for name in OPTIONAL),
        sa.Column("settled_at", instant, nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_because", sa.Text(), nullable=True),
        sa.Column("decided_at", instant, nullable=True),
        sa.CheckConstraint(STATES, name=op.f("ck_inbound_mail_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbound_mail")),
        sa.UniqueConstraint("digest", name=op.f("uq_inbound_mail_digest")),
    )
    op.add_column(
        "person", sa.Column("undeliverable", postgresql.JSONB(astext_type=sa.Text()), nullable=True)
    )
    op.create_index("ix_inbound_mail_waits", "inbound_mail", ["received_at"], postgresql_where=sa.text(WAITS))
    op.create_index("ix_inbound_mail_state", "inbound_mail", ["state", "received_at"])
    op.create_index("ix_inbound_mail_sender", "inbound_mail", ["sender", "received_at"])
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON inbound_mail TO {APP_ROLE}")
