"""An order on hold: corrected, acknowledged, cancelled, or out of time."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from partnerflow.orders.commands import AcknowledgeFindings, CancelOrder, CorrectOrder, EnterOrder, OrderDue
from partnerflow.orders.events import OrderCancelled, OrderReleased
from partnerflow.orders.machine import next_deadline
from partnerflow.orders.model import Order, OrderStatus
from tests.domain.builders_orders import (
    BUYER,
    DEADLINE,
    MONDAY,
    OWNS_STANDARD,
    POLICY,
    a_draft,
    a_held_order,
    a_line,
    a_view,
    an_earlier_line,
    do,
    events,
    refused,
)

LATER = MONDAY + timedelta(hours=1)
DUE = datetime(2027, 1, 6, 9, 30, tzinfo=UTC)
MEANT_SO = AcknowledgeFindings(("edition-mismatch",), "They move to Pro.")
STANDARD = a_line(sku="LIC-STD", unit_price=31_200_000, upstream_price=27_450_000)
VIEW = a_view(estate=OWNS_STANDARD)


def held_by_two() -> Order:
    """Edition and duplicate, both to be acknowledged."""
    view = a_view(estate=OWNS_STANDARD, recent=(an_earlier_line(),))
    return do(None, EnterOrder("o-1", a_draft()), view=view)


def blocked() -> Order:
    return do(None, EnterOrder("o-1", a_draft(po_number=None)), view=VIEW)


def test_the_suggested_item_releases_the_order() -> None:
    order = do(a_held_order(), CorrectOrder((STANDARD,)), view=VIEW, at=LATER)
    assert (order.status, order.findings, order.hold_until) == (OrderStatus.ACCEPTED, (), None)
    assert (order.lines[0].sku, order.accepted_at, order.version) == ("LIC-STD", LATER, 3)


def test_a_correction_that_still_has_findings_keeps_the_hold_and_its_deadline() -> None:
    order = do(a_held_order(), CorrectOrder((a_line(quantity=46),)), view=VIEW, at=LATER)
    assert (order.status, order.hold_until, order.lines[0].quantity) == (OrderStatus.ON_HOLD, DUE, 46)


def test_what_was_acknowledged_stays_so_when_a_correction_finds_it_again() -> None:
    order = do(held_by_two(), MEANT_SO, actor=BUYER)
    fewer = do(order, CorrectOrder((a_line(quantity=46),)), view=VIEW)
    assert fewer.status is OrderStatus.ACCEPTED
    assert [finding.acknowledged_by for finding in fewer.findings] == ["pia"]


def test_a_reseller_who_corrects_does_not_lose_the_upstream_price() -> None:
    stated = a_held_order(a_line(upstream_price=43_000_000))
    order = do(stated, CorrectOrder((a_line(quantity=46, upstream_price=None),)), actor=BUYER, view=VIEW)
    assert order.lines[0].upstream_price == 43_000_000


def test_another_item_gets_the_upstream_price_of_the_list() -> None:
    other = replace(STANDARD, upstream_price=None)
    assert do(a_held_order(), CorrectOrder((other,)), view=VIEW).lines[0].upstream_price == 27_450_000


def test_a_correction_must_be_an_order() -> None:
    with refused("line-count"):
        events(a_held_order(), CorrectOrder(()), view=VIEW)
    with refused("invalid-quantity"):
        events(a_held_order(), CorrectOrder((a_line(quantity=0),)), view=VIEW)


def test_an_acknowledgement_names_who_said_what() -> None:
    order = do(a_held_order(), MEANT_SO, actor=BUYER, at=LATER)
    (said,) = order.acknowledgements
    assert (said.codes, said.text, said.by, said.at) == (
        ("edition-mismatch",),
        "They move to Pro.",
        "pia",
        LATER,
    )
    assert order.findings[0].acknowledged_by == "pia"
    assert order.status is OrderStatus.ACCEPTED


def test_the_order_is_released_by_the_last_acknowledgement_only() -> None:
    order = do(held_by_two(), MEANT_SO)
    assert order.status is OrderStatus.ON_HOLD
    order = do(order, AcknowledgeFindings(("duplicate-order",), "A second site."), actor=BUYER)
    assert order.status is OrderStatus.ACCEPTED
    assert {finding.code: finding.acknowledged_by for finding in order.findings} == {
        "edition-mismatch": "dora",
        "duplicate-order": "pia",
    }


def test_acknowledging_does_not_release_what_is_blocked() -> None:
    order = do(blocked(), MEANT_SO)
    assert order.status is OrderStatus.ON_HOLD
    assert [finding.code for finding in order.blocking()] == ["missing-field"]


def test_what_blocks_cannot_be_acknowledged() -> None:
    with refused("wrong-state") as info:
        events(blocked(), AcknowledgeFindings(("missing-field",), "No PO here."))
    assert info.value.extra["actions"] == ["correct", "cancel"]


def test_only_findings_the_order_has_can_be_acknowledged() -> None:
    with refused("invalid-parameter"):
        events(a_held_order(), AcknowledgeFindings(("pack-size",), "Fine."))
    with refused("invalid-parameter"):
        events(a_held_order(), AcknowledgeFindings((), "Fine."))


def test_a_service_does_not_acknowledge() -> None:
    with refused("forbidden"):
        events(a_held_order(), MEANT_SO, actor=DEADLINE)


def test_an_acknowledgement_says_why_in_words_the_record_can_hold() -> None:
    for text, code in ((" ", "reason-required"), ("x" * 10_001, "text-too-long"), ("a\0b", "invalid-text")):
        with refused(code):
            events(a_held_order(), AcknowledgeFindings(("edition-mismatch",), text))


def test_cancelling_ends_a_held_order() -> None:
    order = do(a_held_order(), CancelOrder("Ordered by mistake."), actor=BUYER)
    assert (order.status, order.cancelled_because) == (OrderStatus.CANCELLED, "Ordered by mistake.")
    assert next_deadline(order, LATER, POLICY) is None


def test_a_hold_that_runs_out_with_nothing_blocking_is_released() -> None:
    order = do(a_held_order(), OrderDue("hold", DUE), actor=DEADLINE, at=DUE)
    assert (order.status, order.accepted_at) == (OrderStatus.ACCEPTED, DUE)
    assert order.findings[0].acknowledged_by is None


def test_a_hold_that_runs_out_blocked_is_cancelled_and_says_what_blocked() -> None:
    (event,) = events(blocked(), OrderDue("hold", DUE), actor=DEADLINE, at=DUE)
    assert isinstance(event, OrderCancelled)
    assert event.expired
    assert "The order needs a PO number." in event.reason


def test_a_hold_does_not_run_out_a_second_early() -> None:
    assert events(a_held_order(), OrderDue("hold", DUE), at=DUE - timedelta(seconds=1)) == ()


def test_a_late_timer_of_a_hold_long_past_decides_by_the_record() -> None:
    late = DUE + timedelta(days=3)
    assert events(a_held_order(), OrderDue("hold", DUE), at=late) == (OrderReleased("expired"),)
    assert events(a_held_order(), OrderDue("hold", DUE - timedelta(days=1)), at=late) == ()
