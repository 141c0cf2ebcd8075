"""What happened between an organisation and those it buys from or sells to, as the papers say it.

Made of what both sides may read (orders, notes, cases), not of either's books, so that a partner's statement and the
ledger prove each other. Amounts are what the customer owes: an invoice adds, a payment and a credit note take off.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

MOST: Final = 10_000
"""Rows of one statement; whoever needs more asks for a shorter period."""


@dataclass(frozen=True, slots=True)
class Between:
    """One leg of one pair of organisations in one currency."""

    leg: str
    seller: str
    customer: str
    currency: str


@dataclass(frozen=True, slots=True)
class Moved:
    """One row: ``kind`` is invoice, rebill, payment, payment_returned, credit_note, debit_note, settled_outside or
    pass_through; ``about`` the invoice it corrects or pays, or how it was passed on; ``minor`` what it changes."""

    between: Between
    at: datetime
    kind: str
    number: str
    case_ref: str | None
    order_number: str | None
    about: str | None
    minor: int


# Whoever of the two may be named, and nothing upstream for a reseller: it is a party downstream alone.
_ROWS: Final = """
WITH mine AS MATERIALIZED (
  SELECT o.number, o.state,
    CASE s.leg WHEN 'upstream' THEN coalesce(o.state ->> 'upstream_currency', o.state ->> 'currency')
      ELSE o.state ->> 'currency' END AS currency, s.* FROM "order" o CROSS JOIN LATERAL (VALUES
    ('downstream', coalesce(o.distributor, o.vendor), o.reseller), ('upstream', o.vendor, o.distributor)
  ) AS s (leg, seller, customer)
  WHERE s.seller IS NOT NULL AND s.customer IS NOT NULL AND :org IN (s.seller, s.customer)
    AND (o.vendor = :org OR o.distributor = :org OR o.reseller = :org)
), cases AS MATERIALIZED (
  SELECT c.ref, c.order_id, c.origin, c.state,
    CASE s.leg WHEN 'upstream' THEN coalesce(c.state ->> 'upstream_currency', c.state ->> 'currency')
      ELSE c.state ->> 'currency' END AS currency,
    c.state ->> 'order_number' AS order_number, c.state -> 'legs' ->> 0 AS main, s.* FROM "case" c
  CROSS JOIN LATERAL (VALUES
    ('downstream', coalesce(c.distributor, c.vendor), c.reseller), ('upstream', c.vendor, c.distributor)
  ) AS s (leg, seller, customer)
  WHERE s.seller IS NOT NULL AND s.customer IS NOT NULL AND :org IN (s.seller, s.customer)
    AND (c.vendor = :org OR c.distributor = :org OR c.reseller = :org)
), rows AS (
  SELECT m.leg, m.seller, m.customer, m.currency, (i ->> 'issued_at')::timestamptz AS at,
    CASE WHEN n.number IS NULL THEN 'invoice' ELSE 'rebill' END AS kind, i ->> 'number' AS number, n.case_ref,
    m.number AS order_number, NULL AS about,
    (SELECT sum((t ->> 'net')::bigint + (t ->> 'tax')::bigint) FROM jsonb_array_elements(i -> 'tax_totals') t) AS minor
  FROM mine m CROSS JOIN LATERAL jsonb_array_elements(m.state -> 'invoices') i
  LEFT JOIN note n ON n.number = i ->> 'number' AND n.kind = 'rebill' AND n.leg = m.leg WHERE i ->> 'leg' = m.leg
  UNION ALL
  SELECT m.leg, m.seller, m.customer, m.currency, (p ->> 'received_at')::timestamptz,
    CASE p ->> 'kind' WHEN 'reversal' THEN 'payment_returned' ELSE 'payment' END, p ->> 'invoice', NULL, m.number,
    p ->> 'invoice', (p ->> 'amount')::bigint * CASE p ->> 'kind' WHEN 'reversal' THEN 1 ELSE -1 END
  FROM mine m CROSS JOIN LATERAL jsonb_array_elements(m.state -> 'payments') p WHERE p ->> 'leg' = m.leg
    AND coalesce(p ->> 'kind', 'payment') IN ('payment', 'reversal')
  UNION ALL
  SELECT c.leg, c.seller, c.customer, n.currency, n.issued_at, d.kind, n.number, n.case_ref, n.data ->> 'order_number',
    n.invoice, CASE n.kind WHEN 'credit_note' THEN -d.minor ELSE d.minor END
  FROM cases c JOIN note n ON n.case_ref = c.ref AND n.leg = c.leg AND n.kind <> 'rebill' CROSS JOIN LATERAL (VALUES
    (n.kind, n.gross), ('settled_outside', -coalesce((n.data -> 'allocation' ->> 'settled_outside')::bigint, 0))
  ) AS d (kind, minor) WHERE d.minor <> 0
  UNION ALL
  SELECT c.leg, c.seller, c.customer, c.currency, (i ->> 'issued_at')::timestamptz, d.kind, i ->> 'number', c.ref,
    c.order_number, i ->> 'invoice', d.minor
  FROM cases c CROSS JOIN LATERAL jsonb_array_elements(c.state -> 'issued') i CROSS JOIN LATERAL (VALUES
    ('credit_note', -(i ->> 'gross')::bigint), ('settled_outside', (i -> 'allocation' ->> 'settled_outside')::bigint)
  ) AS d (kind, minor) WHERE (i ->> 'external')::boolean AND i ->> 'leg' = c.leg AND d.minor <> 0
  UNION ALL
  SELECT c.leg, c.seller, c.customer, c.currency, (c.state ->> 'opened_at')::timestamptz, d.kind,
    e.data -> 'posted' ->> 'number', c.ref, c.order_number, e.data -> 'posted' ->> 'invoice', d.minor
  FROM cases c JOIN event e ON e.stream = c.ref AND e.seq = 1 CROSS JOIN LATERAL (VALUES
    ('credit_note', -(e.data -> 'posted' ->> 'gross')::bigint),
    ('settled_outside', (e.data -> 'posted' -> 'allocation' ->> 'settled_outside')::bigint)
  ) AS d (kind, minor) WHERE c.origin = 'import' AND e.data -> 'posted' ->> 'leg' = c.leg AND d.minor <> 0
  UNION ALL
  SELECT c.leg, c.seller, c.customer, c.currency, (c.state -> 'pass_through' ->> 'at')::timestamptz, 'pass_through',
    c.state -> 'pass_through' ->> 'reference', c.ref, c.order_number, c.state -> 'pass_through' ->> 'how',
    CASE c.state -> 'pass_through' ->> 'how' WHEN 'refund' THEN coalesce((
      SELECT sum((i -> 'allocation' ->> 'refund')::bigint + (i -> 'allocation' ->> 'account_credit')::bigint)
      FROM jsonb_array_elements(c.state -> 'issued') i
      WHERE i ->> 'kind' = 'credit_note' AND i ->> 'leg' = c.leg
        AND (i ->> 'round')::bigint = (SELECT max((r ->> 'round')::bigint)
          FROM jsonb_array_elements(c.state -> 'issued') r
          WHERE r ->> 'kind' = 'credit_note' AND r ->> 'leg' = c.leg)), 0) ELSE 0 END
  FROM cases c WHERE c.leg = c.main AND c.state -> 'pass_through' ->> 'at' IS NOT NULL
)
"""

_OPENING = text((_ROWS + """
SELECT leg, seller, customer, currency, sum(minor)::bigint FROM rows WHERE at < :since
GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
""").replace("::", r"\:\:"))  # fmt: skip

_PERIOD = text((_ROWS + """
SELECT leg, seller, customer, currency, at, kind, number, case_ref, order_number, about, minor::bigint FROM rows
WHERE at >= :since AND at < :until
ORDER BY leg, seller, customer, currency, at, array_position(ARRAY['invoice', 'payment', 'credit_note'], kind),
  number, kind DESC LIMIT :limit
""").replace("::", r"\:\:"))  # fmt: skip


def opening(session: Session, organisation: str, since: datetime) -> dict[Between, int]:
    """What was owed before an instant, for every pair the organisation is one of."""
    found = session.execute(_OPENING, {"org": organisation, "since": since})
    return {Between(*row[:4]): row[4] for row in found}


def moved(
    session: Session, organisation: str, since: datetime, until: datetime, most: int = MOST
) -> list[Moved]:
    """What happened from ``since`` to before ``until``, pair by pair in order; at most ``most`` + 1 rows."""
    values: dict[str, Any] = {"org": organisation, "since": since, "until": until, "limit": most + 1}
    return [Moved(Between(*row[:4]), *row[4:]) for row in session.execute(_PERIOD, values)]
