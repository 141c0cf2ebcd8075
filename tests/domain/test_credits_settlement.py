"""Where the gross goes. DOMAIN: Identity."""

import pytest

from partnerflow.credits.ceilings import PaymentCeiling
from partnerflow.credits.notes import Allocation
from partnerflow.credits.settlement import (
    Settlement,
    bill_falls_by,
    give_back,
    payment_ceiling,
    settle,
    settle_at_issue,
    still_to_pay,
    take_back,
    unpaid,
)
from partnerflow.orders.model import Leg
from tests.support.credits import a_line, a_payment, an_invoice, gbp, refused

INVOICE = an_invoice((a_line(),))
FIRST = Allocation(180_000, 0, 108_000, 0)


def test_the_excess_may_be_split_as_long_as_it_adds_up():
    asked = Settlement(refund=50_000, account_credit=48_000, settled_outside=10_000)
    assert settle(288_000, 180_000, asked, "GBP") == Allocation(180_000, 50_000, 48_000, 10_000)


@pytest.mark.parametrize(
    "asked",
    [
        Settlement(refund=107_999),
        Settlement(account_credit=0),
        Settlement(refund=108_001, account_credit=-1),
        Settlement(settled_outside=288_000),
    ],
)
def test_what_does_not_add_up_exactly_is_refused(asked):
    with refused("allocation-mismatch", excess=gbp("1080.00")):
        settle(288_000, 180_000, asked, "GBP")


def test_a_credit_below_the_unpaid_remainder_gives_nothing_back():
    assert settle(10_000, 180_000, Settlement(), "GBP") == Allocation(10_000, 0, 0, 0)
    with refused("allocation-mismatch", excess=gbp("0.00")):
        settle(10_000, 180_000, Settlement(refund=1), "GBP")


def test_at_issue_what_was_asked_is_kept_where_it_fits():
    settled = settle_at_issue(288_000, 180_000, Settlement(refund=108_000))
    assert settled.allocation == Allocation(180_000, 108_000, 0, 0)
    assert settled.as_asked


def test_at_issue_the_default_is_as_asked():
    assert settle_at_issue(288_000, 180_000, Settlement()).allocation == FIRST
    assert settle_at_issue(288_000, 180_000, Settlement()).as_asked


def test_a_payment_that_came_meanwhile_goes_to_the_account_and_is_said():
    settled = settle_at_issue(288_000, 100_000, Settlement(refund=108_000))
    assert settled.allocation == Allocation(100_000, 108_000, 80_000, 0)
    assert (settled.to_account_instead, settled.refund_lowered, settled.as_asked) == (80_000, 0, False)


def test_a_payment_that_bounced_meanwhile_lowers_the_refund_and_is_said():
    settled = settle_at_issue(288_000, 250_000, Settlement(refund=98_000, settled_outside=10_000))
    assert settled.allocation == Allocation(250_000, 28_000, 0, 10_000)
    assert (settled.refund_lowered, settled.settled_outside_lowered) == (70_000, 0)


def test_unpaid_is_what_neither_payments_nor_credits_covered():
    assert unpaid(INVOICE, [a_payment(120_000)], []) == 180_000
    assert unpaid(INVOICE, [a_payment(120_000)], [FIRST]) == 0


def test_a_later_payment_never_changes_a_note_and_a_returned_one_reopens_the_remainder():
    paid = [a_payment(120_000), a_payment(50_000)]
    assert unpaid(INVOICE, paid, [FIRST]) == 0
    assert unpaid(INVOICE, [*paid, a_payment(170_000, "reversal")], [FIRST]) == 120_000


def test_payments_of_other_invoices_do_not_count():
    other = an_invoice((a_line(),), Leg.UPSTREAM)
    assert unpaid(other, [a_payment(120_000)], []) == 264_000


def test_no_more_is_given_back_than_was_paid():
    ceiling = payment_ceiling(INVOICE, [a_payment(120_000)], [])
    ceiling = give_back(ceiling, FIRST, "GBP")
    assert (ceiling.left, ceiling) == (12_000, payment_ceiling(INVOICE, [a_payment(120_000)], [FIRST]))
    with refused("exceeds-creditable", remaining={"amount": gbp("120.00")}):
        give_back(ceiling, Allocation(0, 12_001, 0, 0), "GBP")
    assert take_back(ceiling, FIRST).left == 120_000


def test_after_a_returned_payment_nothing_is_left_to_give_back():
    assert PaymentCeiling(Leg.DOWNSTREAM, "1", paid=0, returned=108_000).left == 0
    with pytest.raises(ValueError, match="more taken back"):
        take_back(PaymentCeiling(Leg.DOWNSTREAM, "1"), FIRST)


def test_a_dearer_exchange_makes_the_bill_rise():
    assert bill_falls_by(10_000, 12_000) == -2_000
    assert still_to_pay(5_000, Allocation(5_000, 0, 5_000, 0), 12_000) == 7_000
    assert still_to_pay(0, Allocation(0, 0, 10_000, 0)) == 0
