"""One line: what is held, refused, lowered, released, credited and reopened. DOMAIN: three ceilings."""

from itertools import permutations

import pytest

from partnerflow.credits.ceilings import LineCeiling, credit, release, reserve, trim, void
from partnerflow.credits.portions import Portion, check_asked
from partnerflow.orders.model import Leg
from tests.support.credits import gbp, refused

LINE = LineCeiling(Leg.DOWNSTREAM, 1, 50, 250_000)
SIX = LineCeiling(Leg.DOWNSTREAM, 1, 6, 10_000)


def hold(line, *portions):
    held = []
    for portion in portions:
        line, row = reserve(line, portion, "GBP")
        held.append(row)
    return line, held


def test_what_does_not_fit_is_refused_with_what_is_left():
    line, _ = hold(LINE, Portion(1, 46))
    left = {"quantity": 4, "amount": gbp("200.00")}
    with refused("exceeds-creditable", remaining=left, line_no=1, leg="downstream") as caught:
        hold(line, Portion(1, 5))
    assert caught.value.detail == "Line 1 has less left to credit: 4 units and 200.00 GBP net."


def test_an_upstream_refusal_says_no_amount_in_its_sentence():
    line = LineCeiling(Leg.UPSTREAM, 1, 50, 220_000)
    with refused(
        "exceeds-creditable", leg="upstream", remaining={"quantity": 50, "amount": gbp("2200.00")}
    ) as caught:
        hold(line, Portion(1, 51))
    assert "2200" not in caught.value.detail


def test_several_cases_may_be_open_on_a_line_as_long_as_they_fit():
    line, held = hold(LINE, Portion(1, 20), Portion(1, 30))
    assert (line.left_quantity, line.left_net, [row.net for row in held]) == (0, 0, [100_000, 150_000])


@pytest.mark.parametrize("order", list(permutations(range(6)))[::37], ids=str)
def test_six_parallel_reservations_on_100_fit_in_whatever_order_they_are_issued(order):
    line, held = hold(SIX, *[Portion(1, 1)] * 6)
    assert [row.net for row in held] == [1_667, 1_666, 1_667, 1_667, 1_666, 1_667]
    for index in order:
        line = credit(line, held[index])
    assert (line.credited_net, line.left_net, line.reserved_net) == (10_000, 0, 0)


def test_a_released_unit_takes_its_penny_along():
    line, (first, second) = hold(LineCeiling(Leg.DOWNSTREAM, 1, 3, 10_000), Portion(1, 1), Portion(1, 1))
    line = release(line, first)
    line, rest = hold(line, Portion(1, 1), Portion(1, 1))
    assert second.net == 3_334
    assert [row.net for row in rest] == [3_333, 3_333]
    assert line.left_net == 0


def test_an_amount_on_a_line_credited_by_quantity_needs_convert():
    line, (held,) = hold(LINE, Portion(1, 10))
    line = credit(line, held)
    with refused("convert-required", line_no=1):
        hold(line, Portion(1, amount=100))
    line, (amount,) = hold(line, Portion(1, amount=100, convert=True))
    assert (amount.quantity, amount.net) == (0, 100)


def test_a_quantity_about_to_be_credited_needs_convert_too():
    line, _ = hold(LINE, Portion(1, 10))
    with refused("convert-required"):
        hold(line, Portion(1, amount=100))


def test_convert_is_needed_until_every_quantity_credit_is_void():
    line, (first, second) = hold(LINE, Portion(1, 10), Portion(1, 5))
    line = void(credit(credit(line, first), second), first)
    with refused("convert-required"):
        hold(line, Portion(1, amount=100))
    assert hold(void(line, second), Portion(1, amount=100))[1][0].net == 100


def test_amounts_use_up_no_units_and_units_get_the_difference_to_everything_so_far():
    """DOMAIN: Net by quantity takes off the net credited so far on the line, however it was asked."""
    line, _ = hold(LINE, Portion(1, amount=10_000))
    assert line.left_quantity == 50
    line, held = hold(line, Portion(1, 1), Portion(1, 2), Portion(1, 47))
    assert [row.net for row in held] == [0, 5_000, 235_000]
    assert (line.left_quantity, line.left_net) == (0, 0)


def test_a_whole_line_can_be_taken_back_after_a_part_of_its_price_was():
    line, (amount, units) = hold(
        LineCeiling(Leg.DOWNSTREAM, 1, 3, 10_000), Portion(1, amount=1_000), Portion(1, 3)
    )
    assert (amount.net, units.net, line.left_net) == (1_000, 9_000, 0)


def test_a_fixed_amount_after_an_amount_declines_only_what_it_declines():
    """10.00 and a unit at 20.00 where 23.33 were shown: the other two units lose no more than the 3.33."""
    line, (_, fixed, rest) = hold(
        LineCeiling(Leg.DOWNSTREAM, 1, 3, 10_000),
        Portion(1, amount=1_000),
        Portion(1, 1, amount=2_000),
        Portion(1, 2),
    )
    assert (fixed.percent, rest.net, line.left_net) == (900_000, 6_667, 333)


