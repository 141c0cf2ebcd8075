"""Asking for more than policy gives: what it costs, what is held for it, who then decides (DOMAIN: Exception)."""

from typing import Any

import pytest

from partnerflow.cases.commands import (
    AddFact,
    AskPartner,
    ConfirmFact,
    OpenCase,
    Propose,
    Recall,
    RequestException,
)
from partnerflow.cases.model import (
    Case,
    CaseOutcome,
    ClockState,
    ExceptionAsked,
    ExceptionLine,
    FactState,
    RequestedLine,
    Stage,
    Verdict,
)
from partnerflow.cases.responsibility import excluded
from partnerflow.credits.portions import Portion
from partnerflow.credits.settlement import Settlement
from partnerflow.orders.model import Leg
from tests.domain.builders_cases import (
    HALF,
    MONDAY,
    PaperDesk,
    a_request,
    an_amount,
    jan,
    refused,
    story_order,
    the_exchange,
)
from tests.domain.builders_orders import a_line
from tests.domain.builders_people import AMARA, DANIEL, ELLIE, OWEN, PRIYA, SAM

REF = "PF-2027-000001"
WHOLE = 2 * HALF


def exception(units: int = 4, percent: int = HALF, why: str = "Tried once.") -> RequestException:
    return RequestException(ExceptionAsked(why, (ExceptionLine(1, units, percent),)))


def all_fifty(**changes: Any) -> OpenCase:
    """46 unused units within policy, and 4 activated ones for which it gives nothing: assessed by the owner."""
    return a_request(50, **changes)


def reserved(desk: PaperDesk) -> dict[Leg, tuple[int, int]]:
    return {leg: (lines[1].reserved_quantity, lines[1].reserved_net) for leg, lines in desk.lines.items()}


def test_an_exception_asked_in_assessment_starts_the_round_by_itself() -> None:
    desk = PaperDesk()
    assert desk.open(all_fifty()).stage is Stage.ASSESSMENT
    case = desk.do(exception(), ELLIE, jan(4, 10))
    assert case.stage is Stage.APPROVAL
    assert case.rounds[-1].exception
    assert [step.role for step in case.rounds[-1].steps] == ["channel_manager", "finance"]
    assert case.proposal
    assert case.proposal.by == "policy"
    assert case.proposal.legs[0].credit.net == 240_000
    assert case.verdict is Verdict.PARTLY_WITHIN_POLICY
    assert {cited.id for cited in case.proposal.facts} == {"activated-1", "justification"}
    assert desk.fold(REF) == case


def test_not_line_by_line_it_stays_with_its_owner() -> None:
    desk = PaperDesk()
    lines = (RequestedLine(1, 0, 10_000),)
    desk.open(all_fifty(lines=lines))
    with refused("invalid-quantity"):
        desk.do(exception(), ELLIE, jan(4, 10))
    two = PaperDesk(order=story_order(a_line(), a_line(line_no=2)))
    two.open(all_fifty(lines=(RequestedLine(1, 50), RequestedLine(2, 0, 10_000))))
    case = two.do(exception(), ELLIE, jan(4, 10))
    assert (case.stage, case.exception is not None) == (Stage.ASSESSMENT, True)


def test_asked_in_approval_it_is_a_material_change_and_finance_joins() -> None:
    desk = PaperDesk()
    case = desk.open(a_request(46, lines=(RequestedLine(1, 46),)))
    assert [step.role for step in case.rounds[-1].steps] == ["channel_manager"]
    first = case.step
    assert first
    case = desk.do(exception(6, WHOLE), ELLIE, jan(4, 10))
    assert case.step
    assert case.step.id == first.id
    assert [step.role for step in case.rounds[-1].steps] == ["channel_manager", "finance"]
    assert len(case.rounds) == 1
    with refused("stale-version") as info:
        desk.decide(PRIYA, jan(4, 11), seen="1.1")
    found = {each["what"]: each["now"] for each in info.value.extra["difference"]}
    assert found == {"line 1": "40 at 100 %, 6 at 100 % by exception", "fact justification": "“Tried once.”"}
    desk.decide(PRIYA, jan(4, 11))
    assert desk.decide(AMARA, jan(4, 12)).stage is Stage.REMEDY


