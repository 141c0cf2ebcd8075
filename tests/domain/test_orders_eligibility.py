"""Until when a line can be cancelled, what would come back, and the reminders before the last safe minute."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from partnerflow.orders.commands import (
    AcknowledgeFindings,
    EnterOrder,
    OrderDue,
    RecordActivation,
    ReduceQuantity,
)
from partnerflow.orders.eligibility import cancellable, eligibility, next_reminder, window_closes
from partnerflow.orders.events import OrderWindowClosing
from partnerflow.orders.machine import next_deadline, next_due
from partnerflow.orders.model import Line, Order, OrderStatus
from partnerflow.policy.parts import Window
from tests.domain.builders_orders import (
    DEADLINE,
    MONDAY,
    POLICY,
    a_draft,
    a_held_order,
    a_line,
    an_order,
    do,
    events,
)

SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)
CLOSES = datetime(2027, 1, 11, 9, 30, tzinfo=UTC)
THREE_DAYS, ONE_DAY, TWO_HOURS = CLOSES - 72 * HOUR, CLOSES - 24 * HOUR, CLOSES - 2 * HOUR
BOXES = a_line(2, sku="HW-BOX", family="hardware", unit_price=10_000_000, quantity=20)
FOUR_ACTIVE = RecordActivation(1, 4, MONDAY, "vendor portal")
TWO_WINDOWS = replace(POLICY, windows=(Window(None, 168), Window("hardware", 100)))


def with_boxes() -> Order:
    return do(None, EnterOrder("o-1", a_draft(a_line(), BOXES), imported=True), policy=TWO_WINDOWS)


def options(order: Order, at: datetime, line: Line | None = None) -> list[tuple[object, ...]]:
    found = eligibility(order, line or order.lines[0], at, POLICY).refund_options
    return [(option.kind, option.quantity, option.amount, option.rule) for option in found]


def test_a_line_can_be_cancelled_for_168_hours_from_its_purchase() -> None:
    order = an_order()
    assert eligibility(order, order.lines[0], MONDAY, POLICY).cancellable_until == CLOSES
    assert window_closes(order, POLICY) == CLOSES


def test_the_window_is_counted_in_hours_through_a_clock_change() -> None:
    placed = datetime(2027, 3, 26, 12, tzinfo=UTC)
    order = an_order(placed_at=placed)
    assert window_closes(order, POLICY) == datetime(2027, 4, 2, 12, tzinfo=UTC)


def test_the_window_is_exclusive_to_the_second() -> None:
    assert cancellable(an_order(), CLOSES - SECOND, POLICY) == {1: 50}
    assert cancellable(an_order(), CLOSES, POLICY) == {}


def test_the_window_stays_a_fact_after_it_has_closed() -> None:
    order = an_order()
    assert eligibility(order, order.lines[0], CLOSES + HOUR, POLICY).cancellable_until == CLOSES


def test_activated_units_have_no_window_and_the_others_keep_theirs() -> None:
    order = do(an_order(), FOUR_ACTIVE)
    assert cancellable(order, MONDAY, POLICY) == {1: 46}
    found = eligibility(order, order.lines[0], MONDAY, POLICY)
    assert found.rule == "Units that are not activated can be cancelled within 168 hours of the order."


def test_a_line_all_activated_can_never_be_cancelled() -> None:
    order = do(an_order(), replace(FOUR_ACTIVE, activated_quantity=50))
    found = eligibility(order, order.lines[0], MONDAY, POLICY)
    assert (found.cancellable_until, found.rule) == (None, "Activated units cannot be cancelled.")
    assert next_due(order, MONDAY, POLICY) is None
    assert window_closes(order, POLICY) is None


def test_a_line_corrected_to_nothing_has_no_window_and_no_options() -> None:
    order = do(an_order(), ReduceQuantity(1, 50, "PF-2027-000001"))
    found = eligibility(order, order.lines[0], MONDAY, POLICY)
    assert (found.cancellable_until, found.rule, found.refund_options) == (
        None,
        "No unit is left on this line.",
        (),
    )


def test_a_family_without_a_window_can_never_be_cancelled() -> None:
    order, none = an_order(), replace(POLICY, windows=(Window(None, 168), Window("licences", 0)))
    assert eligibility(order, order.lines[0], MONDAY, none).cancellable_until is None
    assert eligibility(order, order.lines[0], MONDAY, none, "hardware").cancellable_until == CLOSES


def test_a_cancelled_order_has_neither_window_nor_options() -> None:
    order = an_order(status=OrderStatus.CANCELLED)
    found = eligibility(order, order.lines[0], MONDAY, POLICY)
    assert (found.cancellable_until, found.refund_options) == (None, ())


def test_an_order_on_hold_shows_its_window_already() -> None:
    order = a_held_order()
    assert eligibility(order, order.lines[0], MONDAY, POLICY).cancellable_until == CLOSES


def test_the_first_worked_example_has_46_units_in_full_and_4_at_nothing() -> None:
    order = do(an_order(), FOUR_ACTIVE)
    assert options(order, MONDAY) == [
        ("full", 46, 230_000, "unactivated.30-days"),
        ("none", 4, 0, "activated"),
    ]
    full, none = eligibility(order, order.lines[0], MONDAY, POLICY).refund_options
    assert (full.until, none.until) == (datetime(2027, 2, 3, 9, 30, tzinfo=UTC), None)
    assert full.text == "Units that were not activated are credited in full within 30 days."


def test_thirty_days_are_exclusive_to_the_second() -> None:
    last = MONDAY + 720 * HOUR
    assert options(an_order(), last - SECOND)[0][0] == "full"
    assert options(an_order(), last) == [("none", 50, 0, "after-30-days")]


def test_a_part_is_multiplied_first_and_rounded_once() -> None:
    order = an_order(replace(BOXES, line_no=1, quantity=30, unit_price=333_333))
    assert order.lines[0].net(order.main_leg, "GBP") == 1_000
    assert options(order, MONDAY + 400 * HOUR) == [("partial", 30, 850, "hardware.30-days")]
    order = do(order, replace(FOUR_ACTIVE, activated_quantity=29))
    assert options(order, MONDAY + 400 * HOUR)[0] == ("partial", 1, 28, "hardware.30-days")


def test_a_clock_a_little_behind_the_purchase_counts_as_its_first_hour() -> None:
    assert options(an_order(), MONDAY - timedelta(minutes=4))[0][0] == "full"


def test_an_order_without_a_reseller_shows_the_leg_it_has() -> None:
    order = an_order(reseller=None)
    assert options(order, MONDAY)[0][2] == 220_000
    unpriced = replace(order.lines[0], upstream_price=None)
    assert options(replace(order, lines=(unpriced,)), MONDAY)[0][2] is None


def test_reminders_come_72_24_and_2_hours_before_the_window_closes_each_once() -> None:
    order, sent = an_order(), []
    while due := next_deadline(order, MONDAY, POLICY):
        sent.append(due.due_at)
        order = do(order, due, actor=DEADLINE, at=due.due_at)
    assert sent == [THREE_DAYS, ONE_DAY, TWO_HOURS]
    assert order.reminders == tuple(sent)


def test_a_reminder_says_which_lines_close_when() -> None:
    assert events(an_order(), OrderDue("window", THREE_DAYS), at=THREE_DAYS) == (
        OrderWindowClosing(THREE_DAYS, CLOSES, (1,)),
    )


def test_a_reminder_does_not_go_out_a_second_early() -> None:
    assert events(an_order(), OrderDue("window", THREE_DAYS), at=THREE_DAYS - SECOND) == ()


def test_a_reminder_that_is_late_still_goes_out() -> None:
    order = an_order()
    assert next_reminder(order, THREE_DAYS + HOUR, POLICY) == THREE_DAYS
    assert events(order, OrderDue("window", THREE_DAYS), at=THREE_DAYS + HOUR)


def test_reminders_missed_together_go_out_as_one() -> None:
    late = ONE_DAY + HOUR
    order = do(an_order(), OrderDue("window", THREE_DAYS), at=late)
    assert order.reminders == (ONE_DAY,)
    assert next_reminder(order, late, POLICY) == TWO_HOURS


def test_a_window_that_has_closed_reminds_nobody() -> None:
    assert next_reminder(an_order(), CLOSES, POLICY) is None
    assert events(an_order(), OrderDue("window", TWO_HOURS), at=CLOSES) == ()


def test_an_order_accepted_late_is_not_reminded_of_what_its_first_answer_showed() -> None:
    held = a_held_order(hold_until=None)
    meant = AcknowledgeFindings(("edition-mismatch",), "They move to Pro.")
    order = do(held, meant, at=THREE_DAYS + HOUR)
    assert next_reminder(order, THREE_DAYS + HOUR, POLICY) == ONE_DAY


@pytest.mark.parametrize("status", [OrderStatus.ON_HOLD, OrderStatus.CANCELLED])
def test_only_an_accepted_order_is_reminded(status: OrderStatus) -> None:
    assert next_reminder(an_order(status=status), MONDAY, POLICY) is None


def test_two_windows_remind_each_of_their_own_lines() -> None:
    order, sent = with_boxes(), []
    assert window_closes(order, TWO_WINDOWS) == MONDAY + 100 * HOUR
    while due := next_deadline(order, MONDAY, TWO_WINDOWS):
        (event,) = events(order, due, at=due.due_at, policy=TWO_WINDOWS)
        assert isinstance(event, OrderWindowClosing)
        sent.append(((due.due_at - MONDAY) // HOUR, event.lines))
        order = do(order, due, at=due.due_at, policy=TWO_WINDOWS)
    assert sent == [(28, (2,)), (76, (2,)), (96, (1,)), (98, (2,)), (144, (1,)), (166, (1,))]


def test_two_windows_missed_together_are_reminded_by_the_earlier_closing() -> None:
    at = MONDAY + 97 * HOUR
    (event,) = events(with_boxes(), OrderDue("window", MONDAY + 28 * HOUR), at=at, policy=TWO_WINDOWS)
    assert event == OrderWindowClosing(MONDAY + 96 * HOUR, MONDAY + 100 * HOUR, (1, 2))
