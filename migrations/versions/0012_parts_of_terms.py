"""Parts of a term (116 of 365 days) beside whole shares of a line, exactly: a numerator and a denominator."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

SHARES = (
    "share >= 0 AND share_over >= 0 AND share_over < share_of AND"
    " share + least(share_over, 1) <= (credited_quantity + reserved_quantity) * 1000000000"
)


def upgrade() -> None:
    for name, default in (("share_over", "0"), ("share_of", "1")):
        op.add_column("ceiling", sa.Column(name, sa.Numeric(), nullable=False, server_default=default))
    op.drop_constraint(op.f("ck_ceiling_share_fits"), "ceiling", type_="check")
    op.create_check_constraint(op.f("ck_ceiling_share_fits"), "ceiling", SHARES)