def test_after_the_first_step_it_starts_again_and_the_same_person_may_decide_again() -> None:
    desk = PaperDesk()
    desk.open()
    desk.decide(PRIYA, jan(4, 10))
    case = desk.do(exception(4, WHOLE, "All of it."), ELLIE, jan(4, 11))
    assert desk.events("case.round_restarted")
    assert case.step
    assert case.step.deciders == ("priya-nair",)
    assert case.fact("justification").version == 2  # type: ignore[union-attr]
    desk.decide(PRIYA, jan(4, 12))
    assert desk.decide(AMARA, jan(4, 13)).stage is Stage.REMEDY


def test_what_is_held_is_released_and_held_again_on_every_leg() -> None:
    desk = PaperDesk()
    desk.open(all_fifty())
    assert reserved(desk) == {Leg.DOWNSTREAM: (50, 250_000), Leg.UPSTREAM: (50, 220_000)}
    desk.do(exception(), ELLIE, jan(4, 10))
    assert reserved(desk) == {Leg.DOWNSTREAM: (50, 240_000), Leg.UPSTREAM: (50, 211_200)}
    desk.do(exception(10, HALF), ELLIE, jan(4, 11))
    assert reserved(desk) == {Leg.DOWNSTREAM: (50, 225_000), Leg.UPSTREAM: (50, 198_000)}
    assert {leg: c.reserved_net for leg, c in desk.invoices.items()} == {
        Leg.DOWNSTREAM: 225_000,
        Leg.UPSTREAM: 198_000,
    }


def test_it_fits_beside_another_case_on_the_same_line_or_is_refused_with_what_is_left() -> None:
    desk = PaperDesk(order=story_order(activated=0))
    first = desk.open(a_request(20))
    desk.open(a_request(30))
    desk.do(exception(5), ELLIE, jan(4, 10), first.ref)
    assert desk.lines[Leg.DOWNSTREAM][1].reserved_quantity == 50
    desk.decide(PRIYA, jan(4, 11), "approve_partial", ref=first.ref, portions=(Portion(1, 10),))
    third = desk.open(a_request(10), at=jan(4, 12))
    assert third.open
    before = reserved(desk)
    with refused("exceeds-creditable"):
        desk.do(exception(5), ELLIE, jan(4, 13), first.ref)
    assert reserved(desk) == before


@pytest.mark.parametrize(
    ("activated", "units", "percent", "cost"),
    [
        (4, 4, HALF, 10_000),  # four units of 50.00 for which policy gives nothing, at half
        (4, 6, HALF, 5_000),  # two of the six are unused: policy would give them whole
        (0, 10, HALF, 0),  # less than policy gives costs nothing beyond it
        (4, 4, WHOLE, 20_000),
    ],
)
def test_its_cost_is_what_it_gives_beyond_policy_on_the_same_units(
    activated: int, units: int, percent: int, cost: int
) -> None:
    asked = ExceptionAsked("So.", (ExceptionLine(1, units, percent),))
    opened = PaperDesk(order=story_order(activated=activated)).open(all_fifty(exception=asked))
    assert opened.exception
    assert opened.exception.cost == cost
    desk = PaperDesk(order=story_order(activated=activated))
    desk.open(all_fifty())
    later = desk.do(RequestException(asked), ELLIE, jan(4, 10)).exception
    assert later
    assert (later.cost, later.by) == (cost, "ellie-marsh")


def test_what_staff_state_for_it_waits_for_the_partner() -> None:
    desk = PaperDesk()
    desk.open(all_fifty())
    case = desk.do(exception(why="The trial keys were ours."), SAM, jan(4, 10))
    said = case.fact("justification")
    assert said
    assert (said.source, said.state) == ("desk", FactState.OPEN)
    assert case.stage is Stage.APPROVAL
    assert {c.name for c in case.clocks if c.state is ClockState.PAUSED} == {"decision", "step"}
    case = desk.do(ConfirmFact("justification"), ELLIE, jan(4, 11))
    assert not case.awaiting_partner


