"""Taking a request back to assessment before its last step (DOMAIN: Endings)."""

from partnerflow.cases.commands import AskPartner, Propose, Recall, RequestException
from partnerflow.cases.machine import allowed_actions
from partnerflow.cases.model import ClockState, ExceptionAsked, ExceptionLine, Stage, StepStatus
from partnerflow.credits.portions import Portion
from partnerflow.orders.model import Leg
from partnerflow.people import Actor
from tests.domain.builders_cases import (
    HALF,
    PaperDesk,
    a_request,
    an_amount,
    due,
    jan,
    policy,
    refused,
    the_exchange,
)
from tests.domain.builders_people import AMARA, BEN, DANIEL, ELLIE, NADIA, OWEN, PRIYA, SAM, person

REF = "PF-2027-000001"
EVERYBODY = [{"id": "all", "when": "true", "steps": [{"role": "channel_manager", "mode": "all"}]}]


def may(desk: PaperDesk, actor: Actor) -> bool:
    return "recall" in allowed_actions(desk.cases[REF], actor, jan(4, 10), desk.view(REF))


def test_whoever_submitted_takes_it_back_and_clock_and_reservation_stay() -> None:
    desk = PaperDesk()
    before = desk.open()
    case = desk.do(Recall("The wrong lines."), ELLIE, jan(4, 10))
    assert case.stage is Stage.ASSESSMENT
    assert due(case, "decision") == due(before, "decision")
    assert (case.held, desk.lines[Leg.DOWNSTREAM][1].reserved_net) == (before.held, 240_000)
    assert [step.status for step in case.rounds[0].steps] == [StepStatus.VOID, StepStatus.VOID]
    step = case.clock("step")
    assert step
    assert step.state is ClockState.DONE
    assert {(n.recipient, n.audience) for n in desk.told} == {
        ("owen-clarke", "owner"),
        ("priya-nair", "decider"),
    }


def test_for_whom_it_was_opened_and_who_opened_it_may_and_nobody_else() -> None:
    desk = PaperDesk()
    desk.open(the_exchange(on_behalf_of="ben-archer"), actor=SAM)
    for actor in (ELLIE, OWEN, PRIYA, NADIA):
        assert not may(desk, actor)
        with refused("forbidden"):
            desk.do(Recall("No."), actor, jan(4, 10))
    assert may(desk, SAM)
    assert may(desk, BEN)
    assert desk.do(Recall("Ask for less."), BEN, jan(4, 10)).stage is Stage.ASSESSMENT


def test_whoever_proposed_may_too() -> None:
    desk = PaperDesk()
    desk.open(an_amount(100_000))
    desk.do(Propose((Portion(1, amount=90_000),), "c", "Fair."), OWEN, jan(4, 10))
    case = desk.do(Recall("One line is missing."), OWEN, jan(4, 11))
    assert case.stage is Stage.ASSESSMENT
    assert {n.recipient for n in desk.told if n.audience == "partner"} == {"ellie-marsh"}


def test_of_several_steps_until_the_last_begins() -> None:
    desk = PaperDesk()
    desk.open()
    assert may(desk, ELLIE)
    desk.decide(PRIYA, jan(4, 10))
    assert not may(desk, ELLIE)
    with refused("wrong-state"):
        desk.do(Recall("Too late."), ELLIE, jan(4, 11))


def test_of_one_step_until_it_is_decided() -> None:
    desk = PaperDesk(policy=policy(routes=EVERYBODY))
    desk.open()
    desk.decide(PRIYA, jan(4, 10))
    assert may(desk, ELLIE), "one of three answers does not decide it"
    assert desk.do(Recall("Ask for less."), ELLIE, jan(4, 11)).stage is Stage.ASSESSMENT
    with refused("already-decided"):
        desk.decide(DANIEL, jan(4, 12), step=desk.cases[REF].rounds[0].steps[0])


def test_a_granted_one_is_not_taken_back() -> None:
    desk = PaperDesk()
    desk.open(a_request(20))
    desk.decide(PRIYA, jan(4, 10))
    with refused("wrong-state"):
        desk.do(Recall("Too late."), ELLIE, jan(4, 11))


def test_what_its_decider_had_asked_is_no_longer_asked_and_the_clock_runs_on() -> None:
    desk = PaperDesk()
    desk.open()
    desk.do(AskPartner("Which keys?"), PRIYA, jan(4, 10))
    case = desk.do(Recall("Never mind."), ELLIE, jan(4, 11))
    assert not case.awaiting_partner
    clock, answer = case.clock("decision"), case.clock("partner_answer")
    assert clock
    assert answer
    assert (clock.state, answer.state) == (ClockState.RUNNING, ClockState.DONE)
    assert clock.used == 60 * 60


def test_a_proposal_afterwards_starts_another_round_that_the_earlier_proposer_never_decides() -> None:
    desk = PaperDesk()
    desk.open(an_amount(100_000))
    desk.do(Propose((Portion(1, amount=90_000),), "c", "Fair."), OWEN, jan(4, 10))
    desk.do(Recall("One line is missing."), OWEN, jan(4, 11))
    case = desk.do(
        Propose((Portion(1, amount=80_000),), "c", "Fairer."), person("ruth-lindqvist"), jan(4, 12)
    )
    assert case.round
    assert case.step
    assert (case.round.no, case.step.id) == (2, f"{REF}-2-1")
    assert desk.lines[Leg.DOWNSTREAM][1].reserved_net == 80_000
    with refused("four-eyes"):
        desk.decide(OWEN, jan(4, 13))
    assert desk.decide(PRIYA, jan(4, 13), seen="2.2").stage is Stage.REMEDY


def test_who_endorsed_the_recalled_round_may_decide_the_next() -> None:
    routes = [{"id": "r", "when": "true", "steps": [
        {"role": "channel_manager"}, {"role": "finance"}, {"role": "executive"}]}]  # fmt: skip
    desk = PaperDesk(policy=policy(routes=routes))
    desk.open()
    desk.decide(PRIYA, jan(4, 10))
    desk.do(Recall("Less of it."), ELLIE, jan(4, 11))
    desk.do(Propose((Portion(1, 46),), "c", "The unused."), OWEN, jan(4, 12))
    case = desk.decide(PRIYA, jan(4, 13))
    assert case.step
    assert (case.step.no, case.step.deciders) == (2, ("amara-diallo",))


def test_asking_for_an_exception_after_a_recall_starts_another_round() -> None:
    desk = PaperDesk()
    desk.open(a_request(50, exception=ExceptionAsked("By mistake.", (ExceptionLine(1, 4, HALF),))))
    desk.do(Recall("Ask for more."), ELLIE, jan(4, 10))
    more = ExceptionAsked("All by mistake.", (ExceptionLine(1, 4, 2 * HALF),))
    case = desk.do(RequestException(more), ELLIE, jan(4, 11))
    assert (case.stage, len(case.rounds)) == (Stage.APPROVAL, 2)
    assert desk.lines[Leg.DOWNSTREAM][1].reserved_net == 250_000
    desk.decide(PRIYA, jan(4, 12))
    assert desk.decide(AMARA, jan(4, 13)).stage is Stage.REMEDY
