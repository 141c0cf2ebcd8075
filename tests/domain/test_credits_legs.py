"""Two legs in step: what follows upstream, and what a decision makes of both. DOMAIN: Legs, Approvals."""

import pytest

from partnerflow.credits.amounts import WantedLine, add_up, plain_taxes
from partnerflow.credits.legs import (
    by_leg,
    credit_lines,
    in_one,
    line_ceilings,
    other_leg,
    rebill,
    reserve_legs,
    void_lines,
    work_out,
)
from partnerflow.credits.portions import Portion
from partnerflow.credits.trims import spread, trim_legs
from partnerflow.orders.model import Invoice, InvoiceLine, Leg, TaxTotal
from tests.support.credits import PLACED, a_line, amount_line, an_order, gbp, refused

DOWN, UP = Leg.DOWNSTREAM, Leg.UPSTREAM
ORDER = an_order()


def legs(order=ORDER):
    return {leg: line_ceilings(order, leg) for leg in order.legs}


def nets(held):
    return {leg: [row.net for row in rows] for leg, rows in held.items()}


def left(lines):
    return {leg: [c.left_net for c in ceilings.values()] for leg, ceilings in lines.items()}


def test_units_and_percents_carry_over_and_amounts_go_in_proportion():
    assert other_leg(ORDER, Portion(1, 4, percent=500_000)) == Portion(1, 4, percent=500_000)
    assert other_leg(ORDER, Portion(1, amount=10_000)).amount == 8_800
    assert other_leg(ORDER, Portion(1, 2, amount=5_001)).amount == 4_401


def test_many_small_amounts_close_both_legs_together():
    order = an_order(a_line(1, 6, 10_000, 5_000))  # 0.06 and 0.03 in all
    after, held = reserve_legs(order, [Portion(1, amount=1)] * 6, legs(order))
    assert nets(held) == {DOWN: [1] * 6, UP: [1, 0, 1, 0, 1, 0]}
    assert left(after) == {DOWN: [0], UP: [0]}


def test_units_and_an_amount_never_ask_the_vendor_for_a_penny_too_many():
    order = an_order(a_line(1, 2, 500_000, 5_000))  # 1.00 and 0.01 in all
    after, held = reserve_legs(order, [Portion(1, 1), Portion(1, amount=50, convert=True)], legs(order))
    assert nets(held) == {DOWN: [50, 50], UP: [1, 0]}
    assert left(after) == {DOWN: [0], UP: [0]}


def test_a_free_line_downstream_asks_nothing_upstream_for_an_amount():
    order = an_order(a_line(1, 2, 0, 5_000_000))
    assert other_leg(order, Portion(1, 1, amount=0)).amount == 0


def test_what_does_not_fit_upstream_is_refused_for_the_whole_case():
    lines = legs()
    lines[UP], _ = reserve_legs(an_order(), [Portion(1, 45)], legs())[0][UP], None
    with refused("exceeds-creditable", leg="upstream"):
        reserve_legs(ORDER, [Portion(1, 6)], lines)


def test_a_line_nobody_knows_is_refused():
    with refused("unknown-line", line_no=9):
        reserve_legs(ORDER, [Portion(9, 1)], legs())


def test_a_line_without_an_upstream_price_has_no_upstream_ceiling():
    order = an_order(a_line(1, upstream=None), invoiced=False)
    assert line_ceilings(order, UP) == {}
    with refused("unknown-line"):
        other_leg(order, Portion(1, amount=1))


def test_the_ceilings_of_one_leg_do_not_serve_the_other():
    with pytest.raises(ValueError, match="upstream"):
        work_out(ORDER, DOWN, [Portion(1, 1)], line_ceilings(ORDER, UP), ())


def test_what_the_invoices_state_wins_and_units_not_invoiced_count_at_the_orders_price():
    order = an_order(invoiced=False)
    stated = Invoice(
        DOWN,
        "1",
        PLACED,
        (InvoiceLine(1, 30, 149_999, "S", 200_000),),
        (TaxTotal("S", 200_000, 149_999, 30_000),),
    )
    ceiling = line_ceilings(type(order)(**{**fields(order), "invoices": (stated,)}), DOWN)[1]
    assert (ceiling.limit_quantity, ceiling.limit_net) == (50, 249_999)


def fields(order):
    return {name: getattr(order, name) for name in order.__dataclass_fields__}


def test_a_case_keeps_its_reservations_in_one_tuple_and_finds_its_legs_again():
    _, held = reserve_legs(ORDER, [Portion(1, 2), Portion(1, 1, percent=500_000)], legs())
    assert by_leg(in_one(held)) == held


def test_voided_credits_reopen_both_legs():
    after, held = reserve_legs(ORDER, [Portion(1, 50)], legs())
    credited = {leg: credit_lines(after[leg], held[leg]) for leg in after}
    assert left(credited) == {DOWN: [0], UP: [0]}
    assert {leg: void_lines(credited[leg], held[leg]) for leg in credited} == legs()


def test_one_approved_amount_is_spread_over_what_was_shown():
    _, held = reserve_legs(ORDER, [Portion(1, 46), Portion(1, 4, percent=500_000)], legs())
    portions = spread(100_000, held[DOWN], "GBP")
    assert [(p.quantity, p.amount) for p in portions] == [(46, 95_833), (4, 4_167)]


@pytest.mark.parametrize(("amount", "code"), [(0, "invalid-amount"), (240_001, "exceeds-creditable")])
def test_an_approved_amount_is_more_than_nothing_and_not_more_than_was_shown(amount, code):
    _, held = reserve_legs(ORDER, [Portion(1, 46), Portion(1, 4, percent=500_000)], legs())
    with refused(code):
        spread(amount, held[DOWN], "GBP")