def test_whoever_asks_for_it_never_grants_it() -> None:
    desk = PaperDesk()
    desk.open(all_fifty())
    case = desk.do(exception(), SAM, jan(4, 10))
    assert "sam-whitfield" in excluded(case, desk.directory)


def test_partner_and_case_managers_ask_nobody_else() -> None:
    desk = PaperDesk()
    desk.open(all_fifty())
    for somebody in (PRIYA, AMARA, DANIEL):
        with refused("forbidden"):
            desk.do(exception(), somebody, jan(4, 10))


def test_what_is_open_to_the_partner_pauses_the_round_it_starts() -> None:
    desk = PaperDesk()
    desk.open(all_fifty())
    desk.do(AskPartner("Who tried them?"), OWEN, jan(4, 10))
    desk.do(AddFact("They were tried in December."), OWEN, jan(4, 10))
    case = desk.do(exception(), ELLIE, jan(4, 11))
    assert case.stage is Stage.APPROVAL
    assert {c.name for c in case.clocks if c.state is ClockState.PAUSED} == {"decision", "step"}


def test_lines_and_units_must_be_those_of_the_case() -> None:
    desk = PaperDesk()
    desk.open(all_fifty())
    with refused("unknown-line") as info:
        desk.do(RequestException(ExceptionAsked("So.", (ExceptionLine(7, 1, HALF),))), ELLIE, jan(4, 10))
    assert info.value.extra["pointer"] == "/lines"
    with refused("invalid-quantity"):
        desk.do(exception(51), ELLIE, jan(4, 10))
    assert desk.cases[REF].exception is None


def test_it_is_judged_by_the_instant_at_which_the_case_was_received() -> None:
    """A window that has closed since takes nothing away from the other units."""
    desk = PaperDesk()
    desk.open(an_amount(1_000))
    desk.do(Propose((Portion(1, amount=1_000),), "c", "Fair."), OWEN, jan(4, 10))
    held = PaperDesk()
    held.open(all_fifty())
    case = held.do(exception(), ELLIE, jan(4 + 40, 10))
    assert case.proposal
    assert [p.clause for p in case.proposal.portions if not p.exception] == [
        p.clause for p in case.asked if not p.exception
    ]
    assert case.proposal.legs[0].credit.net == 240_000


def test_asked_settlements_must_still_add_up() -> None:
    desk = PaperDesk()
    desk.open(all_fifty(settlement=Settlement(account_credit=120_000)))
    with refused("allocation-mismatch"):
        desk.do(exception(), ELLIE, jan(4, 10))


def test_an_appeal_is_decided_on_what_was_asked_before() -> None:
    from partnerflow.cases.commands import Appeal

    desk = PaperDesk()
    desk.open()
    desk.decline(PRIYA, jan(4, 10))
    assert desk.cases[REF].outcome is CaseOutcome.DECLINED
    desk.do(Appeal("Look again."), ELLIE, jan(4, 11))
    with refused("wrong-state"):
        desk.do(exception(), ELLIE, jan(4, 12))


def test_the_worked_example_costs_a_hundred_beyond_policy() -> None:
    case = PaperDesk().open(the_exchange(), at=MONDAY)
    assert case.exception
    assert (case.exception.cost, case.exception.by) == (10_000, "ellie-marsh")


def recalled(desk: PaperDesk) -> Case:
    desk.open()
    return desk.do(Recall("We forgot something."), ELLIE, jan(4, 10))


def test_a_recalled_request_may_ask_for_more() -> None:
    desk = PaperDesk()
    assert recalled(desk).stage is Stage.ASSESSMENT
    case = desk.do(exception(4, WHOLE), ELLIE, jan(4, 11))
    assert (case.stage, len(case.rounds)) == (Stage.APPROVAL, 2)
    assert desk.lines[Leg.DOWNSTREAM][1].reserved_net == 250_000
