"""Steps that several decide: any, all, n of them (DOMAIN: Approvals)."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from partnerflow.cases.model import CaseOutcome, Stage
from partnerflow.cases.notices import Notice
from partnerflow.cases.responsibility import awaits, deciders
from partnerflow.cases.status import contacts
from partnerflow.people import Actor, Coverage, Directory, Role
from tests.domain.builders_cases import PaperDesk, due, jan, policy, refused
from tests.domain.builders_people import (
    AMARA,
    DANIEL,
    ELLIE,
    HELEN,
    MARTA,
    PRIYA,
    SAM,
    absent,
    changed,
    directory,
    person,
)

REF = "PF-2027-000001"
TOM, LUCY, PETER = person("tom-becker"), person("lucy-pemberton"), person("peter-holt")


def one_step(**step: Any) -> list[dict[str, Any]]:
    return [{"id": "one", "when": "true", "steps": [step]}]


def desk_of(known: Directory | None = None, **step: Any) -> PaperDesk:
    desk = PaperDesk(policy=policy(routes=one_step(**step)))
    desk.directory = known or desk.directory
    desk.open()
    return desk


ANY = {"person": ["priya-nair", "tom-becker"], "mode": "any"}
ALL = {"person": ["priya-nair", "tom-becker"], "mode": "all"}
TWO = {"role": "channel_manager", "mode": "n", "n": 2}


def names(desk: PaperDesk, at: Any) -> list[str]:
    case = desk.cases[REF]
    assert case.step
    return [p.id for p in deciders(case, case.step, desk.directory, at)]


def to_whom(found: Iterable[Notice], event: str) -> set[str]:
    return {notice.recipient for notice in found if notice.event == event}


def test_the_first_by_name_is_shown_as_deciding_and_the_others_with_them() -> None:
    desk = desk_of(**ANY)
    shown = contacts(desk.cases[REF], desk.policy, desk.directory, jan(4, 10))
    assert shown.deciding_now
    assert shown.deciding_now.name == "Priya Nair"
    assert [other.name for other in shown.deciding_with] == ["Tom Becker"]


def test_the_first_answer_of_any_withdraws_the_others_who_hear_who_was_first() -> None:
    desk = desk_of(**ANY)
    step = desk.cases[REF].step
    assert desk.decide(TOM, jan(4, 10)).stage is Stage.REMEDY
    assert to_whom(desk.told, "case.step_decided") == {"priya-nair"}
    with refused("already-decided") as info:
        desk.decide(PRIYA, jan(4, 11), step=step)
    assert "Tom Becker" in info.value.detail


def test_a_list_of_roles_names_the_best_covered_of_each() -> None:
    desk = desk_of(role=["channel_manager", "finance"])
    step = desk.cases[REF].step
    assert step
    assert step.deciders == ("priya-nair", "amara-diallo")
    assert desk.decide(AMARA, jan(4, 10)).stage is Stage.REMEDY


def test_all_of_several_roles_are_all_whom_the_coverage_names() -> None:
    desk = desk_of(role=["finance", "executive"], mode="all")
    for actor in (AMARA, LUCY):
        assert desk.decide(actor, jan(4, 10)).stage is Stage.APPROVAL
    assert desk.decide(HELEN, jan(4, 11)).stage is Stage.REMEDY


def test_a_vote_that_is_in_leaves_the_inbox_of_who_gave_it_and_nothing_outside_shows_it() -> None:
    desk = desk_of(**ALL)
    before = contacts(desk.cases[REF], desk.policy, desk.directory, jan(4, 10))
    case = desk.decide(PRIYA, jan(4, 10))
    assert case.step
    assert not awaits(case, case.step, "priya-nair", desk.directory, jan(4, 10))
    assert awaits(case, case.step, "tom-becker", desk.directory, jan(4, 10))
    after = contacts(case, desk.policy, desk.directory, jan(4, 10))
    assert after.deciding_now
    assert before.deciding_now
    assert after.deciding_now.id == before.deciding_now.id
    assert "case.step_decided" not in {notice.event for notice in desk.told}


def test_one_decline_ends_a_step_of_all_and_the_others_are_told() -> None:
    desk = desk_of(**ALL)
    case = desk.decline(PRIYA, jan(4, 10))
    assert (case.outcome, case.decline_text) == (CaseOutcome.DECLINED, "No.")
    assert to_whom(desk.told, "case.step_decided") == {"tom-becker"}


def test_it_is_due_by_the_earliest_calendar_of_all_and_the_latest_of_any() -> None:
    """Claire's day in Paris begins and ends an hour before London's."""
    found = {}
    for mode in ("any", "all"):
        desk = desk_of(person=["priya-nair", "claire-dubois"], mode=mode)
        found[mode] = due(desk.cases[REF], "step")
    alone = {due(desk_of(person=who).cases[REF], "step") for who in ("priya-nair", "claire-dubois")}
    assert len(alone) == 2
    assert found == {"any": max(filter(None, alone)), "all": min(filter(None, alone))}


def test_the_stand_in_of_an_absent_one_counts_for_them() -> None:
    desk = desk_of(**ALL)
    desk.directory = absent(desk.directory, "tom-becker", jan(4, 9), delegate="marta-kowalska")
    desk.decide(PRIYA, jan(4, 10))
    case = desk.decide(MARTA, jan(4, 11))
    assert case.stage is Stage.REMEDY
    last = case.rounds[-1].steps[0].decisions[-1]
    assert (last.by, last.instead_of) == ("marta-kowalska", "tom-becker")


def test_nobody_answers_for_two_of_all() -> None:
    """Tom is away and Priya is his delegate: his manager answers in his place."""
    desk = desk_of(**ALL)
    desk.directory = absent(desk.directory, "tom-becker", jan(4, 9), delegate="priya-nair")
    assert names(desk, jan(4, 10)) == ["daniel-reeves", "priya-nair"]
    assert desk.decide(PRIYA, jan(4, 10)).stage is Stage.APPROVAL
    with refused("already-decided"):
        desk.decide(PRIYA, jan(4, 11))
    assert desk.decide(DANIEL, jan(4, 11)).stage is Stage.REMEDY


def test_two_absent_ones_with_one_delegate_still_need_two_persons() -> None:
    desk = desk_of(**ALL)
    for who in ("priya-nair", "tom-becker"):
        desk.directory = absent(desk.directory, who, jan(4, 9), delegate="marta-kowalska")
    assert names(desk, jan(4, 10)) == ["daniel-reeves", "marta-kowalska"]
    assert desk.decide(MARTA, jan(4, 10)).stage is Stage.APPROVAL
    assert desk.decide(DANIEL, jan(4, 10)).stage is Stage.REMEDY


def test_who_comes_back_does_not_answer_again_for_what_their_delegate_answered() -> None:
    desk = desk_of(**ALL)
    away = absent(desk.directory, "tom-becker", jan(4, 9), jan(4, 11), delegate="marta-kowalska")
    desk.directory = away
    desk.decide(MARTA, jan(4, 10))
    with refused("already-decided"):
        desk.decide(TOM, jan(4, 12))
    assert desk.cases[REF].stage is Stage.APPROVAL
    assert desk.decide(PRIYA, jan(4, 12)).stage is Stage.REMEDY


def test_the_delegate_of_one_who_answered_hears_so() -> None:
    desk = desk_of(**ALL)
    desk.decide(TOM, jan(4, 10))
    desk.directory = absent(desk.directory, "tom-becker", jan(4, 11), delegate="marta-kowalska")
    with refused("already-decided") as info:
        desk.decide(MARTA, jan(4, 12))
    assert "Tom Becker" in info.value.detail


def test_a_vote_stays_when_somebody_else_hands_on_their_part() -> None:
    desk = desk_of(**ALL)
    desk.decide(PRIYA, jan(4, 10))
    case = desk.decide(TOM, jan(4, 11), "pass_on", to="daniel-reeves")
    assert case.step
    assert case.step.deciders == ("priya-nair", "daniel-reeves")
    with refused("already-decided"):
        desk.decide(PRIYA, jan(4, 11))
    assert desk.decide(DANIEL, jan(4, 12)).stage is Stage.REMEDY


def test_all_of_persons_one_of_whom_is_away_when_the_step_begins() -> None:
    desk = desk_of(absent(directory(), "tom-becker", jan(4, 9)), **ALL)
    step = desk.cases[REF].step
    assert step
    assert step.deciders == ("priya-nair", "daniel-reeves")
    assert step.holders[-1].stands_for == {"daniel-reeves": "tom-becker"}
    desk.decide(DANIEL, jan(4, 10))
    (decided,) = desk.events("case.step_decided")
    assert decided.decision.instead_of == "tom-becker"


def test_n_of_fewer_than_n_escalates_at_once_to_one_who_decides_alone() -> None:
    known = directory()
    only = tuple(row for row in known.coverage if row.role is not Role.CHANNEL_MANAGER)
    known = replace(known, coverage=(*only, Coverage(Role.CHANNEL_MANAGER, "priya-nair")))
    desk = desk_of(known, **TWO)
    case = desk.cases[REF]
    (fired,) = desk.events("case.escalated")
    assert (fired.to, fired.before, fired.pulled) == ("daniel-reeves", (), False)
    assert case.step
    assert (case.step.rung, case.rungs_fired, case.step.deciders) == (1, 1, ("daniel-reeves",))
    assert desk.decide(DANIEL, jan(4, 10)).stage is Stage.REMEDY


def test_at_the_escalation_at_once_whoever_decided_before_is_skipped() -> None:
    """Daniel decided step 1; step 2 asks for Sam's manager's team, of whom nobody may: not Daniel again."""
    routes = [{"id": "r", "when": "true", "steps": [
        {"person": "daniel-reeves", "name": "first"}, {"person": "sam-whitfield", "name": "second"}]}]  # fmt: skip
    desk = PaperDesk(policy=policy(routes=routes))
    desk.open(actor=SAM)
    case = desk.decide(DANIEL, jan(4, 10))
    assert case.step
    assert case.step.deciders == ("marta-kowalska",)


def test_nobody_eligible_and_nobody_at_the_top_is_held_and_paged() -> None:
    routes = one_step(person="priya-nair")
    ladder = {"rungs": ["executive"], "on_exhausted": "hold_and_page"}
    desk = PaperDesk(policy=policy(routes=routes, ladders={"step": ladder}))
    known = changed(desk.directory, "priya-nair", active=False)
    for who in ("helen-ashworth", "grace-okafor"):
        known = absent(known, who, jan(4, 9))
    desk.directory = known
    case = desk.open()
    (paged,) = desk.events("case.escalated")
    assert paged.to is None
    assert case.step
    assert case.step.deciders == ()
    clock = case.clock("step")
    assert clock
    assert clock.exhausted


def test_an_exhausted_ladder_leads_to_the_executives_manager() -> None:
    ladder = {"rungs": ["executive"], "on_exhausted": "hold_and_page"}
    desk = PaperDesk(policy=policy(routes=one_step(person="priya-nair"), ladders={"step": ladder}))
    known = changed(desk.directory, "priya-nair", active=False)
    desk.directory = absent(known, "helen-ashworth", jan(4, 9))
    case = desk.open()
    assert case.step
    assert case.step.deciders == ("grace-okafor",)


@pytest.mark.parametrize("step", [ALL, TWO])
def test_whoever_a_rung_names_decides_alone_and_so_does_who_gets_it_from_them(step: dict[str, Any]) -> None:
    desk = desk_of(**step)
    desk.decide(PRIYA, jan(4, 10))
    case = desk.until(jan(5, 9, 30))
    assert case.step
    (rung,) = case.step.deciders
    higher = desk.directory.people[rung].manager or ""
    desk.decide(person(rung), jan(5, 10), "pass_on", to=higher)
    assert desk.decide(person(higher), jan(5, 11)).stage is Stage.REMEDY


def test_a_vote_in_time_counts_with_those_before_and_the_rung_is_superseded() -> None:
    """Both decided by the due instant; the expiry was recorded between them."""
    desk = desk_of(**ALL)
    desk.decide(PRIYA, jan(4, 10))
    when = due(desk.cases[REF], "step")
    assert when
    desk.due(when)
    assert desk.cases[REF].rungs_fired == 1
    case = desk.decide(TOM, when)
    assert (case.stage, case.rungs_fired) == (Stage.REMEDY, 0)
    assert desk.events("case.rung_superseded")


def test_so_does_that_of_a_delegate_in_time() -> None:
    desk = desk_of(person="priya-nair")
    desk.directory = absent(desk.directory, "priya-nair", jan(4, 9), delegate="tom-becker")
    when = due(desk.cases[REF], "step")
    assert when
    desk.due(when)
    assert desk.decide(TOM, when).stage is Stage.REMEDY


def test_one_in_time_whose_role_was_taken_meanwhile_decides_nothing() -> None:
    desk = desk_of(role="channel_manager")
    when = due(desk.cases[REF], "step")
    assert when
    desk.due(when)
    desk.directory = changed(desk.directory, "priya-nair", roles=frozenset({Role.FINANCE}))
    with refused("forbidden"):
        desk.decide(PRIYA, when)


def test_a_warning_goes_to_those_who_have_not_answered_yet() -> None:
    desk = desk_of(**ALL)
    desk.decide(PRIYA, jan(4, 10))
    clock = desk.cases[REF].clock("step")
    assert clock
    desk.due(clock.warnings[0].at)
    assert to_whom(desk.told, "case.clock_warned") == {"tom-becker", "owen-clarke"}, (
        "owen owns the decision's clock"
    )


def test_a_key_acts_as_its_owner_who_asked_for_it() -> None:
    """Whoever owns the key is who acts: the requester's key decides nothing either."""
    desk = desk_of(person="priya-nair")
    key = Actor(ELLIE.person, ELLIE.organisation, ELLIE.roles, scopes=frozenset({"approvals:write"}))
    with refused("four-eyes"):
        desk.decide(key, jan(4, 10))
