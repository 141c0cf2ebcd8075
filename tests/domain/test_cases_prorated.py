"""A subscription given back in the middle of its term: 116 of 365 days of 1,000.00 (upstream 880.00), to the penny."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from partnerflow.cases.commands import Appeal, Propose
from partnerflow.cases.differences import differences
from partnerflow.cases.explanation import judged
from partnerflow.cases.model import Case, ExceptionAsked, ExceptionLine, Stage, Verdict
from partnerflow.cases.simulation import compare
from partnerflow.cases.terms import Terms
from partnerflow.credits.legs import void_lines
from partnerflow.credits.passing import FaultShare
from partnerflow.credits.portions import Portion
from partnerflow.money import TermPart
from partnerflow.orders.model import Leg, Licence, Order
from partnerflow.policy.document import Policy
from tests.domain.builders_cases import (
    HALF,
    PaperDesk,
    a_request,
    amounts,
    an_amount,
    jan,
    policy,
    refused,
    story_order,
)
from tests.domain.builders_money import credited, settled
from tests.domain.builders_orders import a_line
from tests.domain.builders_people import ELLIE, OWEN, PRIYA

BOUGHT = datetime(2026, 5, 1, 9, 30, tzinfo=UTC)
"""4 January 2027 is the 249th day."""
LEFT = TermPart(116, 365, "day")
DOWN, UP = Leg.DOWNSTREAM, Leg.UPSTREAM
RULE: dict[str, Any] = {
    "id": "subscription",
    "when": "!activated",
    "percent": 100,
    "prorate": {"unit": "day", "free_hours": 24},
    "text": "The days that are left are credited.",
}


def prorating(*others: dict[str, Any], **over: Any) -> Policy:
    nothing = {"id": "nothing", "when": "true", "percent": 0, "text": "Nothing is credited."}
    return policy(rules=[RULE, *others, nothing], **over)


def subscription(units: int = 10, price: int = 100_000_000, activated: int = 0) -> Order:
    licence = Licence(term_months=12)
    line = a_line(quantity=units, unit_price=price, upstream_price=price * 88 // 100, licence=licence)
    return story_order(line, activated=activated, placed_at=BOUGHT)


def a_desk(**changes: Any) -> PaperDesk:
    rules = changes.pop("policy", prorating())
    return PaperDesk(policy=rules, order=changes.pop("order", subscription(**changes)))


ONE_STEP = [
    {"id": "all", "when": "true", "steps": [{"role": "channel_manager"}]},
]


def nets(case: Case) -> tuple[int, ...]:
    return tuple(shown.credit.net for shown in case.requested)


def test_all_units_come_to_the_part_of_the_line_rounded_once_on_each_leg() -> None:
    case = a_desk().open(a_request(10))
    assert (case.verdict, case.clause) == (Verdict.WITHIN_POLICY, "subscription")
    assert case.asked == (Portion(1, 10, clause="subscription", part=LEFT),)
    assert nets(case) == (31_781, 27_967)


def test_units_one_after_the_other_come_to_the_same_whole() -> None:
    desk = a_desk()
    each = [nets(desk.open(a_request(1))) for _ in range(10)]
    assert [sum(leg) for leg in zip(*each, strict=True)] == [31_781, 27_967]
    assert {down for down, _ in each} == {3_178, 3_179}


def test_a_case_is_executed_and_its_note_says_what_was_left() -> None:
    desk = a_desk()
    desk.open(a_request(10))
    case = credited(desk)
    assert case.stage is Stage.CLOSED
    assert [(note.net, note.lines[0].percent, note.lines[0].part) for note in desk.notes] == [
        (31_781, 1_000_000, LEFT),
        (27_967, 1_000_000, LEFT),
    ]
    assert settled(desk)
    assert desk.lines[DOWN][1].left_net == 68_219
    assert desk.fold(case.ref) == case


def test_a_request_within_the_free_hours_comes_back_in_full() -> None:
    order = replace(subscription(), placed_at=jan(4))
    early = PaperDesk(policy=prorating(), order=order).open(a_request(10), at=jan(5, 9, 29, 59))
    late = PaperDesk(policy=prorating(), order=order).open(a_request(10), at=jan(5))
    assert (nets(early)[0], nets(late)[0]) == (100_000, 99_452)


def test_where_nothing_is_left_of_the_term_it_is_outside_policy() -> None:
    order = replace(subscription(), placed_at=datetime(2026, 1, 4, 9, 30, tzinfo=UTC))
    case = PaperDesk(policy=prorating(), order=order).open(a_request(10))
    assert (case.verdict, case.clause, case.stage) == (
        Verdict.OUTSIDE_POLICY,
        "subscription",
        Stage.ASSESSMENT,
    )


def test_an_exception_costs_what_it_gives_beyond_the_part_that_is_left() -> None:
    asked = ExceptionAsked("The service was never set up.", (ExceptionLine(1, 10, HALF),))
    case = a_desk().open(a_request(10, exception=asked))
    assert case.exception
    assert (nets(case)[0], case.exception.cost) == (50_000, 50_000 - 31_781)


@pytest.mark.parametrize(
    ("proposed", "net", "beyond"),
    [
        (Portion(1, 10, part=LEFT), 31_781, False),
        (Portion(1, 10, 317_808), 31_781, False),
        (Portion(1, 10, 317_809), 31_781, True),
        (Portion(1, 10, part=TermPart(117, 365)), 32_055, True),
    ],
)
def test_a_proposal_is_beyond_policy_from_the_first_fraction_above_what_is_left(
    proposed: Portion, net: int, beyond: bool
) -> None:
    desk = one_step()
    desk.open(an_amount(100))
    case = desk.do(Propose((proposed,), "by-hand", "Looked into."), OWEN, jan(4, 9, 40))
    assert (amounts(case)["downstream"][0], case.rounds[-1].inputs["exception"]) == (net, beyond)


def one_step(**changes: Any) -> PaperDesk:
    return a_desk(policy=prorating(routes=ONE_STEP), **changes)


def test_a_decider_lowers_units_and_keeps_the_part() -> None:
    desk = one_step()
    desk.open(a_request(10))
    with refused("exceeds-creditable"):
        desk.decide(PRIYA, jan(4, 10), "approve_partial", portions=(Portion(1, 9),))
    case = desk.decide(PRIYA, jan(4, 10), "approve_partial", portions=(Portion(1, 4, part=LEFT),))
    assert case.proposal
    assert [leg.credit.net for leg in case.proposal.legs] == [12_712, 11_187]


def test_an_amount_approved_in_part_is_exactly_that_and_the_rest_of_the_units_still_come_to_the_penny() -> (
    None
):
    desk = one_step()
    desk.open(a_request(5))
    case = desk.decide(PRIYA, jan(4, 10), "approve_partial", amount=10_000)
    assert amounts(case)["downstream"][0] == 10_000
    assert nets(desk.open(a_request(5)))[0] == 15_890
    assert desk.lines[DOWN][1].reserved_net == 25_890


def test_a_reseller_at_fault_bears_its_share_of_the_part() -> None:
    desk = one_step()
    desk.open(an_amount(100))
    fault = Terms(FaultShare(500_000, 200_000, 300_000))
    case = desk.do(
        Propose((Portion(1, 10, part=LEFT),), "by-hand", "Shared.", terms=fault), OWEN, jan(4, 9, 40)
    )
    assert amounts(case)["downstream"][0] == 22_247  # 1,000.00 x 70 % x 116/365
    assert amounts(case)["upstream"][0] == 13_984  # 880.00 x 50 % x 116/365


@pytest.mark.parametrize(
    ("rule", "upstream"),
    [
        ({"pass_through": "same_percentage"}, 27_967),
        ({"pass_through": "full"}, 27_967),
        ({"pass_through": "capped", "pass_through_cap_percent": 20}, 17_600),
        ({"pass_through": "capped", "pass_through_cap_percent": 40}, 27_967),
    ],
)
def test_the_vendor_credits_the_same_part_of_its_price_up_to_the_cap(
    rule: dict[str, Any], upstream: int
) -> None:
    assert nets(a_desk(policy=prorating(**rule)).open(a_request(10))) == (31_781, upstream)


def test_units_in_use_beside_it_follow_their_own_rule_and_full_bears_the_mean() -> None:
    active = {"id": "in-use", "when": "activated", "percent": 10, "text": "A tenth."}
    rules = prorating(active, pass_through="full", routes=ONE_STEP)
    desk = a_desk(policy=rules, activated=5)
    case = desk.open(a_request(10))
    assert [(p.quantity, p.percent, p.part) for p in case.asked] == [
        (5, 1_000_000, LEFT),
        (5, 100_000, None),
    ]
    assert nets(case) == (20_890, 18_384)


def test_an_appeal_asks_for_the_same_part_of_what_was_left_out() -> None:
    desk = one_step()
    desk.open(a_request(10))
    desk.decide(PRIYA, jan(4, 10), "approve_partial", portions=(Portion(1, 4, part=LEFT),))
    desk.remedy(jan(4, 11))
    desk.pass_on(jan(4, 12))
    case = desk.do(Appeal("All of them."), ELLIE, jan(4, 14))
    assert case.appeal
    assert [(p.quantity, p.part, p.amount) for p in case.appeal.asked] == [(6, LEFT, None)]
    assert case.appeal.requested[0].credit.net == 31_781 - 12_712


def test_the_explanation_and_a_difference_name_the_days() -> None:
    desk = one_step()
    case = desk.open(a_request(10))
    (told,) = judged(case, desk.view(case.ref))
    assert told.text == "The days that are left are credited. 116 of 365 days unused."
    assert told.activated is False
    seen = case.proposal
    assert seen
    lowered = replace(seen, portions=(Portion(1, 4, part=LEFT),))
    row = next(d for d in differences(replace(case, proposal=lowered), seen) if d.what == "line 1")
    assert (row.before, row.now) == ("10 at 100 % of 116/365", "4 at 100 % of 116/365")


def test_a_simulated_change_of_proration_names_its_clause_and_counts_its_money() -> None:
    desk = one_step()
    case = desk.open(a_request(10))
    free = RULE | {"id": "free-day", "prorate": {"unit": "day", "day_of_cancellation": "free"}}
    found = compare(case, desk.view(case.ref), policy(rules=[free], routes=ONE_STEP), jan(5))
    assert (found.before.clause, found.before.net) == ("subscription", 31_781)
    assert (found.after.clause, found.after.net, found.changed) == ("free-day", 32_055, True)
    assert found.before.parts == ("116 of 365 days unused",)
    assert found.after.parts == ("117 of 365 days unused",)


def test_voiding_reopens_exactly_what_the_part_had_used() -> None:
    desk = a_desk(units=3, price=333_333_333)
    before = desk.lines[DOWN][1]
    desk.open(a_request(2))
    case = desk.cases["PF-2027-000001"]
    rows = case.held[DOWN]
    credited(desk)
    assert desk.lines[DOWN][1].share_over
    assert void_lines(desk.lines[DOWN], rows)[1] == before
