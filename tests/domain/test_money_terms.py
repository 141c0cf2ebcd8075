"""Who bears what of a credit: pass-through rules, fault shares, and what a restocking fee takes. DOMAIN: Legs."""

import pytest

from partnerflow.cases.commands import Recall
from partnerflow.cases.model import CaseOutcome
from partnerflow.credits.fees import Fee
from partnerflow.credits.passing import FaultShare
from partnerflow.credits.portions import Portion
from tests.domain.builders_cases import (
    PaperDesk,
    a_request,
    amounts,
    an_amount,
    jan,
    policy,
    refused,
    the_exchange,
)
from tests.domain.builders_money import DOWN, UP, assessed, credited, grosses, propose, settled
from tests.domain.builders_people import OWEN, PRIYA

SHARED = FaultShare(500_000, 200_000, 300_000)


def test_under_full_the_distributor_bears_what_is_granted_beyond_the_rules() -> None:
    desk = PaperDesk(policy=policy(pass_through="full"))
    case = desk.open()
    assert amounts(case)["downstream"] == (240_000, 48_000, 288_000)
    assert amounts(case)["upstream"] == (202_400, 40_480, 242_880), (
        "46 at 44.00; nothing for what was activated"
    )
    assert credited(desk).outcome is CaseOutcome.CREDITED
    assert grosses(desk)["ARB-CN"] == 242_880
    assert settled(desk)


def test_under_full_the_units_an_owner_is_generous_with_cost_the_vendor_nothing() -> None:
    desk = PaperDesk(policy=policy(pass_through="full"))
    assessed(desk)
    case = propose(desk, Portion(1, 48))
    assert amounts(case)["downstream"][0] == 240_000
    assert amounts(case)["upstream"][0] == 202_400, "46 of the 48 are unused"


def test_under_full_units_that_another_case_gave_back_are_not_unused_twice() -> None:
    desk = PaperDesk(policy=policy(pass_through="full"))
    desk.open(a_request(40))
    case = desk.open(the_exchange(lines=a_request(10).lines))
    assert case.verdict == "partly_within_policy"
    assert case.requested[1].credit.net == 6 * 4_400


def test_a_cap_binds_units_and_amounts_upstream_alone() -> None:
    desk = PaperDesk(policy=policy(pass_through="capped", pass_through_cap_percent=80))
    case = desk.open(a_request(46))
    assert [shown.credit.net for shown in case.requested] == [230_000, 161_920]
    desk = PaperDesk(policy=policy(pass_through="capped", pass_through_cap_percent=30))
    case = desk.open(an_amount(100_000))
    assert [shown.credit.net for shown in case.requested] == [100_000, 66_000], (
        "88,000 would be the same part"
    )


def test_a_cap_is_of_all_amounts_of_a_line_together() -> None:
    desk = PaperDesk(policy=policy(pass_through="capped", pass_through_cap_percent=50))
    nets = [[shown.credit.net for shown in desk.open(an_amount(100_000)).requested] for _ in range(2)]
    assert nets == [[100_000, 88_000], [100_000, 22_000]], "110,000 is half of the vendor's 220,000"


def test_fault_shares_stand_in_the_place_of_the_rule() -> None:
    desk = assessed(PaperDesk(policy=policy(pass_through="capped", pass_through_cap_percent=10)))
    case = propose(desk, Portion(1, 40), fault=SHARED)
    assert amounts(case)["downstream"] == (140_000, 28_000, 168_000), "70 % of 2,000.00"
    assert amounts(case)["upstream"] == (88_000, 17_600, 105_600), "50 % of 1,760.00"
    assert case.proposal
    assert [(p.percent, p.entitled) for p in case.proposal.portions] == [(700_000, 1_000_000)]
    credited(desk)
    assert grosses(desk) == {"MER-CN": 168_000, "ARB-CN": 105_600}
    assert settled(desk)


def test_fault_shares_apply_to_part_of_a_price_and_to_an_amount() -> None:
    case = propose(assessed(PaperDesk()), Portion(1, 40, percent=500_000), fault=SHARED)
    assert [shown.credit.net for shown in case.proposal.legs] == [70_000, 44_000]  # type: ignore[union-attr]
    case = propose(assessed(PaperDesk()), Portion(1, amount=100_001), fault=SHARED)
    assert [shown.credit.net for shown in case.proposal.legs] == [70_001, 44_001]  # type: ignore[union-attr]


