"""What stands on the home page, each part as one reading."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from api.auth import reader, session
from api.portal.me import Me, need_me
from api.schemas.shown import case as shown_case
from api.schemas.shown import order as shown_order
from api.v1.sight import own_sight
from partnerflow.cases import responsibility, status
from partnerflow.cases.model import Case
from partnerflow.orders.eligibility import eligibility
from partnerflow.orders.model import Order
from partnerflow.policy.document import Policy
from partnerflow.store import listing
from partnerflow.store.policy_versions import policy as policy_of

MOST: Final = 50
SOON: Final = timedelta(hours=72)
"""How long before its last safe minute a line is shown here: the first reminder's lead."""


def moving() -> list[dict[str, Any]]:
    """Open cases of this reader, with who acts next and what they would do."""
    who = need_me()
    rows = listing.list_cases(session(), own_sight(), listing.CaseFilter(open=True), None, MOST)
    return [_case(case, at, who) for case, at in rows[:MOST]]


def _case(case: Case, at: datetime, who: Me) -> dict[str, Any]:
    acting = status.acting_people(case, who.directory, at)
    return shown_case.summary(case, who.directory, at, reader()) | {
        "acting": [{"name": person.name, "id": person.id} for person in acting],
        "asked": len(status.asked_of_partner(case)),
        "caller": responsibility.owner(case, who.directory, at).id if case.call else None,
    }


def needing(case: Mapping[str, Any], who: Me) -> bool:
    """Whether the next act is this reader's: the partner's answer, or what staff and distributor have to do."""
    if who.organisation.code == (case["reseller"] or case["distributor"]):
        return bool(case["asked"])
    return case["caller"] == who.person.id or any(p["id"] == who.person.id for p in case["acting"])


def held_orders() -> list[dict[str, Any]]:
    """Orders that wait for an answer to their findings."""
    rows = listing.list_orders(session(), own_sight(), None, MOST, status="on_hold")
    return [
        shown_order.summary(each)
        | {"hold_until": each.hold_until, "open": sum(f.open for f in each.findings)}
        for each in rows[:MOST]
    ]


@dataclass(frozen=True, slots=True)
class Closing:
    """A line that can be cancelled by itself until ``until``, not much longer."""

    order_id: str
    number: str
    line_no: int
    sku: str
    quantity: int
    until: datetime


def closing_soon() -> list[Closing]:
    """The soonest first."""
    at = need_me().at
    rows = listing.list_orders(session(), own_sight(), None, MOST, status="accepted")
    found = [
        each for order in rows for each in _closing(order, at, policy_of(session(), order.policy_version))
    ]
    return sorted(found, key=lambda each: each.until)


def _closing(order: Order, at: datetime, policy: Policy) -> list[Closing]:
    ends = [(line, eligibility(order, line, at, policy).cancellable_until) for line in order.lines]
    return [
        Closing(order.id, order.number, line.line_no, line.sku, line.quantity, until)
        for line, until in ends
        if until is not None and at < until <= at + SOON
    ]
