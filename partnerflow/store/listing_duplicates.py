"""Cases that may be the same request, and those that were closed as duplicates, as far as their reader may see them."""

from sqlalchemy import text
from sqlalchemy.orm import Session

from partnerflow.cases.duplicates import WITHIN
from partnerflow.cases.model import Case
from partnerflow.store.codec import decode_case
from partnerflow.store.listing import SEEN, Sight, seen_by

MOST = 20
_OF_PARTNER = "c.reseller IS NOT DISTINCT FROM :reseller AND c.distributor IS NOT DISTINCT FROM :distributor"
_NEAR = text(f"""
SELECT c.state::text FROM "case" c WHERE {SEEN} AND {_OF_PARTNER} AND c.ref <> :ref
  AND (c.order_id = :order_id
    OR c.reason = :reason AND c.opened_at BETWEEN :at - CAST(:within AS interval) AND :at + CAST(:within AS interval))
ORDER BY (c.order_id = :order_id) DESC, c.opened_at DESC LIMIT :most
""")  # noqa: S608  our own words
_CLOSED_INTO = text(f"""
SELECT c.state::text FROM "case" c WHERE {SEEN} AND {_OF_PARTNER} AND c.outcome = 'cancelled'
  AND c.state ->> 'duplicate_of' = :ref ORDER BY c.ref LIMIT :most
""")  # noqa: S608  our own words


def near(session: Session, sight: Sight, case: Case) -> list[Case]:
    """Of the same partner: on the same order, or with the same reason within days."""
    values = _values(sight, case) | {"order_id": case.order_id, "reason": case.reason.value}
    rows = session.execute(_NEAR, values | {"at": case.opened_at, "within": WITHIN})
    return [decode_case(row[0]) for row in rows]


def closed_into(session: Session, sight: Sight, case: Case) -> list[Case]:
    """The cases that were closed as duplicates of this one."""
    return [decode_case(row[0]) for row in session.execute(_CLOSED_INTO, _values(sight, case))]


def _values(sight: Sight, case: Case) -> dict[str, object]:
    own = {"ref": case.ref, "reseller": case.reseller, "distributor": case.distributor, "most": MOST}
    return seen_by(sight) | own
