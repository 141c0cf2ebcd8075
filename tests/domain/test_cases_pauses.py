"""Pauses come from the history, and with them every due instant: whatever is stored is proved against it."""

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from partnerflow.calendars import end_of_local_day
from partnerflow.cases import clocks
from partnerflow.cases.commands import (
    AddFact,
    AddNote,
    Answer,
    AskPartner,
    ConfirmFact,
    CorrectFact,
    Propose,
    Withdraw,
)
from partnerflow.cases.events import PRIVATE
from partnerflow.cases.model import Case, Clock, ClockState
from partnerflow.cases.pauses import Stop, due, points, spans_of, stops
from partnerflow.credits.portions import Portion
from tests.domain.builders_cases import PaperDesk, a_request, an_amount, jan
from tests.domain.builders_people import ELLIE, OWEN, PRIYA
from tests.domain.machine import worlds
from tests.domain.machine.paper import Paper
from tests.domain.machine.profile import stories
from tests.domain.machine.rules import Machine

REF = "PF-2027-000001"


def told(desk: PaperDesk) -> list[tuple[Any, Any]]:
    return desk.log[REF]


def shared(history: list[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    """What a partner's transaction sees of it."""
    return [(stamp, event) for stamp, event in history if event.KIND not in PRIVATE]


def of(found: tuple[Stop, ...], clock: str) -> list[Stop]:
    return [stop for stop in found if stop.clock == clock]


def test_a_question_stops_the_decision_and_the_step_until_it_is_answered() -> None:
    desk = PaperDesk()
    desk.open()
    desk.do(AskPartner("Which keys?"), PRIYA, jan(4, 10, 30))
    desk.do(Answer("q1", "The first four."), ELLIE, jan(4, 11, 45))
    found = stops(told(desk))
    assert [(s.clock, s.since, s.until, s.because, s.by) for s in found] == [
        (name, jan(4, 10, 30), jan(4, 11, 45), "Which keys?", "priya-nair") for name in ("decision", "step")
    ]
    assert [(p.kind, p.id, p.since, p.until) for p in found[0].points] == [
        ("question", "q1", jan(4, 10, 30), jan(4, 11, 45))
    ]


def test_a_pause_that_is_still_open_has_no_end() -> None:
    desk = PaperDesk()
    desk.open()
    desk.do(AskPartner("Which keys?"), PRIYA, jan(4, 10, 30))
    assert {stop.until for stop in stops(told(desk))} == {None}
    case = desk.cases[REF]
    clock = case.clock("decision")
    assert clock
    assert due(clock, calendar(desk, clock), spans_of(clock, told(desk))) is None


def test_two_points_that_overlap_are_one_pause_and_both_are_named() -> None:
    desk = PaperDesk()
    desk.open(an_amount(10_000))
    desk.do(AskPartner("Why?"), OWEN, jan(4, 10, 0))
    desk.do(AddFact("Two keys are in use.", decisive=True), OWEN, jan(4, 10, 30))
    desk.do(Answer("q1", "A mistake."), ELLIE, jan(4, 11, 0))
    desk.do(ConfirmFact("f1"), ELLIE, jan(4, 11, 30))
    (stop,) = of(stops(told(desk)), "decision")
    assert stop.span == (jan(4, 10, 0), jan(4, 11, 30))
    assert [(p.kind, p.until) for p in stop.points] == [("question", jan(4, 11, 0)), ("fact", jan(4, 11, 30))]


def test_a_fact_worded_anew_is_one_point_in_its_last_words() -> None:
    desk = PaperDesk()
    desk.open(an_amount(10_000))
    desk.do(AddFact("Two keys are in use.", decisive=True), OWEN, jan(4, 10, 0))
    desk.do(CorrectFact("f1", "Three keys are in use."), OWEN, jan(4, 11, 0))
    (point,) = points(told(desk))
    assert (point.text, point.since, point.until) == ("Three keys are in use.", jan(4, 10, 0), None)


def test_silence_ends_a_pause_when_it_was_due_to_end_however_late_that_is_recorded() -> None:
    desk = PaperDesk()
    desk.open()
    case = desk.do(AskPartner("Which keys?"), PRIYA, jan(4, 10, 30))
    clock = case.clock("partner_answer")
    assert clock
    assert clock.due_at
    desk.do(AddNote("Anybody?"), OWEN, clock.due_at + timedelta(hours=3))
    assert {stop.until for stop in stops(told(desk))} == {clock.due_at}


def test_a_case_that_ends_ends_its_pauses() -> None:
    desk = PaperDesk()
    desk.open()
    desk.do(AskPartner("Which keys?"), PRIYA, jan(4, 10, 30))
    desk.do(Withdraw("Never mind."), ELLIE, jan(4, 12, 0))
    assert {stop.until for stop in stops(told(desk))} == {jan(4, 12, 0)}
    assert {point.until for point in points(told(desk))} == {jan(4, 12, 0)}


def test_the_partner_derives_the_same_pauses_from_what_it_may_read() -> None:
    desk = PaperDesk()
    desk.open(a_request(20))
    desk.do(AskPartner("Which keys?"), PRIYA, jan(4, 10, 30))
    desk.do(Answer("q1", "These."), ELLIE, jan(4, 11, 0))
    desk.do(AskPartner("And those?"), PRIYA, jan(4, 11, 30))
    desk.decide(PRIYA, jan(4, 12, 0))
    assert stops(shared(told(desk))) == stops(told(desk)) != ()


def test_the_partners_own_clock_rests_between_what_is_asked() -> None:
    desk = PaperDesk()
    desk.open(an_amount(10_000))
    desk.do(AskPartner("Why?"), OWEN, jan(4, 10, 0))
    desk.do(Answer("q1", "A mistake."), ELLIE, jan(4, 11, 0))
    case = desk.do(AskPartner("Whose?"), OWEN, jan(5, 9, 30))
    clock = case.clock("partner_answer")
    assert clock
    assert spans_of(clock, told(desk)) == ((jan(4, 11, 0), jan(5, 9, 30)),)
    assert due(clock, calendar(desk, clock), spans_of(clock, told(desk))) == clock.due_at


def test_a_second_run_of_a_clock_has_none_of_the_pauses_of_the_first() -> None:
    desk = PaperDesk()
    desk.open()
    desk.do(AskPartner("Which keys?"), PRIYA, jan(4, 10, 0))
    desk.do(Answer("q1", "These."), ELLIE, jan(4, 11, 0))
    case = desk.decide(PRIYA, jan(4, 12, 0))
    step, decision = case.clock("step"), case.clock("decision")
    assert step
    assert decision
    assert spans_of(step, told(desk)) == ()
    assert spans_of(decision, told(desk)) == ((jan(4, 10, 0), jan(4, 11, 0)),)


def test_an_owner_who_goes_on_ends_the_pause() -> None:
    desk = PaperDesk()
    desk.open(an_amount(10_000))
    desk.do(AskPartner("Why?"), OWEN, jan(4, 10, 0))
    desk.do(Propose((Portion(1, amount=10_000),), "c", "Fair."), OWEN, jan(4, 11, 0))
    assert [stop.span for stop in of(stops(told(desk)), "decision")] == [(jan(4, 10, 0), jan(4, 11, 0))]


def test_a_clock_stopped_at_its_very_due_instant_is_held_with_nothing_left() -> None:
    """What is due at the instant of a command is not yet over, so the question holds it."""
    desk = PaperDesk()
    desk.open(a_request(14))
    case = desk.do(AskPartner("Why?"), PRIYA, jan(5))
    step = case.clock("step")
    assert step
    assert (step.state, step.due_at) == (ClockState.PAUSED, None)
    assert due(step, calendar(desk, step), spans_of(step, told(desk))) is None
    step = desk.do(Answer("q1", "So."), ELLIE, jan(5, 10, 0)).clock("step")
    assert step
    assert due(step, calendar(desk, step), spans_of(step, told(desk))) == step.due_at == jan(5, 10, 0)


def calendar(desk: PaperDesk, clock: Clock) -> Any:
    return clocks.calendar_of(desk.directory, clock.measured_by)


class Recomputed(Machine):
    """Stories of anybody sending anything, at instants with fractions of a second as the database's clock has them."""

    desk: Paper

    @staticmethod
    def make(number: int, told: bool, paid: bool) -> Paper:
        return Paper(worlds.policy(number), told=told, paid=paid)

    def every_event_was_right(self) -> None:
        """Judged elsewhere, as is all but the instants."""

    def every_case_goes_on_by_itself(self) -> None:
        """As above."""

    @rule(micros=st.integers(1, 59_999_999))
    def a_moment_passes(self, micros: int) -> None:
        self.desk.now += timedelta(microseconds=micros)

    @invariant()
    def every_due_instant_is_what_the_history_makes_it(self) -> None:
        for ref in self.desk.refs:
            case, history = self.desk.case(ref), self.desk.history(ref, 0)
            for clock in case.clocks:
                self._proved(case, clock, history)
                self._proved(case, clock, shared(history))

    def _proved(self, case: Case, clock: Clock, history: list[tuple[Any, Any]]) -> None:
        if clock.exhausted or clock.state is ClockState.DONE:
            return  # what is stored then is the next page, or nothing
        own = clocks.calendar_of(self.desk.directory, clock.measured_by)
        found = due(clock, own, spans_of(clock, history))
        if clock.name == clocks.VAT_NOTE:
            assert clock.due_at == end_of_local_day(clock.started_at, own.zone, 14)
        elif clock.state is ClockState.PAUSED:
            assert found is clock.due_at is None, (clock, found)
        else:
            assert found == clock.due_at, (case.ref, clock, spans_of(clock, history))

    @invariant()
    def what_is_paused_is_paused_in_the_history(self) -> None:
        for ref in self.desk.refs:
            open_ = {stop.clock for stop in stops(self.desk.history(ref, 0)) if stop.until is None}
            paused = {c.name for c in self.desk.case(ref).clocks if c.state is ClockState.PAUSED}
            assert open_ == paused


Recomputed.TestCase.settings = stories(examples=40, steps=30, long=(1_000, 60))
TestEveryClockOfRandomHistories = Recomputed.TestCase
