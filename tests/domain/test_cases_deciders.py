"""Who may decide a step, and who never (DOMAIN: Approvals, "Never")."""

from dataclasses import replace

import pytest

from partnerflow.cases.commands import Propose
from partnerflow.credits.portions import Portion
from partnerflow.people import Actor, Role
from tests.domain.builders_cases import (
    PaperDesk,
    a_request,
    an_amount,
    jan,
    policy,
    refused,
)
from tests.domain.builders_people import (
    AMARA,
    BEN,
    DANIEL,
    ELLIE,
    HELEN,
    NADIA,
    OWEN,
    PRIYA,
    ROBIN,
    SAM,
    absent,
    changed,
    directory,
    person,
)

REF = "PF-2027-000001"
THREE_OF_A_KIND = [
    {"id": "n", "when": "true", "steps": [{"role": "channel_manager", "mode": "n", "n": 2}]},
]
EVERYBODY = [{"id": "all", "when": "true", "steps": [{"role": "channel_manager", "mode": "all"}]}]
NAMED = [{"id": "named", "when": "true", "steps": [{"person": "sam-whitfield"}, {"role": "finance"}]}]


def test_the_requester_never_decides_even_as_a_decider_of_the_step() -> None:
    """Sam opens it on behalf; the route names Sam, so his manager has it."""
    desk = PaperDesk(policy=policy(routes=NAMED))
    case = desk.open(actor=SAM)
    assert case.step
    assert case.step.deciders == ("daniel-reeves",)
    with refused("four-eyes"):
        desk.decide(SAM, jan(4, 10))


def test_nor_does_a_delegate_of_the_requester() -> None:
    """Sam is away and named by the route, but he asked: his delegate is not asked in his place."""
    known = absent(directory(), "sam-whitfield", jan(4, 9), delegate="ruth-lindqvist")
    desk = PaperDesk(policy=policy(routes=NAMED), directory=known)
    case = desk.open(actor=SAM)
    assert case.step
    assert case.step.deciders == ("daniel-reeves",)
    with refused("forbidden"):
        desk.decide(person("ruth-lindqvist"), jan(4, 10))


def test_whoever_proposed_never_decides() -> None:
    known = replace(directory(), coverage=tuple(
        replace(row, person="sam-whitfield") if row.role is Role.CHANNEL_MANAGER else row
        for row in directory().coverage
    ))  # fmt: skip
    desk = PaperDesk(directory=changed(known, "sam-whitfield", roles=frozenset(Role)))
    desk.open(an_amount(100_000))
    case = desk.do(Propose((Portion(1, amount=90_000),), "c", "Fair."), SAM, jan(4, 10))
    assert case.step
    assert case.step.deciders == ("daniel-reeves",)
    with refused("four-eyes"):
        desk.decide(SAM, jan(4, 11))


def test_no_beneficiary_decides() -> None:
    desk = PaperDesk()
    desk.open()
    for actor in (ELLIE, BEN, NADIA):
        with refused("four-eyes"):
            desk.decide(actor, jan(4, 10))


def test_a_distributor_that_operates_decides_the_credits_it_gives() -> None:
    """Its own leg upstream is a claim on the vendor, not decided here (DOMAIN: Who)."""
    known = directory()
    orgs = known.organisations | {
        "arbor": replace(known.organisations["arbor"], operator=False, mandated=False),
        "meridian": replace(known.organisations["meridian"], operator=True, fallbacks=("jon-fielding",)),
    }
    coverage = tuple(replace(row, person="jon-fielding") if row.role in (Role.CHANNEL_MANAGER, Role.CASE_MANAGER)
                     else row for row in known.coverage)  # fmt: skip
    here = replace(known, organisations=orgs, coverage=coverage)
    here = changed(here, "jon-fielding", roles=frozenset({Role.CHANNEL_MANAGER, Role.CASE_MANAGER}))
    case = PaperDesk(directory=here).open(a_request(20))
    assert case.step
    assert case.step.deciders == ("jon-fielding",)


def test_nobody_decides_two_steps_of_a_round() -> None:
    twice = [{"id": "twice", "when": "true", "steps": [
        {"role": "channel_manager", "name": "first"}, {"role": "channel_manager", "name": "second"}]}]  # fmt: skip
    desk = PaperDesk(policy=policy(routes=twice))
    desk.open()
    case = desk.decide(PRIYA, jan(4, 10))
    assert case.step
    assert case.step.deciders == ("daniel-reeves",)
    with refused("four-eyes"):
        desk.decide(PRIYA, jan(4, 11))


def test_who_does_not_have_the_step_may_not_decide_it() -> None:
    desk = PaperDesk()
    desk.open()
    for actor in (AMARA, DANIEL, OWEN, HELEN, ROBIN):
        with refused("forbidden"):
            desk.decide(actor, jan(4, 10))


def test_whoever_lost_the_step_to_a_rung_may_no_longer_decide() -> None:
    desk = PaperDesk()
    desk.open()
    desk.until(jan(5))
    with refused("forbidden") as info:
        desk.decide(PRIYA, jan(5, 9, 31))
    assert "Daniel Reeves" in info.value.detail
    assert desk.cases[REF].step == desk.fold(REF).step


def test_a_delegate_decides_for_an_absent_decider_and_both_are_recorded() -> None:
    desk = PaperDesk()
    desk.open()
    desk.directory = absent(desk.directory, "priya-nair", jan(4, 9), delegate="tom-becker")
    desk.decide(person("tom-becker"), jan(4, 10))
    (decided,) = desk.events("case.step_decided")
    assert (decided.decision.by, decided.decision.instead_of) == ("tom-becker", "priya-nair")


def test_a_delegate_who_asked_for_it_is_passed_over() -> None:
    """An approval by delegation needs both persons eligible."""
    desk = PaperDesk(directory=absent(directory(), "priya-nair", jan(4, 9), delegate="sam-whitfield"))
    desk.open(actor=SAM)
    with refused("four-eyes"):
        desk.decide(SAM, jan(4, 10))


@pytest.mark.parametrize("change", [{"active": False}, {"roles": frozenset({Role.ADMIN})}])
def test_rights_revoked_while_an_approval_waits_count_at_once(change: dict[str, object]) -> None:
    desk = PaperDesk()
    desk.open()
    desk.directory = changed(desk.directory, "priya-nair", **change)
    with refused("forbidden"):
        desk.decide(PRIYA, jan(4, 10))
    assert desk.decide(DANIEL, jan(4, 10)).step


def test_a_key_of_nobody_decides_nothing() -> None:
    desk = PaperDesk()
    desk.open()
    with refused("forbidden"):
        desk.decide(Actor(None, "arbor", service="robot"), jan(4, 10))
