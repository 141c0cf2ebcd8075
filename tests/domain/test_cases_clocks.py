"""Clocks beside the ladder: pauses, shares of the time left, who owns it meanwhile (DOMAIN: Deadlines, Who)."""

from dataclasses import replace
from datetime import timedelta

from partnerflow.cases.commands import AddNote, Answer, AskPartner, Propose, SyncPeople
from partnerflow.cases.model import ClockState, Stage
from partnerflow.cases.responsibility import owner
from partnerflow.cases.status import status
from partnerflow.credits.portions import Portion
from partnerflow.people import Coverage, Role
from tests.domain.builders_cases import PEOPLE, PaperDesk, a_request, an_amount, due, jan, refused
from tests.domain.builders_people import (
    AMARA,
    DANIEL,
    ELLIE,
    OWEN,
    PRIYA,
    absent,
    directory,
    person,
)

REF = "PF-2027-000001"


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
