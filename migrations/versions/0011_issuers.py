"""Whose numbers the notes of an organisation bear: our series, or another system's."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("organisation", sa.Column("issuer", sa.Text(), server_default="embedded", nullable=False))
    op.create_check_constraint(
        op.f("ck_organisation_issuer"), "organisation", "issuer IN ('embedded', 'external')"
    )
