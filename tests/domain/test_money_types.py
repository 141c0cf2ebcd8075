"""Every type of correction with its figures on both legs, and what is rebilled or paid. DOMAIN: Cases, Goodwill."""

from dataclasses import replace
from typing import Any

import pytest

from partnerflow.cases.commands import Appeal, ConfirmPassThrough, OpenCase, Propose, Withdraw
from partnerflow.cases.model import CaseOutcome, ExceptionAsked, RequestedLine, Stage
from partnerflow.cases.terms import RightTax
from partnerflow.credits.fees import Fee
from partnerflow.credits.passing import FaultShare
from partnerflow.credits.portions import Portion
from partnerflow.credits.settlement import Settlement
from partnerflow.orders.model import InvoiceLine, TaxTotal
from partnerflow.policy.terms import CaseType, Reason
from tests.domain.builders_cases import (
    PaperDesk,
    a_request,
    amounts,
    jan,
    policy,
    refused,
    story_order,
)
from tests.domain.builders_money import DOWN, UP, a_case, credited, grosses, propose, settled
from tests.domain.builders_orders import a_line
from tests.domain.builders_people import AMARA, ELLIE, NADIA, OWEN, PRIYA, person


def test_an_order_placed_twice_is_credited_whole_unless_lines_are_chosen() -> None:
    desk = PaperDesk(order=story_order(activated=0))
    case = desk.open(a_case(CaseType.DUPLICATE_ORDER, Reason.ORDERED_TWICE))
    assert (case.verdict, case.lines) == ("within_policy", (RequestedLine(1, 50),))
    assert amounts(case) == {"downstream": (250_000, 50_000, 300_000), "upstream": (220_000, 44_000, 264_000)}
    assert credited(desk).root_cause == "reseller_error"
    assert grosses(desk) == {"MER-CN": 300_000, "ARB-CN": 264_000}
    assert [c.left_net for lines in desk.lines.values() for c in lines.values()] == [0, 0]
    with refused("exceeds-creditable"):
        desk.open(a_case(CaseType.DUPLICATE_ORDER, Reason.ORDERED_TWICE))
    desk = PaperDesk(order=story_order(activated=0))
    case = desk.open(a_case(CaseType.DUPLICATE_ORDER, Reason.ORDERED_TWICE, RequestedLine(1, 5)))
    assert case.requested[0].credit.net == 25_000


def test_activated_units_of_a_duplicate_need_an_exception_as_ever() -> None:
    case = PaperDesk().open(a_case(CaseType.DUPLICATE_ORDER, Reason.ORDERED_TWICE))
    assert case.verdict == "partly_within_policy"
    assert case.stage is Stage.ASSESSMENT


def test_a_wrong_price_is_corrected_by_the_difference_on_both_legs() -> None:
    """Charged 50.00, agreed 47.50: 125.00 of 2,500.00, and the same part of the vendor's price."""
    desk = PaperDesk()
    asked = a_case(CaseType.PRICE_CORRECTION, Reason.WRONG_PRICE, RequestedLine(1, amount=12_500))
    case = desk.open(asked)
    assert (case.verdict, case.clause, case.stage) == (
        "needs_assessment",
        "price-correction",
        Stage.ASSESSMENT,
    )
    case = propose(desk, Portion(1, amount=12_500))
    assert case.round
    assert (case.round.inputs["type"], case.round.exception) == ("price_correction", False)
    assert amounts(case) == {"downstream": (12_500, 2_500, 15_000), "upstream": (11_000, 2_200, 13_200)}
    case = credited(desk)
    assert (case.outcome, case.root_cause) == (CaseOutcome.CREDITED, "wrong_quote_or_catalogue")
    assert grosses(desk) == {"MER-CN": 15_000, "ARB-CN": 13_200}
    assert (desk.lines[DOWN][1].left_quantity, desk.lines[DOWN][1].left_net) == (50, 237_500)
    assert desk.open(a_request(46)).requested[0].credit.net == 230_000 - 12_500


