"""From which purchase a line's window, ages and term count, and what policy gives back for its units.

DOMAIN: Orders (a window belongs to a purchase event).
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta

from partnerflow.orders.catalogue import Base
from partnerflow.orders.commands import OrderDraft
from partnerflow.orders.model import Line, Order, OrderStatus
from partnerflow.policy.document import Policy
from partnerflow.policy.proration import Term
from partnerflow.policy.questions import Bought, Entitlement, entitlement
from partnerflow.policy.terms import Purchase

_HOUR = timedelta(hours=1)


def bought_at(order: Order, line: Line) -> datetime:
    """The purchase that window, ``within_hours`` and free hours count from: an upgrade's is that of its base."""
    return line.bought_at or order.placed_at


def window_hours(line: Line, policy: Policy, family: str) -> int:
    """An upgrade has what the policy gave its base when that was ordered."""
    return policy.window(family or None).cancel_hours if line.window_hours is None else line.window_hours


def window_ends(order: Order, line: Line, policy: Policy, family: str) -> datetime:
    """The first instant outside the window, whether or not there is anything to cancel."""
    return bought_at(order, line) + window_hours(line, policy, family) * _HOUR


def bought(order: Order, line: Line, at: datetime) -> Bought:
    """The purchase as it is asked about at an instant; a line without stated months has no term."""
    months = line.licence.term_months if line.licence else None
    term = Term(order.placed_at, months, order.zone) if months else None
    return Bought(bought_at(order, line), at, term)


def bases(draft: OrderDraft, known: Iterable[Order], policy_of: Callable[[int], Policy]) -> tuple[Base, ...]:
    """The lines that a draft's lines may add to or upgrade: of orders it names, between the same parties, placed
    before it and not cancelled. Each with the window it got by the policy in force when it was ordered."""
    parties = (draft.vendor, draft.distributor, draft.reseller)
    return tuple(
        Base(order.number, line.line_no, bought_at(order, line), window_hours(line, policy, line.family))
        for order in known
        if (order.vendor, order.distributor, order.reseller) == parties
        and order.number != draft.number
        and order.status is not OrderStatus.CANCELLED
        and order.placed_at <= draft.placed_at
        for policy in (policy_of(order.policy_version),)
        for line in order.lines
    )


def base_numbers(draft: OrderDraft) -> Iterator[str]:
    """The numbers of the orders that a draft's lines name."""
    return (line.base_order for line in draft.lines if line.base_order)


def entitled(
    order: Order, line: Line, activated: bool, at: datetime, policy: Policy, family: str | None = None
) -> Entitlement:
    """What policy gives for a unit of the line; ``at`` is when the request was received."""
    return entitlement(
        policy,
        family=line.family if family is None else family,
        activated=activated,
        bought=bought(order, line, at),
        order_type=(line.purchase or Purchase.NEW).value,
    )
