"""Who may decide, what binds, and how a round ends (DOMAIN: Approvals)."""

from dataclasses import replace

from partnerflow.cases.commands import Propose
from partnerflow.cases.model import CaseOutcome, Stage, StepStatus
from partnerflow.credits.portions import Portion
from partnerflow.orders.model import Leg
from tests.domain.builders_cases import (
    HALF,
    PaperDesk,
    a_request,
    amounts,
    an_amount,
    due,
    jan,
    policy,
    refused,
    story_order,
    the_exchange,
)
from tests.domain.builders_orders import a_line
from tests.domain.builders_people import (
    AMARA,
    DANIEL,
    ELLIE,
    MARTA,
    OWEN,
    PRIYA,
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


def test_the_authority_limit_binds_the_last_step_and_only_an_approval() -> None:
    desk = PaperDesk(directory=changed(directory(), "priya-nair", limit=1))
    desk.directory = changed(desk.directory, "amara-diallo", limit=239_999)
    desk.open()
    desk.decide(PRIYA, jan(4, 10))
    with refused("limit-exceeded"):
        desk.decide(AMARA, jan(4, 11))
    case = desk.decline(AMARA, jan(4, 11))
    assert (case.stage, case.outcome) == (Stage.CLOSED, CaseOutcome.DECLINED)


def test_the_limit_is_compared_with_the_aggregate_not_with_the_request() -> None:
    desk = PaperDesk(order=story_order(a_line(quantity=60)))
    desk.directory = changed(desk.directory, "amara-diallo", limit=200_000)
    desk.open(a_request(26))
    second = desk.open(a_request(26))
    assert second.round
    desk.decide(PRIYA, jan(4, 10), ref=second.ref)
    with refused("limit-exceeded"):
        desk.decide(AMARA, jan(4, 11), ref=second.ref)


def test_what_changed_since_it_was_shown_is_refused_as_stale() -> None:
    desk = PaperDesk()
    case = desk.open()
    desk.decide(PRIYA, jan(4, 10), "approve_partial", amount=200_000)
    assert case.step
    with refused("stale-version"):
        desk.decide(AMARA, jan(4, 11), seen="1.1")
    assert desk.decide(AMARA, jan(4, 11), seen="1.2").stage is Stage.REMEDY


def test_a_note_makes_no_approval_stale() -> None:
    from partnerflow.cases.commands import AddNote

    desk = PaperDesk()
    desk.open()
    desk.do(AddNote("Any news?"), ELLIE, jan(4, 10))
    assert desk.decide(PRIYA, jan(4, 11), seen="1.1").step


def test_a_step_is_decided_once() -> None:
    desk = PaperDesk()
    first = desk.open().step
    desk.decide(PRIYA, jan(4, 10))
    with refused("already-decided") as info:
        desk.decide(PRIYA, jan(4, 11), step=first)
    assert "Priya Nair" in info.value.detail


def test_a_partial_approval_by_amount_is_spread_and_the_other_leg_follows() -> None:
    desk = PaperDesk()
    desk.open()
    case = desk.decide(PRIYA, jan(4, 10), "approve_partial", amount=120_000)
    assert case.proposal
    assert [row.net for row in case.held[Leg.DOWNSTREAM]] == [115_000, 5_000]
    assert amounts(case)["upstream"][0] == 105_600
    assert desk.lines[Leg.DOWNSTREAM][1].reserved_net == 120_000
    assert desk.decide(AMARA, jan(4, 11)).round.state == "granted"  # type: ignore[union-attr]
    assert desk.events("case.approved_in_part")


def test_a_partial_approval_by_lines_drops_what_it_does_not_name() -> None:
    desk = PaperDesk()
    desk.open()
    case = desk.decide(PRIYA, jan(4, 10), "approve_partial", portions=(Portion(1, 46),))
    assert [row.quantity for row in case.held[Leg.DOWNSTREAM]] == [46]
    assert amounts(case)["downstream"][0] == 230_000


def test_a_decision_may_lower_but_never_raise() -> None:
    desk = PaperDesk()
    desk.open()
    for more in ({"amount": 240_001}, {"portions": (Portion(1, 46), Portion(1, 4, 2 * HALF))}):
        with refused("exceeds-creditable"):
            desk.decide(PRIYA, jan(4, 10), "approve_partial", **more)
    desk.decide(PRIYA, jan(4, 10), "approve_partial", amount=100_000)
    with refused("exceeds-creditable"):
        desk.decide(AMARA, jan(4, 11), "approve_partial", amount=100_001)


def test_approving_nothing_is_no_approval() -> None:
    desk = PaperDesk()
    desk.open()
    with refused("invalid-amount"):
        desk.decide(PRIYA, jan(4, 10), "approve_partial", portions=(Portion(1, 46, 0),))
    with refused("invalid-parameter"):
        desk.decide(PRIYA, jan(4, 10), "approve_partial")


def test_a_decline_needs_a_reason_and_a_text_and_gives_all_back() -> None:
    desk = PaperDesk()
    desk.open()
    with refused("reason-required"):
        desk.decide(PRIYA, jan(4, 10), "decline", text="No.")
    with refused("reason-required"):
        desk.decide(PRIYA, jan(4, 10), "decline", text="  ", reason_code="activated")
    case = desk.decline(PRIYA, jan(4, 10))
    assert case.round
    assert [step.status for step in case.round.steps] == [StepStatus.DECLINED, StepStatus.VOID]
    assert (case.held, case.appeal_until) == ({}, jan(18, 10, 30))
    assert [line.reserved_net for line in (desk.lines[leg][1] for leg in Leg)] == [0, 0]


def test_all_of_a_step_must_approve_and_one_decline_ends_it() -> None:
    desk = PaperDesk(policy=policy(routes=EVERYBODY))
    case = desk.open()
    assert case.step
    assert case.step.deciders == ("priya-nair", "daniel-reeves", "marta-kowalska")
    desk.decide(PRIYA, jan(4, 10))
    with refused("already-decided"):
        desk.decide(PRIYA, jan(4, 10))
    desk.decide(DANIEL, jan(4, 11))
    assert desk.cases[REF].stage is Stage.APPROVAL
    assert desk.decide(MARTA, jan(4, 12)).stage is Stage.REMEDY
    other = desk.open(an_amount(5_000, convert=True), at=jan(4, 12))
    desk.do(Propose((Portion(1, amount=5_000, convert=True),), "c", "Fair."), OWEN, jan(4, 12), other.ref)
    assert desk.decline(PRIYA, jan(4, 13), ref=other.ref).outcome is CaseOutcome.DECLINED


def test_two_of_three_suffice_when_the_route_says_two() -> None:
    desk = PaperDesk(policy=policy(routes=THREE_OF_A_KIND))
    desk.open()
    assert desk.decide(MARTA, jan(4, 10)).stage is Stage.APPROVAL
    assert desk.decide(PRIYA, jan(4, 11)).stage is Stage.REMEDY


def test_whoever_a_rung_named_decides_alone_in_any_mode() -> None:
    for routes in (THREE_OF_A_KIND, EVERYBODY):
        desk = PaperDesk(policy=policy(routes=routes))
        desk.open()
        rung = desk.until(jan(5, 9, 30)).step
        assert rung
        assert len(rung.deciders) == 1
        assert desk.decide(person(rung.deciders[0]), jan(5, 10)).stage is Stage.REMEDY


def test_the_step_of_several_is_due_by_the_earliest_of_all_and_the_latest_of_any() -> None:
    """Claire sits in Paris, an hour ahead and with a longer lunch."""
    known = replace(directory(), coverage=tuple(
        replace(row, country=None, family=None) if row.person == "claire-dubois" else row
        for row in directory().coverage
    ))  # fmt: skip
    case = PaperDesk(directory=known, policy=policy(routes=EVERYBODY)).open()
    clock = case.clock("step")
    assert clock
    assert "claire-dubois" in (case.step.deciders if case.step else ())
    assert clock.due_at == min(
        due(PaperDesk(policy=policy(routes=EVERYBODY)).open(), "step") or jan(9), clock.due_at or jan(9)
    )


def test_an_owner_who_proposes_all_at_full_percent_goes_beyond_policy() -> None:
    """Four units are activated: 50 at 100 % is an exception, whoever calls it otherwise."""
    desk = PaperDesk()
    desk.open(a_request(50))
    case = desk.do(Propose((Portion(1, 50),), "c", "All of it."), OWEN, jan(4, 10))
    assert case.round
    assert (case.round.exception, case.round.route) == (True, "two-steps")


def test_what_policy_gives_is_judged_by_the_instant_the_request_came() -> None:
    """Opened on the 29th day, proposed on the 32nd: still within 30 days."""
    desk = PaperDesk()
    desk.open(a_request(50), at=jan(4 + 29))
    case = desk.do(Propose((Portion(1, 20),), "c", "The unused."), OWEN, jan(4 + 32))
    assert case.round
    assert (case.round.exception, case.round.route) == (False, "one-step")


def test_without_a_rate_the_strictest_route_is_taken() -> None:
    case = PaperDesk(rate=None).open(a_request(1))
    assert case.round
    assert case.round.route == "three-steps"


def test_an_exchange_counts_by_its_credit() -> None:
    case = PaperDesk().open(the_exchange())
    assert case.round
    assert case.round.aggregate == 240_000
