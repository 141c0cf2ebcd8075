"""Deadlines that pass: settle first, rungs, the top, pauses (DOMAIN: Deadlines)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from partnerflow.cases.commands import Escalate
from partnerflow.cases.model import Case, CaseOutcome, Stage
from partnerflow.cases.notices import owed
from partnerflow.cases.paging import next_morning
from partnerflow.cases.status import status
from partnerflow.people import Role
from tests.domain.builders_cases import PaperDesk, a_request, an_amount, due, jan, policy, refused
from tests.domain.builders_people import (
    BEN,
    DANIEL,
    ELLIE,
    PRIYA,
    absent,
    changed,
    directory,
    person,
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


def test_the_last_rung_says_that_nobody_is_above() -> None:
    desk = PaperDesk()
    desk.open()
    desk.until(jan(7, 9, 30))
    shown = status(desk.cases[REF], desk.policy, desk.directory, jan(7, 9, 30)).contacts
    assert (shown.next_rung, shown.no_rung_because) == (
        None, "It is at the top: nobody is above whoever has it now.",
    )  # fmt: skip


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


def test_a_step_that_nobody_could_decide_is_theirs_again_on_the_morning_they_are_back() -> None:
    away = directory()
    for name in ("priya-nair", "tom-becker", "claire-dubois", "daniel-reeves", "marta-kowalska"):
        away = absent(away, name, jan(4, 9), jan(5, 18))
    for name in ("helen-ashworth", "grace-okafor"):
        away = absent(away, name, jan(4, 9), jan(7, 18))
    desk = PaperDesk(directory=away)
    assert holders(desk.open()) == ()
    desk.until(jan(5, 17, 0))
    assert holders(desk.cases[REF]) == ()
    case = desk.until(jan(6, 9, 0))
    assert holders(case) == ("priya-nair",)
    assert due(case, "step") == jan(6, 10, 0)  # little of the decision's time is left: the least a step has
    assert desk.decide(PRIYA, jan(6, 9, 30)).step


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
    assert info.value.extra["from"] == "2027-01-04T14:00:00Z"
    assert info.value.detail == "You can take this up from Mon 4 Jan 14:00 GMT on."
    with refused("reason-required"):
        desk.do(Escalate(" "), ELLIE, jan(4, 14, 0))
    case = desk.do(Escalate("We need it."), ELLIE, jan(4, 14, 0))
    assert holders(case) == ("daniel-reeves",)
    assert due(case, "step") == jan(5, 14, 0)
    with refused("wrong-state"):
        desk.do(Escalate("Again."), BEN, jan(5, 13, 0))


def test_the_instant_from_which_a_rung_can_be_pulled_is_never_before_it() -> None:
    desk = PaperDesk()
    opened = jan(4, 9, 30) + timedelta(milliseconds=25)
    desk.open(at=opened)
    with refused("too-early") as info:
        desk.do(Escalate("We need it."), ELLIE, jan(4, 13, 59))
    assert info.value.extra["from"] == "2027-01-04T14:00:01Z"
    desk.do(Escalate("We need it."), ELLIE, jan(4, 14, 0) + timedelta(seconds=1))


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


@pytest.mark.parametrize(
    ("now", "morning"),
    [(jan(4, 9), jan(5, 9, 0)), (jan(4, 2, 0), jan(4, 9, 0)), (jan(8, 20), jan(11, 9, 0)),
     (jan(4, 12, 45), jan(5, 9, 0))],
)  # fmt: skip
def test_the_next_working_morning(now: object, morning: object) -> None:
    assert next_morning(directory().operator.calendar, now) == morning  # type: ignore[arg-type]