def test_a_price_that_was_the_distributors_mistake_costs_the_vendor_nothing() -> None:
    desk = PaperDesk()
    desk.open(a_case(CaseType.PRICE_CORRECTION, Reason.WRONG_PRICE, RequestedLine(1, amount=12_500)))
    case = propose(desk, Portion(1, amount=12_500), fault=FaultShare(0, 1_000_000, 0))
    assert amounts(case) == {"downstream": (12_500, 2_500, 15_000), "upstream": (0, 0, 0)}
    credited(desk)
    assert grosses(desk) == {"MER-CN": 15_000}


def test_goodwill_is_against_a_line_and_its_ceilings() -> None:
    desk = PaperDesk()
    case = desk.open(a_case(CaseType.GOODWILL, Reason.NOT_AS_AGREED, RequestedLine(1, amount=50_000)))
    assert (case.verdict, case.clause) == ("needs_assessment", "goodwill")
    with refused("invalid-amount"):
        propose(desk, Portion(1, 10))
    propose(desk, Portion(1, amount=50_000))
    assert credited(desk).outcome is CaseOutcome.CREDITED
    assert grosses(desk) == {"MER-CN": 60_000, "ARB-CN": 52_800}
    with refused("exceeds-creditable"):
        desk.open(a_case(CaseType.GOODWILL, Reason.NOT_AS_AGREED, RequestedLine(1, amount=200_001)))


def a_wrong_tax(**changes: Any) -> OpenCase:
    asked = RequestedLine(1, tax=RightTax("AA", 50_000), **changes)
    return a_case(CaseType.TAX_CORRECTION, Reason.WRONG_TAX, asked)


def test_a_wrong_tax_is_credited_in_full_and_billed_again_at_the_right_rate() -> None:
    desk = PaperDesk()
    case = desk.open(a_wrong_tax())
    assert (case.verdict, case.clause) == ("needs_assessment", "tax-correction")
    case = propose(desk, Portion(1, 50))
    assert case.round
    assert case.round.exception is False, "that 4 are activated does not matter: nothing is given back"
    assert amounts(case) == {"downstream": (250_000, 50_000, 300_000), "upstream": (220_000, 44_000, 264_000)}
    assert amounts(case, "rebill") == {
        "downstream": (250_000, 12_500, 262_500),
        "upstream": (220_000, 11_000, 231_000),
    }
    case = credited(desk)
    assert (case.outcome, case.root_cause) == (CaseOutcome.CREDITED, "system_error")
    assert grosses(desk) == {"MER-CN": 300_000, "ARB-CN": 264_000, "MER-IN": 262_500, "ARB-IN": 231_000}
    rebill = next(note for note in desk.notes if note.number.startswith("MER-INV"))
    assert [(t.category, t.rate, t.tax) for t in rebill.taxes] == [("AA", 50_000, 12_500)]
    assert settled(desk)


def test_the_rebill_is_at_the_net_that_the_invoice_stated() -> None:
    """3 at 33.333 are 100.00 by the order; the invoices say 99.99 and 60.00."""
    lines = (a_line(quantity=3, unit_price=33_333_000, upstream_price=20_000_000),)
    stated = InvoiceLine(1, 3, 9_999, "S", 200_000)
    order = story_order(*lines, activated=0, paid=0)
    invoices = tuple(
        replace(i, lines=(stated,), tax_totals=(TaxTotal("S", 200_000, 9_999, 2_000),))
        if i.leg is DOWN
        else i
        for i in order.invoices
    )
    desk = PaperDesk(order=replace(order, invoices=invoices))
    case = desk.open(a_wrong_tax())
    shown = [(s.credit.net, s.credit.tax, s.rebill and (s.rebill.net, s.rebill.tax)) for s in case.requested]
    assert shown == [(9_999, 2_000, (9_999, 500)), (6_000, 1_200, (6_000, 300))]


@pytest.mark.parametrize(
    "portion", [Portion(1, 49), Portion(1, 50, percent=900_000), Portion(1, 50, amount=1)], ids=str
)
def test_a_tax_correction_is_whole_or_not_at_all(portion: Portion) -> None:
    desk = PaperDesk()
    desk.open(a_wrong_tax())
    with refused("invalid-parameter"):
        propose(desk, portion)
    propose(desk, Portion(1, 50))
    with refused("invalid-parameter"):
        desk.decide(PRIYA, jan(4, 11), "approve_partial", portions=(portion,))