def test_a_partial_approval_by_amount_lowers_both_legs():
    after, held = reserve_legs(ORDER, [Portion(1, 46), Portion(1, 4, percent=500_000)], legs())
    after, held = trim_legs(ORDER, held, spread(100_000, held[DOWN], "GBP"), after)
    assert nets(held) == {DOWN: [95_833, 4_167], UP: [84_333, 3_667]}
    assert left(after) == {DOWN: [150_000], UP: [132_000]}


def test_approving_the_whole_amount_changes_nothing():
    after, held = reserve_legs(ORDER, [Portion(1, 46), Portion(1, 4, percent=500_000)], legs())
    assert trim_legs(ORDER, held, spread(240_000, held[DOWN], "GBP"), after) == (after, held)


def test_a_partial_approval_by_lines_keeps_the_rows_that_stay_and_drops_the_others():
    after, held = reserve_legs(ORDER, [Portion(1, 46), Portion(1, 4, percent=500_000)], legs())
    after, held = trim_legs(ORDER, held, [Portion(1, 46)], after)
    assert nets(held) == {DOWN: [230_000], UP: [202_400]}
    assert left(after) == {DOWN: [20_000], UP: [17_600]}


def test_rows_that_stay_keep_their_penny_on_both_legs_whatever_happened_beside_them():
    order = an_order(a_line(1, 3, 33_333_333, 22_222_222))
    after, other = reserve_legs(order, [Portion(1, 1)], legs(order))
    after, mine = reserve_legs(order, [Portion(1, 1), Portion(1, 1, percent=500_000)], after)
    after, _ = trim_legs(order, other, [Portion(1, 1, percent=0)], after)
    _, kept = trim_legs(order, mine, [Portion(1, 1)], after)
    assert {leg: rows[0] for leg, rows in kept.items()} == {leg: rows[0] for leg, rows in mine.items()}


def test_units_may_be_decided_at_another_percent_within_what_was_shown():
    after, held = reserve_legs(ORDER, [Portion(1, 4, percent=500_000)], legs())
    _, held = trim_legs(ORDER, held, [Portion(1, 2)], after)
    assert nets(held) == {DOWN: [10_000], UP: [8_800]}


@pytest.mark.parametrize(
    "portions",
    [
        [Portion(1, 47)],
        [Portion(1, 46), Portion(1, 1)],
        [Portion(1, 46), Portion(1, amount=1, convert=True)],
        [Portion(1, amount=230_000, convert=True), Portion(1, 46)],
        [Portion(2, 1)],
    ],
    ids=str,
)
def test_a_decision_never_raises_what_was_shown(portions):
    order = an_order(a_line(1), a_line(2))
    after, held = reserve_legs(order, [Portion(1, 46)], legs(order))
    with refused("exceeds-creditable"):
        trim_legs(order, held, portions, after)


def test_an_owners_proposal_may_raise_up_to_what_is_left():
    after, held = reserve_legs(ORDER, [Portion(1, 10)], legs())
    after, held = trim_legs(ORDER, held, [Portion(1, 12)], after, may_raise=True)
    assert nets(held) == {DOWN: [60_000], UP: [52_800]}
    with refused("exceeds-creditable", remaining={"quantity": 50, "amount": gbp("2500.00")}):
        trim_legs(ORDER, held, [Portion(1, 51)], after, may_raise=True)


def test_units_turned_into_an_amount_need_convert_only_for_the_units_of_others():
    after, held = reserve_legs(ORDER, [Portion(1, 10)], legs())
    _, lowered = trim_legs(ORDER, held, [Portion(1, amount=30_000)], after)
    assert nets(lowered) == {DOWN: [30_000], UP: [26_400]}
    crowded, _ = reserve_legs(ORDER, [Portion(1, 1)], after)
    with refused("convert-required"):
        trim_legs(ORDER, held, [Portion(1, amount=30_000)], crowded)


def test_a_rebill_is_taxed_per_rate_on_its_total():
    wanted = [
        WantedLine("A", "A", 1, 1_020_000, None, "S", 200_000),
        WantedLine("B", "B", 1, 1_020_000, None, "S", 200_000),
        WantedLine("C", "C", 3, 1_000_000, None, "S", 50_000),
    ]
    amounts = rebill(wanted, DOWN, "GBP")
    assert amounts.taxes == (TaxTotal("S", 200_000, 204, 41), TaxTotal("S", 50_000, 300, 15))
    assert (amounts.net, amounts.tax, amounts.gross) == (504, 56, 560)
    assert [row.line_no for row in amounts.lines] == [1, 2, 3]
    with refused("invalid-amount"):
        rebill(wanted, UP, "GBP")


def test_sums_that_disagree_are_a_defect():
    with pytest.raises(ValueError, match="same net"):
        add_up([amount_line(100)], plain_taxes([amount_line(101)]))


def test_a_lowered_amount_is_not_rounded_up_upstream_past_what_was_shown():
    order = an_order(a_line(1, 1, 1_000_000, 100_000))  # 1.00 and 0.10
    after, other = reserve_legs(order, [Portion(1, amount=5)], legs(order))
    after, mine = reserve_legs(order, [Portion(1, amount=9)], after)
    after, _ = trim_legs(order, other, [], after)
    _, lowered = trim_legs(order, mine, [Portion(1, amount=8)], after)
    assert (nets(mine), nets(lowered)) == ({DOWN: [9], UP: [0]}, {DOWN: [8], UP: [0]})
