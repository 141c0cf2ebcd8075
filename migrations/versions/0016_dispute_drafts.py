"""What a person has begun to write in the portal."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from partnerflow.store.roles import APP_ROLE

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "dispute_draft",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("fields", JSONB(), nullable=False),
        sa.Column("opened", JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column(
            "saved_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_dispute_draft_person_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute_draft")),
    )
    op.create_index(op.f("ix_dispute_draft_person"), "dispute_draft", ["person"])
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON dispute_draft TO {APP_ROLE}")
