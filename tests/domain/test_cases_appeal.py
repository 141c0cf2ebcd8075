"""The one independent second look: of a decline, or of what a partial approval left out (DOMAIN: Endings)."""

from collections.abc import Iterator
from typing import Any

from partnerflow.cases.commands import AddNote, Appeal, Propose, Reassign, Recall, Withdraw
from partnerflow.cases.granted import live_net
from partnerflow.cases.model import Case, CaseOutcome, ClockState, Stage
from partnerflow.cases.status import status
from partnerflow.credits.portions import Portion
from partnerflow.orders.model import Leg
from partnerflow.people import Role
from tests.domain.builders_cases import (
    HALF,
    PaperDesk,
    a_request,
    an_amount,
    due,
    jan,
    policy,
    refused,
    story_order,
)
from tests.domain.builders_people import (
    AMARA,
    BEN,
    DANIEL,
    ELLIE,
    HELEN,
    MARTA,
    NADIA,
    OWEN,
    PRIYA,
    absent,
    changed,
    person,
)

REF = "PF-2027-000001"
OTHERS = Appeal("Please look again.")


def declined(desk: PaperDesk | None = None) -> PaperDesk:
    """The exchange of the example, declined by Priya on Monday 10:30."""
    desk = desk or PaperDesk()
    desk.open()
    desk.decline(PRIYA, jan(4, 10))
    return desk


def partial(desk: PaperDesk, **decision: Any) -> Case:
    """Granted in part by Priya, endorsed by Amara, executed and passed on by Monday 13:30."""
    desk.decide(PRIYA, jan(4, 10), "approve_partial", **decision)
    if desk.cases[REF].step:
        desk.decide(AMARA, jan(4, 11))
    return executed(desk, 12)


def executed(desk: PaperDesk, hour: int) -> Case:
    desk.remedy(jan(4, hour))
    return desk.pass_on(jan(4, hour + 1))


def asked(case: Case) -> list[tuple[int, int, int | None, bool]]:
    assert case.appeal
    return [(p.quantity, p.percent, p.amount, p.convert) for p in case.appeal.asked]


def test_of_a_decline_all_that_was_asked_is_looked_at_again_by_others() -> None:
    desk = declined()
    until = desk.cases[REF].appeal_until
    case = desk.do(OTHERS, ELLIE, jan(4, 12))
    assert until == jan(18, 10, 30)
    assert (case.stage, case.outcome, case.appeal_until) == (Stage.APPROVAL, None, None)
    assert asked(case) == [(46, 2 * HALF, None, False), (4, HALF, None, False)]
    assert desk.lines[Leg.DOWNSTREAM][1].reserved_net == 240_000
    assert case.step
    assert (case.step.id, case.step.deciders) == (f"{REF}-2-1", ("daniel-reeves",))
    with refused("four-eyes"):
        desk.decide(PRIYA, jan(4, 13))


def test_its_clocks_are_its_own_and_it_is_said_to_everybody_concerned() -> None:
    desk = declined()
    case = desk.do(OTHERS, ELLIE, jan(4, 12))
    assert due(case, "decision") == jan(6, 12, 30), "960 minutes from the appeal"
    assert due(case, "step") == jan(5, 12, 30)
    owner = case.clock("owner")
    assert owner
    assert owner.state is ClockState.RUNNING
    heard = {(n.event, n.recipient) for n in desk.told}
    assert {("case.appealed", who) for who in ("owen-clarke", "sam-whitfield", "nadia-rahman")} <= heard
    assert ("case.approval_step_started", "daniel-reeves") in heard


def test_granted_it_is_executed_and_credited_with_its_own_keys() -> None:
    desk = declined()
    desk.do(OTHERS, ELLIE, jan(4, 12))
    desk.decide(DANIEL, jan(4, 13))
    assert desk.decide(AMARA, jan(4, 14)).stage is Stage.REMEDY
    case = executed(desk, 15)
    assert (case.outcome, case.appeal_until, case.decline_text) == (CaseOutcome.CREDITED, None, None)
    assert {entry.key for entry in desk.entries if entry.key.startswith("credit")} == {
        f"credit:{REF}:2:downstream:downstream-1",
        f"credit:{REF}:2:upstream:upstream-1",
    }
    assert len([d for d in case.issued if d.kind == "rebill"]) == 2


