"""The e-invoices of a note beside its PDF; what was printed before stays as it is."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("document", sa.Column("cii", sa.LargeBinary(), nullable=True))
    op.add_column("document", sa.Column("ubl", sa.LargeBinary(), nullable=True))
