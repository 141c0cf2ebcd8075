"""DOMAIN: worked example 2, pennies; and the tax rule beside it."""

from itertools import permutations

import pytest

from partnerflow.credits.ceilings import (
    InvoiceCeiling,
    LineCeiling,
    RateCeiling,
    credit,
    release,
    reserve,
    void,
)
from partnerflow.credits.portions import Portion
from partnerflow.credits.taxes import (
    credit_invoice,
    expected,
    invoice_ceiling,
    release_invoice,
    reserve_invoice,
    void_invoice,
)
from partnerflow.orders.model import Leg
from tests.support.credits import a_line, amount_line, an_invoice, gbp, refused

NETS = (6_833, 5_750, 8_500, 6_833)
LINES = tuple(a_line(no, 1, net * 10_000) for no, net in enumerate(NETS, start=1))
PER_TOTAL = invoice_ceiling(an_invoice(LINES))
PER_LINE = invoice_ceiling(an_invoice(LINES, per_line=True))
THREE = LineCeiling(Leg.DOWNSTREAM, 1, 3, 10_000)


def issue(ceiling, net, rate=200_000):
    """Reserve and credit ``net`` of one rate on an invoice."""
    return credit_invoice(reserve_invoice(ceiling, net, "GBP"), [amount_line(net, rate)], "GBP")


def issue_all(ceiling, nets):
    taxes = []
    for net in nets:
        ceiling, amounts = issue(ceiling, net)
        taxes.append(amounts.tax)
    return ceiling, taxes


def of_one_rate(net, tax, rate=200_000):
    return InvoiceCeiling(Leg.DOWNSTREAM, "1", net, tax, rates=(RateCeiling("S", rate, net, tax),))


def test_the_invoice_taxed_per_total_states_55_83_and_334_99():
    assert (PER_TOTAL.limit_tax, PER_TOTAL.limit_net + PER_TOTAL.limit_tax) == (5_583, 33_499)


def test_credited_one_by_one_the_last_line_gets_13_66():
    assert issue_all(PER_TOTAL, NETS)[1] == [1_367, 1_150, 1_700, 1_366]


def test_in_reverse_order_the_first_68_33_gets_13_67_and_the_last_13_66():
    taxes = issue_all(PER_TOTAL, reversed(NETS))[1]
    assert (taxes[0], taxes[-1]) == (1_367, 1_366)


def test_taxed_per_line_the_invoice_states_55_84_and_the_last_credit_gets_13_67():
    assert PER_LINE.limit_tax == 5_584
    assert issue_all(PER_LINE, NETS)[1][-1] == 1_367


@pytest.mark.parametrize("ceiling", [PER_TOTAL, PER_LINE], ids=["per total", "per line"])
@pytest.mark.parametrize("nets", sorted(set(permutations(NETS))), ids=str)
def test_in_any_order_the_last_credit_closes_the_invoice_to_the_penny(ceiling, nets):
    closed, taxes = issue_all(ceiling, nets)
    assert sum(taxes) == ceiling.limit_tax == closed.credited_tax
    assert closed.left_net == 0


def test_voiding_the_third_of_the_four_reopens_102_and_the_rest_is_exactly_85_and_17():
    ceiling, issued = PER_TOTAL, []
    for net in NETS:
        ceiling, amounts = issue(ceiling, net)
        issued.append(amounts)
    ceiling = void_invoice(ceiling, issued[2].taxes)
    left = ceiling.left_net + ceiling.limit_tax - ceiling.credited_tax
    ceiling, again = issue(ceiling, ceiling.left_net)
    assert left == 10_200
    assert (again.net, again.tax) == (8_500, 1_700)
    assert ceiling.credited_tax == 5_583


