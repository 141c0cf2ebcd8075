"""What a line's units were given may not pass the units nor what the line was given: a wall around the difference."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

SHARES = "share >= 0 AND share <= (credited_quantity + reserved_quantity) * 1000000000"
BY_QUANTITY = "by_quantity >= 0 AND by_quantity <= credited + reserved"


def upgrade() -> None:
    op.create_check_constraint(op.f("ck_ceiling_share_fits"), "ceiling", SHARES)
    op.create_check_constraint(op.f("ck_ceiling_by_quantity_fits"), "ceiling", BY_QUANTITY)