def test_a_tax_correction_shares_no_fault_and_keeps_no_fee() -> None:
    desk = PaperDesk()
    desk.open(a_wrong_tax())
    for terms in ({"fault": FaultShare(1_000_000, 0, 0)}, {"fees": (Fee(1, 1),)}):
        with refused("invalid-parameter"):
            propose(desk, Portion(1, 50), **terms)


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (a_case(CaseType.TAX_CORRECTION, Reason.WRONG_TAX, RequestedLine(1, 50)), "invalid-parameter"),
        (a_case(CaseType.TAX_CORRECTION, Reason.WRONG_TAX), "line-count"),
        (a_request(lines=(RequestedLine(1, 5, tax=RightTax("Z", 0)),)), "invalid-parameter"),
        (a_case(CaseType.TAX_CORRECTION, Reason.WRONG_TAX, RequestedLine(1, tax=RightTax("S", 200_000))),
         "tax-mismatch"),
        (a_wrong_tax(amount=100), "invalid-quantity"),
        (replace(a_wrong_tax(), exception=ExceptionAsked("x", ())), "invalid-parameter"),
        (a_case(CaseType.PRICE_CORRECTION, Reason.WRONG_PRICE, RequestedLine(1, 5)), "invalid-amount"),
        (a_case(CaseType.GOODWILL, Reason.OTHER, RequestedLine(1, 5)), "invalid-amount"),
        (a_case(CaseType.GOODWILL, Reason.OTHER), "line-count"),
    ],
)  # fmt: skip
def test_what_a_type_does_not_go_with_is_refused(asked: OpenCase, code: str) -> None:
    with refused(code):
        PaperDesk().open(asked)


def test_a_wrong_tax_that_is_not_invoiced_yet_is_corrected_in_the_order() -> None:
    with refused("unknown-invoice"):
        PaperDesk(order=story_order(invoiced=())).open(a_wrong_tax())


def a_gift(amount: int = 50_000, **changes: Any) -> OpenCase:
    return a_case(CaseType.GOODWILL, Reason.NOT_AS_AGREED, RequestedLine(1, amount=amount), **changes)


def test_by_policy_goodwill_is_paid_outside_any_note_and_without_vat() -> None:
    desk = PaperDesk(policy=policy(goodwill="payment"))
    desk.open(a_gift())
    case = propose(desk, Portion(1, amount=50_000))
    assert amounts(case) == {"downstream": (50_000, 0, 50_000), "upstream": (44_000, 0, 44_000)}
    before = desk.lines, desk.invoices, desk.payments
    assert before[0][DOWN][1].reserved_net == 0, "the line has lost nothing"
    case = credited(desk)
    assert (case.outcome, desk.notes) == (CaseOutcome.CREDITED, [])
    assert [(p.leg, p.amount) for p in case.goodwill] == [(DOWN, 50_000), (UP, 44_000)]
    assert settled(desk)
    assert [c.credited_net for lines in desk.lines.values() for c in lines.values()] == [0, 0]
    posted = {e.key: {p.account: p.debit - p.credit for p in e.postings} for e in desk.entries}
    assert posted[f"goodwill:{case.ref}:1:downstream"] == {
        "meridian:goodwill-expense": 50_000,
        "meridian:account-credit:harbour": -50_000,
    }
    assert desk.fold(case.ref) == case


