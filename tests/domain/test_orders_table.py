"""Every pair of state and command has an answer: the machine's table, written out."""

from itertools import product

import pytest

from partnerflow.orders.commands import (
    AcknowledgeFindings,
    CancelOrder,
    Command,
    CorrectOrder,
    EnterOrder,
    InvoiceDraft,
    OrderDue,
    RecordActivation,
    RecordInvoice,
    RecordPayment,
    ReduceQuantity,
)
from partnerflow.orders.machine import ALLOWED
from partnerflow.orders.model import Leg, OrderStatus, Payment
from partnerflow.refusals import Refused
from tests.domain.builders_orders import MONDAY, a_draft, a_line, a_status, events, refused

ACCEPTED, ON_HOLD, CANCELLED = OrderStatus.ACCEPTED, OrderStatus.ON_HOLD, OrderStatus.CANCELLED

COMMANDS: dict[str, Command] = {
    "enter": EnterOrder("o-2", a_draft(po_number="other content")),
    "correct": CorrectOrder((a_line(sku="LIC-STD", unit_price=31_200_000),)),
    "acknowledge": AcknowledgeFindings(("edition-mismatch",), "They move to Pro."),
    "cancel": CancelOrder("Ordered by mistake."),
    "invoice": RecordInvoice(InvoiceDraft(Leg.DOWNSTREAM, "INV-1", MONDAY)),
    "payment": RecordPayment(Payment("p-1", Leg.DOWNSTREAM, "INV-1", 100, MONDAY)),
    "activation": RecordActivation(1, 4, MONDAY, "vendor portal"),
    "reduction": ReduceQuantity(1, 5, "PF-2027-000001"),
    "hold due": OrderDue("hold", MONDAY),
    "window due": OrderDue("window", MONDAY),
}

EXPECTED = {
    (None, "enter"): "order.accepted",
    (ON_HOLD, "enter"): "order-exists",
    (ACCEPTED, "enter"): "order-exists",
    (CANCELLED, "enter"): "order-exists",
    (None, "correct"): "not-found",
    (ON_HOLD, "correct"): "order.corrected, order.released",
    (ACCEPTED, "correct"): "wrong-state",
    (CANCELLED, "correct"): "wrong-state",
    (None, "acknowledge"): "not-found",
    (ON_HOLD, "acknowledge"): "order.acknowledged, order.released",
    (ACCEPTED, "acknowledge"): "wrong-state",
    (CANCELLED, "acknowledge"): "wrong-state",
    (None, "cancel"): "not-found",
    (ON_HOLD, "cancel"): "order.cancelled",
    (ACCEPTED, "cancel"): "wrong-state",
    (CANCELLED, "cancel"): "wrong-state",
    (None, "invoice"): "not-found",
    (ON_HOLD, "invoice"): "wrong-state",
    (ACCEPTED, "invoice"): "order.invoiced",
    (CANCELLED, "invoice"): "wrong-state",
    (None, "payment"): "not-found",
    (ON_HOLD, "payment"): "wrong-state",
    (ACCEPTED, "payment"): "unknown-invoice",
    (CANCELLED, "payment"): "wrong-state",
    (None, "activation"): "not-found",
    (ON_HOLD, "activation"): "wrong-state",
    (ACCEPTED, "activation"): "order.activated",
    (CANCELLED, "activation"): "wrong-state",
    (None, "reduction"): "not-found",
    (ON_HOLD, "reduction"): "wrong-state",
    (ACCEPTED, "reduction"): "order.quantity_reduced",
    (CANCELLED, "reduction"): "wrong-state",
    (None, "hold due"): "not-found",
    (ON_HOLD, "hold due"): "nothing",
    (ACCEPTED, "hold due"): "nothing",
    (CANCELLED, "hold due"): "nothing",
    (None, "window due"): "not-found",
    (ON_HOLD, "window due"): "nothing",
    (ACCEPTED, "window due"): "nothing",
    (CANCELLED, "window due"): "nothing",
}


def outcome(status: OrderStatus | None, name: str) -> str:
    try:
        decided = events(a_status(status) if status else None, COMMANDS[name])
    except Refused as refusal:
        return refusal.code
    return ", ".join(event.KIND for event in decided) or "nothing"


@pytest.mark.parametrize(("status", "name"), list(product([None, *OrderStatus], COMMANDS)))
def test_the_table_is_complete(status: OrderStatus | None, name: str) -> None:
    assert outcome(status, name) == EXPECTED[status, name]


def test_the_table_names_every_command_that_is_tried_here() -> None:
    assert set(ALLOWED) == {type(command) for command in COMMANDS.values()}


def test_a_refused_command_on_a_held_order_is_pointed_to_what_answers_a_hold() -> None:
    with refused("wrong-state") as info:
        events(a_status(ON_HOLD), COMMANDS["invoice"])
    assert info.value.extra == {"status": "on_hold", "actions": ["correct", "acknowledge", "cancel"]}


def test_cancelling_an_accepted_order_is_pointed_to_opening_a_case() -> None:
    with refused("wrong-state") as info:
        events(a_status(ACCEPTED), COMMANDS["cancel"])
    assert info.value.extra["actions"] == ["open_case"]
