"""Credit notes of other issuers are listed beside our own, without looking into every case."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_case_stated_elsewhere",
        "case",
        ["ref"],
        postgresql_where=sa.text("""state @> '{"issued": [{"external": true}]}'::jsonb"""),
    )
