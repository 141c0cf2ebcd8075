"""The order's machine: which command has an answer in which state, what it decides, and how events make the
order.

Pure: ``decide`` gets the instant, the policy of the order's entry and what the desk read; it raises Refused
or answers with events, none when there is nothing new. DOMAIN: Orders.
"""

from datetime import datetime
from typing import Final

from partnerflow.orders import hold, invoicing
from partnerflow.orders.commands import (
    AcknowledgeFindings,
    CancelOrder,
    Command,
    CorrectOrder,
    EnterOrder,
    OrderDue,
    OrderView,
    RecordActivation,
    RecordInvoice,
    RecordPayment,
    ReduceQuantity,
)
from partnerflow.orders.drafts import signature
from partnerflow.orders.eligibility import next_reminder, reminders
from partnerflow.orders.entry import again, enter
from partnerflow.orders.events import Event, OrderWindowClosing
from partnerflow.orders.fold import evolve
from partnerflow.orders.model import Order, OrderStatus
from partnerflow.people import Actor
from partnerflow.policy.document import Policy
from partnerflow.refusals import Refused

__all__ = ["ALLOWED", "decide", "evolve", "next_deadline", "next_due", "signature"]

ALLOWED: Final[dict[type[Command], frozenset[OrderStatus | None]]] = {
    EnterOrder: frozenset({None}),
    CorrectOrder: frozenset({OrderStatus.ON_HOLD}),
    AcknowledgeFindings: frozenset({OrderStatus.ON_HOLD}),
    CancelOrder: frozenset({OrderStatus.ON_HOLD}),
    RecordInvoice: frozenset({OrderStatus.ACCEPTED}),
    RecordPayment: frozenset({OrderStatus.ACCEPTED}),
    RecordActivation: frozenset({OrderStatus.ACCEPTED}),
    ReduceQuantity: frozenset({OrderStatus.ACCEPTED}),
    # A due instant that has become moot is not refused: it decides nothing.
    OrderDue: frozenset(OrderStatus),
}
"""In which states a command is answered by its rules; None: before the order exists. Elsewhere it is
``wrong-state``, except entering an order again, which is ``order-exists`` or, with the same content, nothing
new."""

_HINTS: Final = {
    OrderStatus.ON_HOLD: (
        "The order is on hold: correct, acknowledge or cancel it first.",
        ["correct", "acknowledge", "cancel"],
    ),
    OrderStatus.ACCEPTED: ("The order is accepted: open a case to put it right.", ["open_case"]),
    OrderStatus.CANCELLED: ("The order is cancelled.", []),
}


def decide(
    order: Order | None, command: Command, actor: Actor, at: datetime, policy: Policy, view: OrderView
) -> tuple[Event, ...]:
    """The events that answer the command; empty when nothing changes. Raises Refused."""
    if isinstance(command, EnterOrder):
        return again(order, command.draft) if order else enter(command, actor, at, policy, view)
    standing = _standing(order, command)
    if isinstance(command, OrderDue):
        return _due(standing, command, at, policy)
    if isinstance(command, CorrectOrder | AcknowledgeFindings | CancelOrder):
        return _answered(standing, command, actor, at, policy, view)
    return _reported(standing, command, at, view)


def next_deadline(order: Order, at: datetime, policy: Policy) -> OrderDue | None:
    """What comes due next by itself, possibly in the past: the end of the hold, or a reminder of a cancel
    window."""
    if order.status is OrderStatus.ON_HOLD and order.hold_until:
        return OrderDue("hold", order.hold_until)
    reminder = next_reminder(order, at, policy)
    return OrderDue("window", reminder) if reminder else None


def next_due(order: Order, at: datetime, policy: Policy) -> datetime | None:
    """When ``next_deadline`` is due; None when nothing is."""
    deadline = next_deadline(order, at, policy)
    return deadline.due_at if deadline else None


def _standing(order: Order | None, command: Command) -> Order:
    """The order, if the command has an answer in its state."""
    if order is None:
        raise Refused("not-found", "There is no such order.")
    if order.status not in ALLOWED[type(command)]:
        detail, actions = _HINTS[order.status]
        raise Refused("wrong-state", detail, status=order.status.value, actions=actions)
    return order


def _answered(
    order: Order,
    command: CorrectOrder | AcknowledgeFindings | CancelOrder,
    actor: Actor,
    at: datetime,
    policy: Policy,
    view: OrderView,
) -> tuple[Event, ...]:
    match command:
        case CorrectOrder():
            return hold.correct(order, command, at, policy, view)
        case AcknowledgeFindings():
            return hold.acknowledge(order, command, actor)
        case CancelOrder():
            return hold.cancel(command)


def _reported(
    order: Order,
    command: RecordInvoice | RecordPayment | RecordActivation | ReduceQuantity,
    at: datetime,
    view: OrderView,
) -> tuple[Event, ...]:
    match command:
        case RecordInvoice():
            return invoicing.invoice(order, command, at, view)
        case RecordPayment():
            return invoicing.pay(order, command, at)
        case RecordActivation():
            return invoicing.activate(order, command, at)
        case ReduceQuantity():
            return invoicing.reduce(order, command)


def _due(order: Order, command: OrderDue, at: datetime, policy: Policy) -> tuple[Event, ...]:
    if order.status is OrderStatus.ON_HOLD:
        return hold.expire(order, command, at) if command.name == "hold" else ()
    # Reminders that became due together (the drivers were away) go out as one, which stands for all of them.
    due = [each for each in reminders(order, at, policy) if each.due_at <= at]
    if command.name != "window" or not due:
        return ()
    lines = sorted({line_no for each in due for line_no in each.lines})
    return (OrderWindowClosing(due[-1].due_at, min(each.closes_at for each in due), tuple(lines)),)
