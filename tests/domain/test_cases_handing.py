"""Handing on a step or a case: due instants stay, four eyes hold (DOMAIN: Approvals, Redirect)."""

from typing import Any

import pytest

from partnerflow.cases.commands import AddNote, Propose, Reassign, Redirect
from partnerflow.cases.machine import allowed_actions
from partnerflow.cases.model import ClockState, Stage
from partnerflow.credits.portions import Portion
from partnerflow.people import Role
from tests.domain.builders_cases import PaperDesk, an_amount, due, jan, policy, refused, the_exchange
from tests.domain.builders_people import (
    AMARA,
    DANIEL,
    ELLIE,
    MARTA,
    NADIA,
    OWEN,
    PRIYA,
    SAM,
    absent,
    changed,
    directory,
    person,
)

REF = "PF-2027-000001"
RUTH, TOM, YUKI = person("ruth-lindqvist"), person("tom-becker"), person("yuki-tanaka")
ONE = [{"id": "one", "when": "true", "steps": [{"role": "channel_manager"}]}]


def opened(**changes: Any) -> PaperDesk:
    desk = PaperDesk(**changes)
    desk.open()
    return desk


def test_a_step_passed_on_keeps_its_id_its_version_and_its_due_instant() -> None:
    desk = opened()
    before = desk.cases[REF]
    case = desk.decide(PRIYA, jan(4, 10), "pass_on", to="tom-becker", text="You know them.")
    assert case.step
    assert before.step
    assert (case.step.id, case.step.deciders) == (before.step.id, ("tom-becker",))
    assert case.clock("step") == before.clock("step")
    assert {(n.recipient, n.audience) for n in desk.told} == {
        ("tom-becker", "decider"),
        ("ellie-marsh", "partner"),
    }
    after = desk.decide(TOM, jan(4, 11), seen="1.1")
    assert after.step
    assert after.step.no == 2


def test_it_is_passed_on_by_e_mail_address_as_well() -> None:
    case = opened().decide(PRIYA, jan(4, 10), "pass_on", to="Tom-Becker@example.org")
    assert case.step
    assert case.step.deciders == ("tom-becker",)


def test_only_by_whoever_has_it() -> None:
    desk = opened()
    for actor in (TOM, AMARA, OWEN):
        with refused("forbidden"):
            desk.decide(actor, jan(4, 10), "pass_on", to="daniel-reeves")
    desk.decide(PRIYA, jan(4, 10), "pass_on", to="tom-becker")
    with refused("forbidden"):
        desk.decide(PRIYA, jan(4, 11), "pass_on", to="daniel-reeves")


def test_nobody_hands_on_what_a_rung_has_taken_not_even_in_time() -> None:
    desk = opened()
    when = due(desk.cases[REF], "step")
    assert when
    desk.due(when)
    for what, to in (("pass_on", "tom-becker"), ("redirect", "licensing")):
        with refused("forbidden") as info:
            desk.decide(PRIYA, when, what, to=to, text="Take it.")
        assert "Daniel Reeves" in info.value.detail


@pytest.mark.parametrize(("to", "code"), [
    ("owen-clarke", "forbidden"),        # no role of the step, nor above
    ("lucy-pemberton", "forbidden"),
    ("robin-marsh", "forbidden"),        # only admin
    ("nadia-rahman", "invalid-parameter"),  # not a colleague
    ("nobody", "invalid-parameter"),
    ("priya-nair", "four-eyes"),         # asked for it
    ("claire-dubois", "wrong-state"),    # away
    ("daniel-reeves", "wrong-state"),    # has it
])  # fmt: skip
def test_it_goes_to_a_present_colleague_of_equal_or_higher_authority_who_takes_no_part(
    to: str, code: str
) -> None:
    """Priya opened it on behalf, so Daniel has it."""
    desk = PaperDesk(directory=absent(directory(), "claire-dubois", jan(4, 9)))
    desk.directory = changed(
        desk.directory, "priya-nair", roles=frozenset({Role.CHANNEL_MANAGER, Role.CASE_MANAGER})
    )
    desk.open(the_exchange(on_behalf_of="ellie-marsh"), actor=person("priya-nair"))
    with refused(code):
        desk.decide(DANIEL, jan(4, 10), "pass_on", to=to)


def test_less_authority_in_the_same_role_is_not_enough() -> None:
    desk = opened()
    desk.until(jan(5))
    with refused("forbidden") as info:
        desk.decide(DANIEL, jan(5, 10), "pass_on", to="tom-becker")
    assert "authority" in info.value.detail
    case = desk.decide(DANIEL, jan(5, 10), "pass_on", to="marta-kowalska")
    assert case.step
    assert case.step.deciders == ("marta-kowalska",)


def test_who_decided_another_step_does_not_get_it_passed() -> None:
    desk = opened()
    desk.decide(PRIYA, jan(4, 10))
    with refused("four-eyes"):
        desk.decide(AMARA, jan(4, 11), "pass_on", to="priya-nair")


def test_a_delegate_passes_on_for_the_absent_one() -> None:
    desk = opened()
    desk.directory = absent(desk.directory, "priya-nair", jan(4, 9), delegate="tom-becker")
    case = desk.decide(TOM, jan(4, 10), "pass_on", to="daniel-reeves")
    assert case.step
    assert case.step.deciders == ("daniel-reeves",)


def test_whoever_came_for_an_absent_one_still_did_when_another_part_is_passed_on() -> None:
    both = [{"id": "all", "when": "true", "steps": [{"person": ["priya-nair", "tom-becker"], "mode": "all"}]}]
    desk = PaperDesk(policy=policy(routes=both), directory=absent(directory(), "tom-becker", jan(4, 9)))
    desk.open()
    case = desk.decide(PRIYA, jan(4, 10), "pass_on", to="marta-kowalska")
    assert case.step
    assert case.step.deciders == ("marta-kowalska", "daniel-reeves")
    desk.decide(DANIEL, jan(4, 11))
    (decided,) = desk.events("case.step_decided")
    assert decided.decision.instead_of == "tom-becker"