def test_a_decision_that_lowers_lowers_both_legs_in_their_proportion() -> None:
    desk = assessed(PaperDesk())
    propose(desk, Portion(1, 40), fault=SHARED)
    case = desk.decide(PRIYA, jan(4, 11), "approve_partial", portions=(Portion(1, 40, percent=350_000),))
    assert [shown.credit.net for shown in case.proposal.legs] == [70_000, 44_000]  # type: ignore[union-attr]
    desk = assessed(PaperDesk())
    propose(desk, Portion(1, 40), fault=SHARED)
    case = desk.decide(PRIYA, jan(4, 11), "approve_partial", amount=70_000)
    assert [shown.credit.net for shown in case.proposal.legs] == [70_000, 44_000]  # type: ignore[union-attr]


def test_a_vendor_without_a_share_issues_nothing_and_holds_nothing() -> None:
    desk = assessed(PaperDesk())
    case = propose(desk, Portion(1, 40), fault=FaultShare(0, 1_000_000, 0))
    assert [shown.credit.net for shown in case.proposal.legs] == [200_000, 0]  # type: ignore[union-attr]
    assert credited(desk).outcome is CaseOutcome.CREDITED
    assert grosses(desk) == {"MER-CN": 240_000}
    assert settled(desk)
    assert desk.lines[UP][1].credited_net == 0


def test_the_shares_are_a_whole() -> None:
    desk = assessed(PaperDesk())
    with refused("invalid-amount"):
        propose(desk, Portion(1, 40), fault=FaultShare(500_000, 200_000, 200_000))


def test_another_fault_share_changes_the_other_leg_even_if_the_first_stays() -> None:
    desk = assessed(PaperDesk())
    propose(desk, Portion(1, 40), fault=FaultShare(500_000, 500_000, 0))
    desk.do(Recall("Look again."), OWEN, jan(4, 10))
    case = propose(desk, Portion(1, 40), fault=FaultShare(250_000, 750_000, 0))
    assert [shown.credit.net for shown in case.proposal.legs] == [200_000, 44_000]  # type: ignore[union-attr]


def test_a_restocking_fee_lowers_the_credit_and_the_line_for_good() -> None:
    desk = assessed(PaperDesk())
    case = propose(desk, Portion(1, 40), fees=(Fee(1, 10_000),))
    assert amounts(case) == {
        "downstream": (190_000, 38_000, 228_000),
        "upstream": (176_000, 35_200, 211_200),
    }
    case = credited(desk)
    (note,) = [note for note in desk.notes if note.leg is DOWN]
    assert [(line.net, line.fee) for line in note.lines] == [(190_000, 10_000)]
    line, invoice = desk.lines[DOWN][1], desk.invoices[DOWN]
    assert (line.credited_net, line.left_net, invoice.credited_net, invoice.credited_tax) == (
        200_000, 50_000, 190_000, 38_000,
    )  # fmt: skip
    assert settled(desk)
    assert case.appeal_until is None or case.requested[0].credit.net > 200_000
    (entry,) = [e for e in desk.entries if e.leg is DOWN and e.key.startswith("credit:")]
    sums = {p.account.partition(":")[2]: p.debit - p.credit for p in entry.postings}
    assert (sums["revenue-corrections"], sums["restocking-fees"]) == (200_000, -10_000)


def test_a_fee_stays_when_a_step_lowers_the_rest() -> None:
    desk = assessed(PaperDesk())
    propose(desk, Portion(1, 40), fees=(Fee(1, 10_000),))
    case = desk.decide(PRIYA, jan(4, 11), "approve_partial", portions=(Portion(1, 20),))
    assert [shown.credit.net for shown in case.proposal.legs] == [90_000, 88_000]  # type: ignore[union-attr]
    desk = assessed(PaperDesk())
    propose(desk, Portion(1, 40), fees=(Fee(1, 10_000),))
    case = desk.decide(PRIYA, jan(4, 11), "approve_partial", amount=95_000)
    assert case.proposal
    assert case.proposal.legs[0].credit.net == 95_000, "one amount is what the partner gets"
    assert credited(desk).outcome is CaseOutcome.CREDITED
    assert desk.lines[DOWN][1].credited_net == 105_000


@pytest.mark.parametrize(
    ("fee", "code"),
    [(Fee(1, 200_001), "invalid-amount"), (Fee(1, 200_000), "invalid-amount"), (Fee(9, 1), "unknown-line")],
)
def test_a_fee_is_of_a_credited_line_and_leaves_something(fee: Fee, code: str) -> None:
    desk = assessed(PaperDesk())
    with refused(code):
        propose(desk, Portion(1, 40), fees=(fee,))


def test_the_history_alone_makes_the_same_case_with_shares_and_fees() -> None:
    desk = assessed(PaperDesk())
    propose(desk, Portion(1, 40), fault=SHARED, fees=(Fee(1, 10_000),))
    case = credited(desk)
    assert desk.fold(case.ref) == case
