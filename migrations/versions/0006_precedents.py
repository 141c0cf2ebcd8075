"""What precedents are found by: reason, family, verdict, exception, what was asked, and when it was decided."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

BY = (("reason", "family"), ("reason",), ("reseller", "reason"), ("distributor", "reason"))

# At the operator's daily rate: that day's, or the last one of the ten days before.
RATE = """
SELECT x.micros FROM exchange_rate x
WHERE x.currency = c.state ->> 'currency' AND x.day <= (c.state ->> 'opened_at')::timestamptz::date
  AND x.day > (c.state ->> 'opened_at')::timestamptz::date - 10
ORDER BY x.day DESC LIMIT 1
"""
FILL = f"""
UPDATE "case" c SET
  reason = c.state ->> 'reason',
  family = coalesce(c.state -> 'scope' ->> 'family', ''),
  verdict = c.state ->> 'verdict',
  excepted = jsonb_typeof(c.state -> 'exception') = 'object',
  asked_net = round((c.state -> 'requested' -> 0 -> 'credit' ->> 'net')::numeric
    * coalesce(CASE WHEN c.state ->> 'currency' <> (SELECT currency FROM organisation WHERE operator) THEN ({RATE}) END,
      1000000) / 1000000),
  decided_at = CASE
    WHEN c.outcome IN ('withdrawn', 'cancelled') THEN NULL
    WHEN c.state -> 'rounds' -> -1 ->> 'state' = 'granted'
      THEN (c.state -> 'rounds' -> -1 ->> 'granted_at')::timestamptz
    WHEN c.state -> 'rounds' -> -1 ->> 'state' = 'declined' OR c.outcome = 'declined' THEN c.closed_at
  END
"""  # noqa: S608  our own words


def upgrade() -> None:
    op.add_column("case", sa.Column("reason", sa.Text(), nullable=True))
    op.add_column("case", sa.Column("family", sa.Text(), server_default=sa.text("''"), nullable=False))
    op.add_column("case", sa.Column("verdict", sa.Text(), nullable=True))
    op.add_column("case", sa.Column("excepted", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("case", sa.Column("asked_net", sa.BigInteger(), nullable=True))
    op.add_column("case", sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("SELECT set_config('pf.org', '*', true)")
    op.execute(FILL)
    for columns in BY:
        op.create_index(
            f"ix_case_decided_{'_'.join(columns)}",
            "case",
            [*columns, "decided_at"],
            unique=False,
            postgresql_where=sa.text("decided_at IS NOT NULL"),
        )
