"""The order is the fold of its events, as the record stores them and as readers see them."""

from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

import msgspec

from partnerflow.events import Stamp
from partnerflow.orders.commands import (
    AcknowledgeFindings,
    EnterOrder,
    InvoiceDraft,
    OrderDue,
    RecordActivation,
    RecordInvoice,
    RecordPayment,
    ReduceQuantity,
)
from partnerflow.orders.events import EVENTS, Event
from partnerflow.orders.machine import evolve, next_deadline, signature
from partnerflow.orders.model import Leg, Licence, Order, Payment
from tests.domain.builders_orders import (
    DESK,
    MONDAY,
    OWNS_STANDARD,
    POLICY,
    a_draft,
    a_line,
    a_view,
    events,
)

LATER = MONDAY + timedelta(hours=1)
CLOSING = MONDAY + timedelta(hours=96)
LINE = a_line(upstream_price=43_210_000, licence=Licence(edition="pro"))
UPSTREAM_FIGURES = ("43210000", "211729", "432100")


def history() -> list[tuple[Event, Stamp]]:
    """Everything that can happen to an order that is accepted, with an upstream price nothing else equals."""
    commands: list[tuple[Any, Any]] = [
        (EnterOrder("o-1", a_draft(LINE)), MONDAY),
        (AcknowledgeFindings(("edition-mismatch",), "They move to Pro."), MONDAY),
        (ReduceQuantity(1, 1, "PF-2027-000001"), LATER),
        *((RecordInvoice(InvoiceDraft(leg, f"INV-{leg}", LATER)), LATER) for leg in Leg),
        (RecordPayment(Payment("p-1", Leg.DOWNSTREAM, "INV-downstream", 120_000, LATER)), LATER),
        (RecordPayment(Payment("p-2", Leg.UPSTREAM, "INV-upstream", 432_100, LATER)), LATER),
        (RecordActivation(1, 4, LATER, "vendor portal"), LATER),
        (OrderDue("window", CLOSING), CLOSING),
    ]
    order: Order | None = None
    recorded: list[tuple[Event, Stamp]] = []
    for command, at in commands:
        for event in events(order, command, at=at, view=a_view(estate=OWNS_STANDARD)):
            recorded.append((event, Stamp(len(recorded) + 1, at, DESK.name)))
            order = evolve(order, *recorded[-1])
    return recorded


def folded(recorded: list[tuple[Event, Stamp]]) -> Order:
    order: Order | None = None
    for event, stamp in recorded:
        order = evolve(order, event, stamp)
    assert order is not None
    return order


def as_read_without_upstream(value: Any) -> Any:
    """The rule of orders.events, as a reader's filter would apply it."""
    if isinstance(value, dict):
        return {
            key: as_read_without_upstream(v) for key, v in value.items() if not key.startswith("upstream")
        }
    if isinstance(value, list | tuple):
        kept = (v for v in value if not (isinstance(v, dict) and v.get("leg") == "upstream"))
        return [as_read_without_upstream(each) for each in kept]
    return value


def test_the_history_tries_nearly_every_kind_of_event() -> None:
    tried = {event.KIND for event, _ in history()}
    assert set(EVENTS) - tried == {"order.accepted", "order.corrected", "order.cancelled"}


def test_the_order_is_the_same_when_folded_from_stored_events() -> None:
    recorded = history()
    stored = [(msgspec.json.encode(event), stamp) for event, stamp in recorded]
    read = [
        (msgspec.json.decode(text, type=EVENTS[event.KIND]), stamp)
        for (text, stamp), (event, _) in zip(stored, recorded, strict=True)
    ]
    assert read == recorded
    assert folded(read) == folded(recorded)


def test_the_order_itself_survives_being_stored() -> None:
    order = folded(history())
    assert msgspec.json.decode(msgspec.json.encode(order), type=Order) == order


def test_the_version_is_the_number_of_the_last_event() -> None:
    recorded = history()
    assert folded(recorded).version == len(recorded)
    assert folded(recorded[:1]).version == 1


def test_what_a_reader_sees_without_the_upstream_leg_shows_no_figure_of_it() -> None:
    stored: list[Any] = [msgspec.to_builtins(event) for event, _ in history()]
    stored.append(msgspec.to_builtins(folded(history())))
    assert all(figure in str(stored) for figure in UPSTREAM_FIGURES)
    shown = str(as_read_without_upstream(stored))
    assert [figure for figure in UPSTREAM_FIGURES if figure in shown] == []


def test_the_fingerprint_of_an_order_covers_its_upstream_prices_and_is_named_so() -> None:
    order = folded(history())
    assert order.upstream_signature == signature(a_draft(LINE))
    assert order.upstream_signature != signature(a_draft(replace(LINE, upstream_price=43_220_000)))
    assert order.upstream_signature not in str(as_read_without_upstream(msgspec.to_builtins(order)))


def test_every_kind_is_named_and_versioned_once() -> None:
    assert {kind.KIND: kind for kind in EVENTS.values()} == EVENTS
    assert {kind.VERSION for kind in EVENTS.values()} == {1}
    assert all(fields(kind) for kind in EVENTS.values())


def test_after_everything_the_next_thing_due_is_the_next_reminder() -> None:
    assert next_deadline(folded(history()), CLOSING, POLICY) == OrderDue(
        "window", MONDAY + timedelta(hours=144)
    )
