"""The order as the fold of its events: no rule is asked here, only what was decided is carried over."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from partnerflow.events import Stamp
from partnerflow.orders.events import (
    Event,
    OrderAccepted,
    OrderAcknowledged,
    OrderActivated,
    OrderCancelled,
    OrderCorrected,
    OrderInvoiced,
    OrderOnHold,
    OrderPaid,
    OrderQuantityReduced,
    OrderReleased,
    OrderWindowClosing,
)
from partnerflow.orders.hold import acknowledged_by
from partnerflow.orders.model import Acknowledgement, Line, Order, OrderStatus


def evolve(order: Order | None, event: Event, stamp: Stamp) -> Order:
    """The order after the event that stands at ``stamp``; its version is the event's number."""
    if isinstance(event, OrderAccepted):
        return replace(event.order, version=stamp.seq, accepted_at=stamp.at)
    if isinstance(event, OrderOnHold):
        return replace(event.order, version=stamp.seq)
    assert order is not None, f"{event.KIND} needs an order"
    return replace(_FOLDS[type(event)](order, event, stamp), version=stamp.seq)


def _corrected(order: Order, event: OrderCorrected, _stamp: Stamp) -> Order:
    return replace(order, lines=event.lines, findings=event.findings)


def _acknowledged(order: Order, event: OrderAcknowledged, stamp: Stamp) -> Order:
    said = Acknowledgement(event.codes, event.text, stamp.actor, stamp.at)
    findings = acknowledged_by(order.findings, event.codes, stamp.actor)
    return replace(order, findings=findings, acknowledgements=(*order.acknowledgements, said))


def _released(order: Order, _event: OrderReleased, stamp: Stamp) -> Order:
    return replace(order, status=OrderStatus.ACCEPTED, hold_until=None, accepted_at=stamp.at)


def _cancelled(order: Order, event: OrderCancelled, _stamp: Stamp) -> Order:
    return replace(order, status=OrderStatus.CANCELLED, hold_until=None, cancelled_because=event.reason)


def _invoiced(order: Order, event: OrderInvoiced, _stamp: Stamp) -> Order:
    stated = {(invoice.leg, invoice.number): invoice for invoice in (*order.invoices, *event.invoices)}
    others = tuple(finding for finding in order.findings if finding.leg is not event.leg)
    return replace(order, invoices=tuple(stated.values()), findings=others + event.findings)


def _paid(order: Order, event: OrderPaid, _stamp: Stamp) -> Order:
    return replace(order, payments=order.payments + event.payments)


def _activated(order: Order, event: OrderActivated, _stamp: Stamp) -> Order:
    return _with_line(
        order,
        event.line_no,
        lambda line: replace(line, activated=event.activated_quantity, activated_at=event.at),
    )


def _reminded(order: Order, event: OrderWindowClosing, _stamp: Stamp) -> Order:
    return replace(order, reminders=(*order.reminders, event.due_at))


def _reduced(order: Order, event: OrderQuantityReduced, _stamp: Stamp) -> Order:
    return _with_line(
        order, event.line_no, lambda line: replace(line, quantity=line.quantity - event.quantity)
    )


def _with_line(order: Order, line_no: int, change: Callable[[Line], Line]) -> Order:
    lines = tuple(change(line) if line.line_no == line_no else line for line in order.lines)
    return replace(order, lines=lines)


_FOLDS: Final[dict[type[Event], Callable[[Order, Any, Stamp], Order]]] = {
    OrderCorrected: _corrected,
    OrderAcknowledged: _acknowledged,
    OrderReleased: _released,
    OrderCancelled: _cancelled,
    OrderInvoiced: _invoiced,
    OrderPaid: _paid,
    OrderActivated: _activated,
    OrderWindowClosing: _reminded,
    OrderQuantityReduced: _reduced,
}