def test_three_units_of_100_are_33_33_then_33_34_then_33_33_at_40_gross_each():
    line, invoice, figures = THREE, of_one_rate(10_000, 2_000), []
    for _ in range(3):
        line, held = reserve(line, Portion(1, 1), "GBP")
        line = credit(line, held)
        invoice, amounts = issue(invoice, held.net)
        figures.append((amounts.net, amounts.tax, amounts.gross))
    assert figures == [(3_333, 667, 4_000), (3_334, 666, 4_000), (3_333, 667, 4_000)]
    with refused("exceeds-creditable", remaining={"quantity": 0, "amount": gbp("0.00")}):
        reserve(line, Portion(1, amount=1, convert=True), "GBP")
    with refused("exceeds-creditable", remaining={"amount": gbp("0.00")}):
        reserve_invoice(invoice, 1, "GBP")


def test_after_five_credits_of_1_13_with_two_voided_a_penny_has_no_tax_and_never_a_negative_one():
    ceiling, issued = of_one_rate(1_000, 200), []
    for _ in range(5):
        ceiling, amounts = issue(ceiling, 113)
        issued.append(amounts)
    for voided in (issued[1], issued[3]):
        ceiling = void_invoice(ceiling, voided.taxes)
    assert ceiling.rates[0].credited_tax == 69
    _, penny = issue(ceiling, 1)
    assert (penny.net, penny.tax) == (1, 0)


def test_the_stated_tax_wins_over_any_recalculation():
    ceiling = of_one_rate(10_000, 1_990)
    assert issue(ceiling, 10_000)[1].tax == 1_990
    ceiling, first = issue(ceiling, 9_999)
    assert first.tax == 1_990  # 2,000 by the rate, held at what the invoice has
    assert issue(ceiling, 1)[1].tax == 0


def test_each_rate_of_an_invoice_closes_by_itself():
    lines = (a_line(1, 1, 33_330_000), a_line(2, 1, 33_330_000, rate=50_000))
    ceiling = invoice_ceiling(an_invoice(lines))
    rows = [amount_line(1_111), amount_line(1_111, 50_000)]
    for _ in range(3):
        ceiling, amounts = credit_invoice(reserve_invoice(ceiling, 2_222, "GBP"), rows, "GBP")
        assert [row.rate for row in amounts.taxes] == [200_000, 50_000]
    assert [(r.credited_net, r.credited_tax) for r in ceiling.rates] == [(3_333, 667), (3_333, 167)]


def test_a_rate_never_gives_more_than_it_has_even_where_the_invoice_has_room():
    lines = (a_line(1, 1, 10_000_000), a_line(2, 1, 90_000_000, rate=50_000))
    ceiling = reserve_invoice(invoice_ceiling(an_invoice(lines)), 2_000, "GBP")
    with refused("exceeds-creditable", remaining={"amount": gbp("10.00")}):
        credit_invoice(ceiling, [amount_line(2_000)], "GBP")


def test_a_rate_the_invoice_does_not_state_is_refused():
    with refused("tax-mismatch"):
        expected(PER_TOTAL.rates, [amount_line(100, 50_000)])


def test_a_reservation_on_the_invoice_counts_and_comes_back():
    held = reserve_invoice(of_one_rate(10_000, 2_000), 9_000, "GBP")
    with refused("exceeds-creditable", remaining={"amount": gbp("10.00")}):
        reserve_invoice(held, 1_001, "GBP")
    assert release_invoice(held, 9_000) == of_one_rate(10_000, 2_000)


def test_giving_back_more_than_was_held_is_a_defect_not_a_refusal():
    with pytest.raises(ValueError, match="more given back"):
        release_invoice(of_one_rate(10_000, 2_000), 1)
    with pytest.raises(ValueError, match="more reopened"):
        void_invoice(PER_TOTAL, expected((), [amount_line(100)]).taxes)
    line, held = reserve(THREE, Portion(1, 1), "GBP")
    with pytest.raises(ValueError, match="more given back"):
        void(line, held)
    with pytest.raises(ValueError, match="more given back"):
        release(release(line, held), held)