def test_a_stale_one_passes_nothing_on() -> None:
    desk = opened()
    with refused("stale-version"):
        desk.decide(PRIYA, jan(4, 10), "pass_on", to="tom-becker", seen="1.9")


def test_the_limit_binds_whoever_decides_the_last_step_passed_on_or_not() -> None:
    known = changed(directory(), "tom-becker", limit=1)
    known = changed(changed(known, "priya-nair", limit=1), "daniel-reeves", limit=100)
    desk = PaperDesk(policy=policy(routes=ONE), directory=known)
    desk.open()
    with refused("limit-exceeded"):
        desk.decide(PRIYA, jan(4, 10))
    desk.decide(PRIYA, jan(4, 10), "pass_on", to="tom-becker")
    with refused("limit-exceeded"):
        desk.decide(TOM, jan(4, 11))
    desk.until(jan(5))
    with refused("limit-exceeded"):
        desk.decide(DANIEL, jan(5, 10))
    desk.decide(DANIEL, jan(5, 10), "pass_on", to="marta-kowalska")
    assert desk.decide(MARTA, jan(5, 11)).stage is Stage.REMEDY


def test_a_step_is_redirected_to_whoever_covers_another_department() -> None:
    desk = opened()
    before = due(desk.cases[REF], "step")
    with refused("reason-required"):
        desk.decide(PRIYA, jan(4, 10), "redirect", to="licensing")
    with refused("invalid-parameter"):
        desk.decide(PRIYA, jan(4, 10), "redirect", to="sales", text="Whose keys are these?")
    case = desk.decide(PRIYA, jan(4, 10), "redirect", to="licensing", text="Whose keys are these?")
    assert case.step
    assert (case.step.deciders, due(case, "step")) == (("yuki-tanaka",), before)
    after = desk.decide(YUKI, jan(4, 11))
    assert after.step
    assert after.step.no == 2


def test_a_department_without_anybody_who_may_is_refused() -> None:
    desk = PaperDesk()
    desk.open(the_exchange(on_behalf_of="ellie-marsh"), actor=YUKI)
    with refused("wrong-state"):
        desk.decide(PRIYA, jan(4, 10), "redirect", to="licensing", text="Yours?")


def test_reassigning_changes_the_owner_and_leaves_every_due_instant() -> None:
    desk = opened()
    before = desk.cases[REF]
    case = desk.do(Reassign("ruth-lindqvist", "I am full."), OWEN, jan(4, 10))
    assert case.owner == "ruth-lindqvist"
    assert {c.name: c.due_at for c in case.clocks if c.name != "next_update"} == {
        c.name: c.due_at for c in before.clocks if c.name != "next_update"
    }
    assert {(n.recipient, n.audience) for n in desk.told} == {
        ("ellie-marsh", "partner"),
        ("ruth-lindqvist", "owner"),
    }
    done = desk.do(AddNote("I have it."), RUTH, jan(4, 11)).clock("owner")
    assert done
    assert done.state is ClockState.DONE


def test_a_new_owner_has_their_own_time_once_the_old_one_has_acted() -> None:
    desk = opened()
    desk.do(AddNote("On it."), OWEN, jan(4, 10))
    clock = desk.do(Reassign("ruth-lindqvist"), SAM, jan(4, 11)).clock("owner")
    assert clock
    assert (clock.state, clock.measured_by) == (ClockState.RUNNING, "person:ruth-lindqvist")
    assert clock.due_at == jan(4, 16, 0), "240 minutes, with lunch"
    assert ("owen-clarke", "manager") in {(n.recipient, n.audience) for n in desk.told}


def test_owner_and_case_managers_hand_it_to_people_who_work_on_cases_and_are_here() -> None:
    desk = opened()
    for actor in (ELLIE, NADIA, PRIYA, AMARA, YUKI):
        with refused("forbidden"):
            desk.do(Reassign("ruth-lindqvist"), actor, jan(4, 10))
    for to, code in (
        ("robin-marsh", "forbidden"),
        ("ellie-marsh", "invalid-parameter"),
        ("owen-clarke", "wrong-state"),
    ):
        with refused(code):
            desk.do(Reassign(to), OWEN, jan(4, 10))
    desk.directory = absent(desk.directory, "ruth-lindqvist", jan(4, 9))
    with refused("wrong-state"):
        desk.do(Reassign("ruth-lindqvist"), OWEN, jan(4, 10))
    assert "reassign" in allowed_actions(desk.cases[REF], SAM, jan(4, 10), desk.view(REF))


def test_a_redirected_case_is_its_departments_who_may_propose_and_then_never_decides() -> None:
    desk = PaperDesk()
    desk.open(an_amount(100_000))
    with refused("reason-required"):
        desk.do(Redirect("licensing", " "), OWEN, jan(4, 10))
    case = desk.do(Redirect("licensing", "Whose keys are these?"), OWEN, jan(4, 10))
    assert case.owner == "yuki-tanaka"
    case = desk.do(Propose((Portion(1, amount=90_000),), "c", "Ours."), YUKI, jan(4, 11))
    assert case.step
    with refused("four-eyes"):
        desk.decide(PRIYA, jan(4, 12), "pass_on", to="yuki-tanaka")
    with refused("wrong-state"):
        desk.decide(PRIYA, jan(4, 12), "redirect", to="licensing", text="Yours?")
    with refused("four-eyes"):
        desk.decide(YUKI, jan(4, 12))