def test_nothing_granted_uses_nothing_up():
    line, held = hold(LINE, Portion(1, 4, percent=0), Portion(1, 4, amount=0))
    assert line == LINE
    assert [(row.quantity, row.net) for row in held] == [(0, 0), (0, 0)]


def test_a_free_line_gives_units_without_money():
    line, (held,) = hold(LineCeiling(Leg.DOWNSTREAM, 1, 5, 0), Portion(1, 2))
    assert (held.net, line.left_quantity) == (0, 3)
    with refused("exceeds-creditable"):
        hold(line, Portion(1, amount=1, convert=True))


@pytest.mark.parametrize(
    ("portion", "code"),
    [
        (Portion(1), "invalid-quantity"),
        (Portion(1, -1), "invalid-quantity"),
        (Portion(1, 1, percent=1_000_001), "invalid-amount"),
        (Portion(1, 1, percent=-1), "invalid-amount"),
        (Portion(1, amount=-1), "invalid-amount"),
    ],
)
def test_nonsense_is_refused(portion, code):
    with refused(code):
        hold(LINE, portion)


def test_nobody_asks_for_an_amount_of_zero():
    with refused("invalid-amount"):
        check_asked([Portion(1, amount=0)])


def test_a_fixed_amount_on_units_is_never_more_than_the_units_cost():
    assert hold(LINE, Portion(1, 2, amount=10_000))[1][0].percent == 1_000_000
    with refused("exceeds-creditable"):
        hold(LINE, Portion(1, 2, amount=10_001))


def test_cumulative_differences_stay_right_after_a_fixed_amount():
    line, (fixed, rest) = hold(
        LineCeiling(Leg.DOWNSTREAM, 1, 3, 10_000), Portion(1, 1, amount=3_334), Portion(1, 2)
    )
    assert (fixed.net, rest.net, line.left_net) == (3_334, 6_666, 0)


def test_a_fixed_amount_on_a_dear_unit_leaves_the_next_unit_its_exact_price():
    line = LineCeiling(Leg.DOWNSTREAM, 1, 2, 10_000_000_000)  # two at 50 million
    _, (_, unit) = hold(line, Portion(1, 1, amount=3_333_333_333), Portion(1, 1))
    assert abs(unit.net - 5_000_000_000) <= 5
    line = LineCeiling(Leg.DOWNSTREAM, 1, 2, 20_000_000)  # two at 100,000.00
    _, (_, unit) = hold(line, Portion(1, 1, amount=3_333_333), Portion(1, 1))
    assert unit.net == 10_000_000


def test_trimming_lowers_units_percent_or_amount():
    line, (held,) = hold(LINE, Portion(1, 46))
    fewer, units = trim(line, held, Portion(1, 40), "GBP")
    half, percent = trim(line, held, Portion(1, 46, percent=500_000), "GBP")
    fixed, amount = trim(line, held, Portion(1, 46, amount=100_001), "GBP")
    assert [row.net for row in (units, percent, amount)] == [200_000, 115_000, 100_001]
    assert [after.left_net for after in (fewer, half, fixed)] == [50_000, 135_000, 149_999]
    assert [after.left_quantity for after in (fewer, half, fixed)] == [10, 4, 4]


def test_trimming_to_the_same_keeps_the_very_penny_whatever_happened_beside_it():
    line, (first, second) = hold(LineCeiling(Leg.DOWNSTREAM, 1, 3, 10_000), Portion(1, 1), Portion(1, 1))
    line = release(line, first)
    assert trim(line, second, Portion(1, 1), "GBP") == (line, second)
    assert trim(line, second, Portion(1, 1, amount=3_334), "GBP") == (line, second)


@pytest.mark.parametrize(
    "portion",
    [Portion(1, 11), Portion(1, 10), Portion(1, 5, amount=25_001), Portion(1, amount=25_001, convert=True)],
)
def test_a_decision_never_raises(portion):
    line, (held,) = hold(LINE, Portion(1, 10, percent=500_000))
    with refused("exceeds-creditable", remaining={"quantity": 10, "amount": gbp("250.00")}):
        trim(line, held, portion, "GBP")


def test_trimming_to_nothing_gives_everything_back():
    line, (held,) = hold(LINE, Portion(1, 10))
    assert trim(line, held, Portion(1, 10, percent=0), "GBP")[0] == LINE


def test_a_net_is_never_negative_however_the_pennies_fell_before():
    line, held = hold(LineCeiling(Leg.DOWNSTREAM, 1, 10, 1), *[Portion(1, 1)] * 5)  # 0.001 each
    for row in held[:4]:
        line = release(line, row)
    line, (next_one, rest) = hold(line, Portion(1, 1), Portion(1, 8))
    assert [held[4].net, next_one.net, rest.net, line.left_net] == [1, 0, 0, 0]


def test_a_lowered_row_is_not_rounded_up_past_what_was_shown():
    line, (first, second) = hold(LineCeiling(Leg.DOWNSTREAM, 1, 10, 6), Portion(1, 1), Portion(1, 1))
    line = release(line, first)
    _, lowered = trim(line, second, Portion(1, 1, percent=900_000), "GBP")
    assert (second.net, lowered.net) == (0, 0)