def test_declined_again_it_ends_as_it_was_and_cannot_be_appealed_again() -> None:
    desk = declined()
    desk.do(OTHERS, ELLIE, jan(4, 12))
    case = desk.decide(DANIEL, jan(4, 13), "decline", text="Still no.", reason_code="activated")
    assert (case.outcome, case.appeal_until, case.decline_text) == (CaseOutcome.DECLINED, None, "Still no.")
    assert desk.lines[Leg.DOWNSTREAM][1].reserved_net == 0
    with refused("case-closed"):
        desk.do(OTHERS, ELLIE, jan(4, 14))
    assert live_net(case) == 0


def test_only_the_partner_appeals_and_only_before_the_window_ends() -> None:
    desk = declined()
    for actor in (NADIA, OWEN, PRIYA, DANIEL):
        with refused("forbidden"):
            desk.do(OTHERS, actor, jan(4, 12))
    with refused("window-closed"):
        desk.do(OTHERS, ELLIE, jan(18, 10, 30))
    assert desk.do(OTHERS, BEN, jan(18, 10, 29)).stage is Stage.APPROVAL
    with refused("wrong-state"):
        desk.do(OTHERS, ELLIE, jan(18, 11))


def test_until_when_is_said_as_long_as_it_lasts() -> None:
    desk = declined()
    case, view = desk.cases[REF], desk.view(REF)
    said = status(case, desk.policy, view.directory, jan(4, 12))
    assert said.next == "Declined; you can appeal until Mon 18 Jan 10:30 GMT."
    over = status(case, desk.policy, view.directory, jan(18, 10, 30))
    assert over.next == "Closed: declined. Nothing more is needed."


def test_of_a_withdrawn_case_there_is_nothing_to_appeal() -> None:
    desk = PaperDesk()
    desk.open()
    desk.do(Withdraw("No need."), ELLIE, jan(4, 10))
    with refused("case-closed"):
        desk.do(OTHERS, ELLIE, jan(4, 11))


def test_the_window_of_a_partial_approval_begins_at_its_closing() -> None:
    desk = PaperDesk()
    desk.open()
    case = partial(desk, amount=120_000)
    assert case.appeal_until == jan(18, 13, 30)
    said = status(case, desk.policy, desk.directory, jan(4, 14))
    assert said.next == "Credited in part; you can appeal until Mon 18 Jan 13:30 GMT."


def test_a_full_approval_leaves_nothing_to_appeal() -> None:
    desk = PaperDesk()
    desk.open(a_request(20))
    desk.decide(PRIYA, jan(4, 10))
    assert executed(desk, 11).appeal_until is None
    with refused("case-closed"):
        desk.do(OTHERS, ELLIE, jan(4, 14))


def test_it_goes_to_people_even_where_the_route_would_be_automatic() -> None:
    """200.00 went to a person because of 2,300.00 beside it; by now it is alone."""
    desk = PaperDesk(order=story_order(activated=0))
    other = desk.open(a_request(46))
    second = desk.open(a_request(4))
    desk.decline(PRIYA, jan(4, 10), ref=second.ref)
    desk.do(Withdraw("No need."), ELLIE, jan(4, 11), other.ref)
    case = desk.do(OTHERS, ELLIE, jan(4, 12), second.ref)
    assert case.round
    assert (case.round.aggregate, case.round.route, case.stage) == (20_000, "one-step", Stage.APPROVAL)


def test_nobody_who_decided_before_decides_in_it_not_as_a_delegate_not_by_a_rung() -> None:
    """Tom decided for Priya while she was away, Amara's step climbed to Peter; nobody of them is a rung later."""
    desk = PaperDesk()
    desk.directory = absent(desk.directory, "priya-nair", jan(4, 10, 0), jan(4, 11), delegate="tom-becker")
    desk.open()
    desk.decide(person("tom-becker"), jan(4, 10))
    desk.until(due(desk.cases[REF], "step") or jan(9))
    last = desk.cases[REF].step
    assert last
    assert last.deciders == ("peter-holt",)
    desk.decline(person("peter-holt"), jan(6, 10))
    desk.do(OTHERS, ELLIE, jan(7, 10))
    for who in ("priya-nair", "tom-becker", "peter-holt"):
        with refused("four-eyes"):
            desk.decide(person(who), jan(7, 11))
    desk.decide(DANIEL, jan(7, 11))
    assert set(_holders(desk, 28)) == {"amara-diallo", "helen-ashworth", "grace-okafor"}


