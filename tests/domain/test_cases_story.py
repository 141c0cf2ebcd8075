"""Worked example 1, instant by instant and penny by penny (DOMAIN: Worked example 1)."""

from partnerflow.cases.model import CaseOutcome, Stage, StepStatus
from partnerflow.cases.responsibility import next_rung
from partnerflow.credits.settlement import Settlement, still_to_pay
from partnerflow.orders.model import Leg
from tests.domain.builders_cases import (
    PaperDesk,
    a_request,
    amounts,
    an_amount,
    due,
    jan,
    refused,
    story_order,
    the_exchange,
)
from tests.domain.builders_orders import a_line
from tests.domain.builders_people import AMARA, DANIEL, PRIYA


def test_the_owner_is_named_in_the_opening_and_has_until_monday_afternoon() -> None:
    case = PaperDesk().open()
    assert case.owner == "owen-clarke"
    assert due(case, "owner") == jan(4, 14, 0)


def test_the_step_is_due_on_tuesday_and_the_decision_on_wednesday_with_its_warnings() -> None:
    case = PaperDesk().open()
    decision = case.clock("decision")
    assert decision
    assert case.step
    assert (case.step.id, case.step.deciders) == ("PF-2027-000001-1-1", ("priya-nair",))
    assert due(case, "step") == jan(5)
    assert decision.due_at == jan(6)
    assert [(w.percent, w.at) for w in decision.warnings] == [(50, jan(5)), (80, jan(5, 14, 48))]


def test_an_unanswered_decision_climbs_on_thursday_and_friday() -> None:
    """The order has one line by amount, so that the owner assesses and the decision clock alone climbs."""
    desk = PaperDesk()
    desk.open(an_amount(10_000))
    case = desk.until(jan(6))
    assert case.owner == "sam-whitfield"
    assert due(case, "decision") == jan(7)
    case = desk.until(jan(7))
    assert case.owner == "daniel-reeves"
    assert due(case, "decision") == jan(8)


def test_an_unanswered_step_climbs_to_the_manager_and_shows_the_rung_before() -> None:
    desk = PaperDesk()
    case = desk.open()
    rung = next_rung(case, desk.policy, desk.directory, jan(4, 10))
    assert rung
    assert (rung[0].id, rung[1]) == ("daniel-reeves", jan(5))
    case = desk.until(jan(5))
    assert case.step
    assert case.step.deciders == ("daniel-reeves",)
    assert due(case, "step") == jan(6)
    assert case.owner == "owen-clarke"


def test_the_exception_needs_two_steps_whatever_its_amount() -> None:
    case = PaperDesk().open()
    assert case.round
    assert (case.round.route, case.round.aggregate) == ("two-steps", 240_000)
    assert [step.status for step in case.round.steps] == [StepStatus.PENDING, StepStatus.WAITING]


def test_both_legs_of_credit_and_rebill_are_as_the_example_says() -> None:
    case = PaperDesk().open()
    assert amounts(case) == {
        "downstream": (240_000, 48_000, 288_000),
        "upstream": (211_200, 42_240, 253_440),
    }
    assert amounts(case, "rebill") == {
        "downstream": (143_520, 28_704, 172_224),
        "upstream": (126_270, 25_254, 151_524),
    }


def test_the_money_of_the_example_comes_back_to_the_penny() -> None:
    desk = PaperDesk()
    desk.open()
    desk.decide(PRIYA, jan(4, 11))
    desk.decide(AMARA, jan(4, 12))
    case = desk.remedy(jan(4, 12, 5))
    assert case.stage is Stage.PASSING_ON
    found = {(note.number, note.gross) for note in desk.notes}
    assert found == {
        ("MER-CN-2027-000001", 288_000), ("ARB-CN-2027-000001", 253_440),
        ("MER-INV-2027-000001", 172_224), ("ARB-INV-2027-000001", 151_524),
    }  # fmt: skip
    credit = next(note for note in desk.notes if note.number == "MER-CN-2027-000001")
    assert credit.allocation
    assert (credit.allocation.unpaid_reduced, credit.allocation.account_credit) == (180_000, 108_000)
    assert still_to_pay(180_000, credit.allocation, 172_224) == 64_224
    assert [288_000 - 172_224, 253_440 - 151_524] == [115_776, 101_916]
    case = desk.pass_on(jan(5, 10))
    assert (case.stage, case.outcome) == (Stage.CLOSED, CaseOutcome.CREDITED)
    assert case.root_cause == "reseller_error"


def test_a_refund_of_more_than_the_excess_is_refused() -> None:
    desk = PaperDesk()
    with refused("allocation-mismatch") as info:
        desk.open(the_exchange(settlement=Settlement(refund=120_000)))
    assert info.value.extra["excess"]["amount"] == "1080.00"
    assert desk.open(the_exchange(settlement=Settlement(refund=108_000)))


def test_a_hundred_pounds_are_left_to_credit_and_only_by_conversion() -> None:
    desk = PaperDesk()
    desk.open()
    line = desk.lines[Leg.DOWNSTREAM][1]
    assert (line.left_quantity, line.left_net) == (0, 10_000)
    with refused("exceeds-creditable"):
        desk.open(an_amount(20_000, convert=True))
    with refused("convert-required"):
        desk.open(an_amount(10_000))
    case = desk.open(an_amount(10_000, convert=True))
    assert case.requested[0].credit.gross == 12_000
    assert desk.lines[Leg.DOWNSTREAM][1].left_net == 0


def test_two_requests_of_1300_on_one_order_need_two_steps() -> None:
    """Neither would alone; the aggregate counts what is open (DOMAIN: Approvals)."""
    desk = PaperDesk(order=story_order(a_line(quantity=60)))
    routes = [(desk.open(a_request(26))).round for _ in range(2)]
    assert [(found.route, found.aggregate) for found in routes if found] == [
        ("one-step", 130_000),
        ("two-steps", 260_000),
    ]


def test_up_to_500_within_policy_the_policy_decides_and_the_remedy_begins_at_once() -> None:
    case = PaperDesk().open(a_request(10))
    assert case.round
    assert (case.round.route, case.round.state, case.stage) == ("automatic", "granted", Stage.REMEDY)
    assert case.proposal
    assert (case.proposal.by, case.proposal.clause) == ("policy", "unactivated.30-days")


def test_a_rung_that_has_it_may_decide_and_the_example_goes_on() -> None:
    desk = PaperDesk()
    desk.open()
    desk.until(jan(5))
    case = desk.decide(DANIEL, jan(5, 10))
    assert case.step
    assert case.step.deciders == ("amara-diallo",)
