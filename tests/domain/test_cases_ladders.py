"""Deadlines that pass: settle first, rungs, the top, pauses (DOMAIN: Deadlines)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from partnerflow.cases.commands import AddNote, Answer, AskPartner, Escalate, Propose, SyncPeople
from partnerflow.cases.model import Case, CaseOutcome, ClockState, Stage
from partnerflow.cases.notices import owed
from partnerflow.cases.paging import next_morning
from partnerflow.cases.responsibility import owner
from partnerflow.cases.status import status
from partnerflow.credits.portions import Portion
from partnerflow.people import Coverage, Role
from tests.domain.builders_cases import (
    AMARA,
    BEN,
    DANIEL,
    ELLIE,
    OWEN,
    PEOPLE,
    PRIYA,
    PaperDesk,
    a_request,
    absent,
    an_amount,
    changed,
    directory,
    due,
    jan,
    person,
    policy,
    refused,
)

REF = "PF-2027-000001"


def holders(case: Case) -> tuple[str, ...]:
    assert case.step
    return case.step.deciders


def test_a_late_decision_that_came_in_time_counts_and_supersedes_the_rung() -> None:
    """Received at 09:30 sharp, it waited for the lock while the expiry was recorded."""
    desk = PaperDesk()
    desk.open()
    desk.due(jan(5, 9, 30, 1))
    assert holders(desk.cases[REF]) == ("daniel-reeves",)
    case = desk.decide(PRIYA, jan(5))
    assert holders(case) == ("amara-diallo",)
    assert case.rungs_fired == 0
    assert desk.events("case.rung_superseded")


def test_but_not_once_somebody_has_decided_since() -> None:
    desk = PaperDesk()
    first = desk.open().step
    desk.due(jan(5, 9, 30, 1))
    desk.decide(DANIEL, jan(5, 9, 30, 2))
    with refused("already-decided"):
        desk.decide(PRIYA, jan(5), step=first)


def test_a_decision_that_came_late_finds_the_rung_fired() -> None:
    """No driver ran: the late decision itself settles what was due first, is refused, and the rung stays."""
    desk = PaperDesk()
    desk.open()
    with refused("forbidden"):
        desk.decide(PRIYA, jan(5, 9, 30, 1))
    assert holders(desk.cases[REF]) == ("daniel-reeves",)


def test_at_most_one_rung_of_a_clock_fires_in_one_settling_however_late() -> None:
    desk = PaperDesk()
    desk.open()
    case = desk.due(jan(29))
    assert holders(case) == ("daniel-reeves",)
    assert [event.rung for event in desk.events("case.escalated") if event.clock == "step"] == [1]
    assert case.owner == "sam-whitfield"


def test_both_due_at_once_the_step_climbs_first() -> None:
    desk = PaperDesk()
    desk.open()
    desk.until(jan(5))
    desk.due(jan(6))
    assert [e.clock for e in desk.events("case.escalated")] == ["step", "step", "decision"]


def test_what_is_due_at_the_very_instant_of_a_command_is_not_yet_over() -> None:
    desk = PaperDesk()
    desk.open()
    assert holders(desk.decide(PRIYA, jan(5))) == ("amara-diallo",)
    assert not desk.events("case.escalated")


def test_a_deadline_that_fires_within_a_minute_keeps_to_its_instant_and_later_to_its_own() -> None:
    prompt, late = PaperDesk(), PaperDesk()
    prompt.open(), late.open()
    assert due(prompt.due(jan(5, 9, 31)), "step") == jan(6)
    assert due(late.due(jan(5, 9, 31, 1)), "step") == jan(6, 9, 31, 1)


def test_a_deadline_comes_too_early_and_decides_nothing() -> None:
    desk = PaperDesk()
    version = desk.open().version
    assert desk.due(jan(4, 11, 0)).version == version


def test_a_rung_skips_the_absent() -> None:
    desk = PaperDesk(directory=absent(directory(), "daniel-reeves", jan(5, 9)))
    desk.open()
    assert holders(desk.until(jan(5))) == ("marta-kowalska",)


def test_a_rung_skips_whoever_may_not_decide() -> None:
    """Daniel decided step 1; the finance step climbs past him."""
    known = changed(directory(), "amara-diallo", manager="daniel-reeves")
    desk = PaperDesk(directory=known)
    desk.open()
    desk.until(jan(5))
    desk.decide(DANIEL, jan(5, 10))
    assert holders(desk.until(jan(6))) == ("marta-kowalska",)


def test_each_rung_fires_once_and_then_the_top_is_paged_each_working_morning() -> None:
    desk = PaperDesk()
    desk.open()
    case = desk.until(jan(12))
    steps = [(e.rung, e.to) for e in desk.events("case.escalated") if e.clock == "step"]
    assert steps[:4] == [(1, "daniel-reeves"), (2, "marta-kowalska"), (3, "helen-ashworth"), (3, None)]
    pages = [e.due_at for e in desk.events("case.escalated") if e.clock == "step" and e.to is None]
    assert pages == [jan(8), jan(11, 9, 0), jan(12, 9, 0)]
    clock = case.clock("step")
    assert clock
    assert (clock.exhausted, clock.due_at) == (True, jan(13, 9, 0))
    assert holders(case) == ("helen-ashworth",)


def test_the_page_goes_to_the_executive_and_on_call_but_not_to_the_partner() -> None:
    desk = PaperDesk()
    desk.open()
    desk.until(jan(7))
    from partnerflow.cases import machine
    from partnerflow.cases.commands import CaseDue
    from tests.domain.builders_cases import DEADLINE

    case = desk.cases[REF]
    draft = machine.decide(case, CaseDue("step", jan(8)), DEADLINE, jan(8), desk.view(REF))
    found = {n.recipient for n in owed(draft, 1) if n.event == "case.escalated" and n.data.to is None}
    assert found >= {"helen-ashworth", "on-call@arbor.example"}
    assert not found & {"ellie-marsh", "ben-archer"}


def test_where_the_executive_is_away_the_executives_manager_has_it() -> None:
    desk = PaperDesk(directory=absent(directory(), "helen-ashworth", jan(4, 9)))
    desk.open()
    assert holders(desk.until(jan(7))) == ("grace-okafor",)


def test_nobody_eligible_escalates_at_once() -> None:
    """Nobody covers finance any more: its step starts one rung up, with the executive."""
    known = replace(
        directory(), coverage=tuple(r for r in directory().coverage if r.role is not Role.FINANCE)
    )
    desk = PaperDesk(directory=known)
    desk.open()
    assert holders(desk.decide(PRIYA, jan(4, 10))) == ("helen-ashworth",)
    assert desk.decide(person("helen-ashworth"), jan(4, 11)).stage is Stage.REMEDY


def test_nobody_at_all_is_paged_at_once_and_the_case_keeps_its_next_instant() -> None:
    kept = (Role.CASE_MANAGER, Role.DESK)
    known = replace(directory(), coverage=tuple(r for r in directory().coverage if r.role in kept))
    desk = PaperDesk(directory=known)
    case = desk.open()
    assert holders(case) == ()
    (page,) = desk.events("case.escalated")
    assert page.to is None
    assert due(case, "step") == jan(5, 9, 0)
    assert status(case, desk.policy, desk.directory, jan(4, 10)).contacts.no_rung_because


def test_a_ladder_may_end_with_a_decline_that_can_be_appealed() -> None:
    ladders = {"step": {"rungs": ["manager"], "on_exhausted": "decline"}}
    desk = PaperDesk(policy=policy(ladders=ladders))
    desk.open()
    case = desk.until(jan(6))
    assert (case.outcome, case.decline_code) == (CaseOutcome.DECLINED, "other")
    assert case.appeal_until
    assert all(line.reserved_net == 0 for lines in desk.lines.values() for line in lines.values())


def test_a_ladder_ends_with_approval_only_where_the_automatic_route_would_have_passed() -> None:
    ladders = {"step": {"rungs": ["manager"], "on_exhausted": "approve"}}
    watched = {
        "routes": [
            {"id": "looked-at", "when": "family == 'licences'", "steps": [{"role": "channel_manager"}]},
            {"id": "small", "when": "within_policy && aggregate <= 50000", "automatic": True},
            {"id": "rest", "when": "true", "steps": [{"role": "channel_manager"}]},
        ]
    }
    for units, stage in ((10, Stage.REMEDY), (11, Stage.APPROVAL)):
        desk = PaperDesk(policy=policy(ladders=ladders, **watched))
        desk.open(a_request(units))
        assert desk.until(jan(6)).stage is stage
        assert desk.fold(REF) == desk.cases[REF]


def test_the_partner_pulls_the_rung_once_per_stage_after_half_its_allowance_with_a_reason() -> None:
    desk = PaperDesk()
    desk.open()
    with refused("too-early") as info:
        desk.do(Escalate("We need it."), ELLIE, jan(4, 13, 59))
    assert info.value.extra["from"] == jan(4, 14, 0).isoformat()
    with refused("reason-required"):
        desk.do(Escalate(" "), ELLIE, jan(4, 14, 0))
    case = desk.do(Escalate("We need it."), ELLIE, jan(4, 14, 0))
    assert holders(case) == ("daniel-reeves",)
    assert due(case, "step") == jan(5, 14, 0)
    with refused("wrong-state"):
        desk.do(Escalate("Again."), BEN, jan(5, 13, 0))


def test_in_assessment_the_pulled_rung_is_the_owners() -> None:
    desk = PaperDesk()
    desk.open(an_amount(10_000))
    case = desk.do(Escalate("Nobody moves."), ELLIE, jan(5, 9, 30))
    assert (case.owner, due(case, "owner")) == ("sam-whitfield", jan(5, 14, 0))


def test_there_is_nobody_to_take_it_to_at_the_top() -> None:
    desk = PaperDesk()
    desk.open()
    desk.until(jan(8))
    with refused("wrong-state"):
        desk.do(Escalate("Please."), ELLIE, jan(8, 16, 0))


def test_a_question_pauses_decision_and_step_and_nothing_else() -> None:
    desk = PaperDesk()
    desk.open()
    case = desk.do(AskPartner("Which keys?"), PRIYA, jan(4, 10, 30))
    states = {clock.name: clock.state for clock in case.clocks}
    assert {name for name, state in states.items() if state is ClockState.PAUSED} == {"decision", "step"}
    assert states["partner_answer"] is ClockState.RUNNING
    assert states["next_update"] is ClockState.RUNNING
    case = desk.until(jan(8))
    assert not desk.events("case.escalated")
    assert not [e for e in desk.events("case.clock_warned") if e.clock in ("decision", "step")]


def test_the_unused_minutes_resume_with_the_answer() -> None:
    desk = PaperDesk()
    desk.open()
    desk.do(AskPartner("Which keys?"), PRIYA, jan(4, 10, 30))
    case = desk.do(Answer("q1", "The last four."), ELLIE, jan(6, 10, 30))
    assert due(case, "step") == jan(7)
    assert due(case, "decision") == jan(8)
    assert case.facts[-1].text == "The last four."
    with refused("wrong-state"):
        desk.do(Answer("q1", "And more."), ELLIE, jan(6, 11))


def test_silence_lapses_after_2400_minutes_of_the_partner_and_neither_confirms_nor_withdraws() -> None:
    desk = PaperDesk()
    desk.open()
    case = desk.do(AskPartner("Which keys?"), PRIYA, jan(4, 10, 30))
    assert due(case, "partner_answer") == jan(11, 10, 30)
    case = desk.until(jan(11, 10, 30))
    assert case.questions[0].lapsed
    assert due(case, "step") == jan(12)
    assert case.stage is Stage.APPROVAL
    warned = [e.percent for e in desk.events("case.clock_warned") if e.clock == "partner_answer"]
    assert warned == [50, 80]


def test_a_lapse_recorded_late_ends_the_pause_when_it_was_due_to_end() -> None:
    desk = PaperDesk()
    desk.open()
    desk.do(AskPartner("Which keys?"), PRIYA, jan(4, 10, 30))
    case = desk.do(AddNote("Hello?"), ELLIE, jan(11, 14, 0))
    assert due(case, "step") == jan(12)


def test_all_questions_of_a_round_share_one_longest_pause() -> None:
    desk = PaperDesk()
    desk.open()
    desk.do(AskPartner("Which keys?"), PRIYA, jan(4, 10, 30))
    desk.do(Answer("q1", "Those."), ELLIE, jan(8, 10, 30))
    case = desk.do(AskPartner("And since when?"), PRIYA, jan(8, 11, 30))
    assert due(case, "partner_answer") == jan(11, 11, 30)
    desk.until(jan(11, 11, 30))
    with refused("wrong-state"):
        desk.do(AskPartner("Once more?"), PRIYA, jan(11, 12, 0))


def test_a_decision_while_a_question_is_open_goes_on_with_what_is_there() -> None:
    desk = PaperDesk()
    desk.open()
    desk.do(AskPartner("Which keys?"), PRIYA, jan(4, 10, 30))
    case = desk.decide(PRIYA, jan(4, 11))
    assert not case.awaiting_partner
    assert case.questions[0].lapsed
    assert {c.state for c in case.clocks if c.name in ("decision", "step")} == {ClockState.RUNNING}
    shown = status(case, desk.policy, desk.directory, jan(4, 11))
    assert (shown.waiting_for, shown.asked) == ("us", ())


def test_a_question_open_at_the_last_decision_is_not_asked_any_more() -> None:
    desk = PaperDesk()
    desk.open(a_request(20))
    desk.do(AskPartner("Which keys?"), PRIYA, jan(4, 10, 30))
    case = desk.decide(PRIYA, jan(4, 11))
    assert (case.stage, case.awaiting_partner) == (Stage.REMEDY, False)
    assert status(case, desk.policy, desk.directory, jan(4, 11)).asked == ()


def test_only_decider_and_owner_may_pause() -> None:
    desk = PaperDesk()
    desk.open()
    for actor in (ELLIE, AMARA, DANIEL):
        with refused("forbidden"):
            desk.do(AskPartner("Why?"), actor, jan(4, 10))
    assert desk.do(AskPartner("Why?"), OWEN, jan(4, 10)).awaiting_partner


def test_the_share_of_a_late_step_is_what_is_left_of_the_decision() -> None:
    """Step 1 is decided with 100 minutes of 960 left: step 2 has them all, not 480."""
    desk = PaperDesk()
    desk.open()
    desk.until(jan(5))
    case = desk.decide(DANIEL, jan(5, 16, 50))
    assert due(case, "step") == due(case, "decision") == jan(6)


def test_a_step_has_an_hour_at_least_and_all_of_it_once_the_decision_is_late() -> None:
    desk = PaperDesk()
    desk.open()
    desk.until(jan(5))
    assert due(desk.decide(DANIEL, jan(6, 9, 10)), "step") == jan(6, 10, 10)
    late = PaperDesk()
    late.open()
    late.until(jan(6))
    assert due(late.decide(person("marta-kowalska"), jan(6, 10)), "step") == jan(7, 10)


def test_the_first_response_ends_with_a_persons_word_and_the_next_update_restarts() -> None:
    desk = PaperDesk()
    desk.open()
    assert desk.do(AddNote("Hello?"), ELLIE, jan(4, 10)).clock("first_response").state is ClockState.RUNNING  # type: ignore[union-attr]
    case = desk.do(AddNote("We are on it."), OWEN, jan(4, 11))
    assert case.clock("first_response").state is ClockState.DONE  # type: ignore[union-attr]
    assert due(case, "next_update") == jan(6, 11)
    assert case.clock("owner").state is ClockState.DONE  # type: ignore[union-attr]


def test_the_absence_of_the_owner_holds_from_its_instant_and_the_record_follows() -> None:
    desk = PaperDesk()
    case = desk.open(an_amount(10_000))
    desk.do(AddNote("On it."), OWEN, jan(4, 10))
    desk.directory = absent(desk.directory, "owen-clarke", jan(4, 11), delegate="ruth-lindqvist")
    assert owner(case, desk.directory, jan(4, 10, 59)).id == "owen-clarke"
    assert owner(case, desk.directory, jan(4, 11)).id == "ruth-lindqvist"
    case = desk.do(SyncPeople(), PEOPLE, jan(4, 11))
    assert (case.owner, due(case, "owner")) == ("ruth-lindqvist", jan(4, 16, 0))
    assert due(case, "decision") == jan(6)
    assert desk.do(SyncPeople(), PEOPLE, jan(4, 12)).version == case.version


def test_a_chain_of_delegates_ends_after_three_hops_and_in_no_circle() -> None:
    known = directory()
    for name, to in (("owen-clarke", "ruth-lindqvist"), ("ruth-lindqvist", "owen-clarke")):
        known = absent(known, name, jan(4, 9), delegate=to)
    desk = PaperDesk()
    case = desk.open(an_amount(10_000))
    assert owner(case, known, jan(4, 12)).id == "sam-whitfield"


def test_with_everyone_away_the_last_fallback_person_owns_it() -> None:
    known = directory()
    for name, someone in known.people.items():
        if someone.organisation == "arbor" and name != "helen-ashworth":
            known = absent(known, name, jan(4, 9))
    case = PaperDesk(directory=known).open(an_amount(10_000))
    assert case.owner == "helen-ashworth"


def test_the_owner_of_several_families_is_chosen_by_the_highest_asked_net() -> None:
    """A line asked in two portions counts with the whole of it."""
    from partnerflow.cases.model import ExceptionAsked, ExceptionLine, RequestedLine
    from tests.domain.builders_cases import story_order
    from tests.domain.builders_orders import a_line

    dock = a_line(2, sku="HW-DOCK", family="hardware", quantity=10, unit_price=149_000_000)
    desk = PaperDesk(order=story_order(a_line(), dock))
    asked = a_request(
        lines=(RequestedLine(1, 50), RequestedLine(2, 1)),
        exception=ExceptionAsked("Why not.", (ExceptionLine(1, 4, 500_000),)),
    )
    assert desk.open(asked).scope.family == "licences"


@pytest.mark.parametrize(
    ("now", "morning"),
    [(jan(4, 9), jan(5, 9, 0)), (jan(4, 2, 0), jan(4, 9, 0)), (jan(8, 20), jan(11, 9, 0)),
     (jan(4, 12, 45), jan(5, 9, 0))],
)  # fmt: skip
def test_the_next_working_morning(now: object, morning: object) -> None:
    assert next_morning(directory().operator.calendar, now) == morning  # type: ignore[arg-type]


def test_the_warnings_come_once_each() -> None:
    desk = PaperDesk()
    desk.open(an_amount(10_000))
    desk.until(jan(6) - timedelta(seconds=1))
    warned = [(e.clock, e.percent) for e in desk.events("case.clock_warned") if e.clock == "decision"]
    assert warned == [("decision", 50), ("decision", 80)]


def test_an_owner_proposes_while_a_question_is_open_and_the_clocks_run_on() -> None:
    desk = PaperDesk()
    desk.open(an_amount(10_000))
    desk.do(AskPartner("Why?"), OWEN, jan(4, 10))
    case = desk.do(Propose((Portion(1, amount=10_000),), "c", "Fair."), OWEN, jan(4, 11))
    assert (case.stage, case.awaiting_partner) == (Stage.APPROVAL, False)
    assert all(clock.state is not ClockState.PAUSED for clock in case.clocks)


def test_coverage_prefers_more_columns_then_family() -> None:
    rows = (
        Coverage(Role.CASE_MANAGER, "ruth-lindqvist", country="GB"),
        Coverage(Role.CASE_MANAGER, "sam-whitfield", family="licences"),
    )
    known = replace(
        directory(), coverage=(*rows, *(r for r in directory().coverage if r.role is not Role.CASE_MANAGER))
    )
    assert PaperDesk(directory=known).open(an_amount(10_000)).owner == "sam-whitfield"


def test_a_word_on_a_closed_case_starts_no_clock() -> None:
    desk = PaperDesk()
    desk.open()
    desk.decline(PRIYA, jan(4, 10))
    assert desk.do(AddNote("We are sorry."), OWEN, jan(4, 11)).clocks_due == ()
