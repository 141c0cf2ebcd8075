"""Who is owed a message for what happened to an order, and what it will say, as data. DOMAIN: Orders."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from partnerflow.orders.events import Event, OrderCancelled, OrderOnHold, OrderReleased, OrderWindowClosing
from partnerflow.orders.model import Order
from partnerflow.people import Actor, Directory, Person, Role, first_contact

TELLS = (OrderOnHold, OrderReleased, OrderCancelled, OrderWindowClosing)
"""The other kinds answer whoever sent them; nobody needs a mail for what they just did."""


@dataclass(frozen=True, slots=True)
class OrderLetter:
    """``facts`` are the event's own in words or RFC 3339; ``findings`` what has to be answered."""

    kind: str
    audience: str
    name: str
    order_id: str
    order_number: str
    po_number: str | None
    due_at: datetime | None
    zone: str
    findings: tuple[str, ...]
    facts: dict[str, str]
    locale: str = ""


@dataclass(frozen=True, slots=True)
class OrderNotice:
    seq: int
    event: str
    recipient: str
    address: str
    letter: OrderLetter


def owed(
    events: Sequence[Event], order: Order, first_seq: int, actor: Actor, directory: Directory
) -> tuple[OrderNotice, ...]:
    """One notice per event and person: whoever entered it, and the reseller's buyer."""
    if order.replaces:
        return ()
    return tuple(
        _notice(event, order, seq, person, directory.locale_of(person.id))
        for seq, event in enumerate(events, start=first_seq)
        if isinstance(event, TELLS)
        for person in _people(event, order, actor, directory)
    )


def needs_act(notice: OrderNotice) -> bool:
    """What has to be answered before the hold ends; everything else is news, or a reminder."""
    return notice.event == OrderOnHold.KIND


def _people(event: Event, order: Order, actor: Actor, directory: Directory) -> Iterable[Person]:
    entered = directory.people.get(order.entered_by)
    buyer = first_contact(directory, order.reseller or "", Role.BUYER)
    own = entered if entered and entered.organisation == order.reseller else buyer
    known = [own] if own else []
    if entered and entered not in known:
        known.append(entered)
    own_act = isinstance(event, OrderReleased | OrderCancelled)
    return [person for person in known if not (own_act and person.id == actor.person)]


def _notice(event: Event, order: Order, seq: int, person: Person, locale: str) -> OrderNotice:
    zone = person.calendar.zone
    letter = OrderLetter(
        kind=event.KIND,
        audience="partner" if person.organisation == order.reseller else "distributor",
        name=person.name,
        order_id=order.id,
        order_number=order.number,
        po_number=order.po_number,
        due_at=_due(event, order),
        zone=zone,
        findings=tuple(f.text for f in order.findings if f.open and f.leg is None),
        facts=_facts(event),
        locale=locale,
    )
    return OrderNotice(seq, event.KIND, person.id, person.email, letter)


def _due(event: Event, order: Order) -> datetime | None:
    if isinstance(event, OrderWindowClosing):
        return event.closes_at
    return order.hold_until if isinstance(event, OrderOnHold) else None


def _facts(event: Event) -> dict[str, str]:
    if isinstance(event, OrderReleased):
        return {"because": event.because}
    if isinstance(event, OrderCancelled):
        return {"reason": event.reason, "expired": "yes" if event.expired else ""}
    if isinstance(event, OrderWindowClosing):
        return {"lines": ", ".join(map(str, event.lines))}
    return {}