def test_no_ceiling_of_the_order_limits_a_gift() -> None:
    """More than the line is worth, on a line of which everything is credited already."""
    desk = PaperDesk(policy=policy(goodwill="payment"))
    desk.open(a_request(46))
    desk.decide(PRIYA, jan(4, 10))
    while desk.cases["PF-2027-000001"].step:
        desk.decide(AMARA, jan(4, 10))
    desk.remedy(jan(4, 10))
    before = desk.lines, desk.invoices
    ref = desk.open(a_gift(300_000)).ref
    case = desk.do(
        Propose((Portion(1, amount=350_000),), "goodwill", "For the trouble."), OWEN, jan(4, 11), ref
    )
    assert case.proposal
    assert [s.credit.net for s in case.proposal.legs] == [350_000, 308_000]
    while (case := desk.cases[ref]).step:
        step = case.step
        assert step
        desk.decide(person(step.deciders[0]), jan(4, 12), ref=ref)
    case = desk.remedy(jan(4, 13), ref=ref)
    assert [(p.leg, p.amount) for p in case.goodwill] == [(DOWN, 350_000), (UP, 308_000)]
    assert (desk.lines, desk.invoices) == before
    assert desk.fold(ref) == case


def test_a_gift_that_an_earlier_release_reserved_is_still_released() -> None:
    desk = PaperDesk(policy=policy(goodwill="payment"))
    case = desk.open(a_gift())
    held = {leg: tuple(replace(row, free=False) for row in rows) for leg, rows in case.held.items()}
    desk.cases[case.ref] = replace(case, held=held)
    desk.lines = {
        leg: {no: replace(c, reserved_net=sum(r.net for r in held[leg])) for no, c in own.items()}
        for leg, own in desk.lines.items()
    }
    desk.invoices = {
        leg: replace(c, reserved_net=sum(r.net for r in held[leg])) for leg, c in desk.invoices.items()
    }
    desk.do(Withdraw("Never mind."), ELLIE, jan(4, 10))
    assert [c.reserved_net for own in desk.lines.values() for c in own.values()] == [0, 0]
    assert settled(desk)


def test_a_gift_that_is_refunded_leaves_the_account_again() -> None:
    desk = PaperDesk(policy=policy(goodwill="payment"))
    desk.open(a_gift())
    propose(desk, Portion(1, amount=50_000))
    desk.decide(PRIYA, jan(4, 11))
    desk.remedy(jan(4, 12))
    desk.do(ConfirmPassThrough("refund", "M-1", jan(4, 13)), NADIA, jan(4, 13))
    sums: dict[str, int] = {}
    for posting in (p for e in desk.entries if e.leg is DOWN for p in e.postings):
        sums[posting.account] = sums.get(posting.account, 0) + posting.debit - posting.credit
    assert sums == {
        "meridian:goodwill-expense": 50_000,
        "meridian:account-credit:harbour": 0,
        "meridian:clearing:harbour": -50_000,
    }


def test_a_gift_may_be_given_before_there_is_an_invoice_but_no_note_may() -> None:
    desk = PaperDesk(order=story_order(invoiced=()), policy=policy(goodwill="payment"))
    desk.open(a_gift())
    propose(desk, Portion(1, amount=50_000))
    assert [p.amount for p in credited(desk).goodwill] == [50_000, 44_000]
    for asked in (a_gift(), replace(a_gift(), type=CaseType.PRICE_CORRECTION)):
        with refused("unknown-invoice"):
            PaperDesk(order=story_order(invoiced=())).open(asked)


def test_a_gift_is_lowered_declined_and_appealed_as_everything_else() -> None:
    desk = PaperDesk(policy=policy(goodwill="payment"))
    desk.open(a_gift())
    propose(desk, Portion(1, amount=50_000))
    case = desk.decide(PRIYA, jan(4, 11), "approve_partial", amount=30_000)
    assert case.proposal
    assert [(s.credit.net, s.credit.tax) for s in case.proposal.legs] == [(30_000, 0), (26_400, 0)]
    desk.remedy(jan(4, 12))
    desk.pass_on(jan(4, 13))
    case = desk.do(Appeal("Please look again."), ELLIE, jan(5))
    assert case.appeal
    assert (case.appeal.requested[0].credit.net, case.appeal.requested[0].credit.tax) == (20_000, 0)


def test_a_gift_has_no_excess_to_give_back() -> None:
    with refused("invalid-parameter"):
        PaperDesk(policy=policy(goodwill="payment")).open(a_gift(settlement=Settlement(refund=50_000)))