def _holders(desk: PaperDesk, until: int) -> Iterator[str]:
    """Whoever has the step, rung by rung."""
    for day in range(7, until):
        desk.until(jan(day, 18))
        step = desk.cases[REF].step
        assert step
        yield from step.deciders


def test_who_proposed_before_never_decides_in_the_appeal() -> None:
    desk = PaperDesk()
    desk.open(an_amount(100_000))
    desk.do(Propose((Portion(1, amount=90_000),), "c", "Fair."), OWEN, jan(4, 10))
    desk.decline(PRIYA, jan(4, 11))
    desk.do(OTHERS, ELLIE, jan(4, 12))
    desk.directory = changed(
        desk.directory, "owen-clarke", roles=frozenset({Role.CHANNEL_MANAGER}), limit=10**9
    )
    with refused("four-eyes"):
        desk.decide(DANIEL, jan(4, 13), "pass_on", to="owen-clarke")


def test_an_exhausted_ladder_that_declines_can_be_appealed() -> None:
    desk = PaperDesk(policy=policy(ladders={"step": {"rungs": ["manager"], "on_exhausted": "decline"}}))
    desk.open(a_request(20))
    case = desk.until(jan(8))
    assert (case.outcome, case.decline_text) == (
        CaseOutcome.DECLINED,
        "Nobody decided it in time; you can appeal.",
    )
    assert case.appeal_until
    again = desk.do(OTHERS, ELLIE, jan(11, 10))
    assert again.step
    assert again.step.deciders == ("priya-nair",), "nobody has decided on it yet"


def test_a_ladder_that_approves_what_is_automatic_does_not_approve_what_people_refused() -> None:
    ladders = {"step": {"rungs": ["manager"], "on_exhausted": "approve"}}
    desk = PaperDesk(order=story_order(activated=0), policy=policy(ladders=ladders))
    other = desk.open(a_request(46))
    second = desk.open(a_request(4))
    desk.decline(PRIYA, jan(4, 10), ref=second.ref)
    desk.do(Withdraw("No need."), ELLIE, jan(4, 11), other.ref)
    desk.do(OTHERS, ELLIE, jan(4, 12), second.ref)
    case = desk.until(jan(12), second.ref)
    assert case.stage is Stage.APPROVAL
    clock = case.clock("step")
    assert clock
    assert clock.exhausted


def test_it_can_be_withdrawn_recalled_and_never_raised() -> None:
    desk = declined()
    desk.do(OTHERS, ELLIE, jan(4, 12))
    case = desk.do(Recall("Less of it."), ELLIE, jan(4, 13))
    assert case.stage is Stage.ASSESSMENT
    with refused("exceeds-creditable"):
        desk.do(Propose((Portion(1, 50),), "c", "All."), OWEN, jan(4, 13))
    case = desk.do(Propose((Portion(1, 20),), "c", "Some."), OWEN, jan(4, 14))
    assert case.round
    assert (case.round.no, case.round.appeal) == (3, True)
    with refused("four-eyes"):
        desk.decide(PRIYA, jan(4, 15))
    assert desk.decide(DANIEL, jan(4, 15)).stage is Stage.REMEDY
    assert desk.events("case.approved_in_part")


def test_an_owner_who_left_meanwhile_is_replaced_at_the_appeal() -> None:
    desk = declined()
    desk.directory = changed(desk.directory, "owen-clarke", active=False)
    case = desk.do(OTHERS, ELLIE, jan(4, 12))
    assert case.owner != "owen-clarke"
    assert desk.directory.people[case.owner].active
    clock = case.clock("owner")
    assert clock
    assert clock.measured_by == f"person:{case.owner}"


def test_what_may_be_done_on_a_case_under_appeal_is_what_an_open_one_allows() -> None:
    desk = declined()
    desk.do(OTHERS, ELLIE, jan(4, 12))
    assert desk.do(AddNote("More evidence."), ELLIE, jan(4, 13)).stage is Stage.APPROVAL
    assert desk.do(Reassign("ruth-lindqvist"), OWEN, jan(4, 13)).owner == "ruth-lindqvist"
    assert desk.decide(DANIEL, jan(4, 14), "pass_on", to="marta-kowalska").step
    assert desk.decide(MARTA, jan(4, 15)).step
    with refused("forbidden"):
        desk.decide(HELEN, jan(4, 15))
