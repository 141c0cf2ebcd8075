"""What people say to each other on a case: notes, questions, answers; and what that does to the clocks.

DOMAIN: Pauses, Timeline, Deadlines (first_response, next_update).
"""

from dataclasses import replace
from datetime import datetime

from partnerflow.cases import clocks
from partnerflow.cases.commands import AddNote, AlreadyTold, Answer, AskPartner
from partnerflow.cases.events import AlreadyTold as ToldBefore
from partnerflow.cases.events import (
    ClockPaused,
    ClockResumed,
    ClocksSet,
    FactChanged,
    InfoReceived,
    InfoRequested,
    NoteAdded,
)
from partnerflow.cases.model import Case, Clock, ClockState, Fact, Question, Stage
from partnerflow.cases.view import Draft
from partnerflow.refusals import Refused


def add_note(draft: Draft, command: AddNote) -> None:
    organisation = draft.actor.organisation or ""
    draft.emit(NoteAdded(command.text, command.visibility, organisation))
    if command.visibility == "public":
        told_partner(draft)


def ask_partner(draft: Draft, command: AskPartner) -> None:
    """A question pauses the decision clock and the step's, with its reason, for as long as policy allows."""
    case = draft.case
    refuse_beyond_the_longest_pause(case)
    question = Question(f"q{len(case.questions) + 1}", command.text, draft.actor.name, draft.at)
    draft.emit(InfoRequested(question))
    pause_for_partner(draft, command.text)
    told_partner(draft)


def pause_for_partner(draft: Draft, because: str) -> None:
    """Something is open to the partner: the decision clock and the step's stop, and that of their answer runs."""
    case, directory = draft.case, draft.view.directory
    running = [
        c for name in clocks.PAUSED_BY_QUESTION if (c := case.clock(name)) and c.state is ClockState.RUNNING
    ]
    if running:
        paused = tuple(clocks.pause(clock, draft.at, because, directory) for clock in running)
        draft.emit(ClockPaused(paused, because, draft.actor.name))
    draft.emit(ClocksSet((_answer_clock(draft),)))


def refuse_beyond_the_longest_pause(case: Case) -> None:
    """One longest pause per round, whatever fills it."""
    known = case.clock(clocks.PARTNER_ANSWER)
    over = known is not None and known.state is ClockState.DONE and known.used >= known.allowance
    if over and known is not None and known.started_at >= _round_began(case):
        raise Refused(
            "wrong-state", "The partner was waited for as long as policy allows: decide on what is there."
        )


def _answer_clock(draft: Draft) -> Clock:
    """The pause has a longest length per round, in working minutes of the partner's calendar."""
    view, case = draft.view, draft.case
    known = case.clock(clocks.PARTNER_ANSWER)
    if known and known.state is ClockState.RUNNING:
        return known
    if known and known.started_at >= _round_began(case):
        return clocks.again(known, draft.at, view.directory, view.policy)
    partner = case.reseller or case.distributor or view.directory.operator.code
    seconds = view.policy.allowances["partner_answer"] * clocks.MINUTE
    by = clocks.by_organisation(partner)
    return clocks.start(clocks.PARTNER_ANSWER, by, seconds, draft.at, view.directory, view.policy)


def _round_began(case: Case) -> datetime:
    opened = case.round if case.stage is Stage.APPROVAL else None
    return opened.started_at if opened else case.opened_at


def answer(draft: Draft, command: Answer) -> None:
    """The partner's answer joins the facts; with no question left open the clocks run on."""
    question = next((q for q in draft.case.questions if q.id == command.question), None)
    if question is None or not question.open:
        raise Refused(
            "wrong-state",
            "That question is not open; add a note instead." if question else "No such question was asked.",
            pointer="/question",
        )
    fact = Fact(
        f"answer-{question.id}",
        command.text,
        "partner",
        draft.actor.name,
        draft.at,
        decisive=False,
        confirmed_by=draft.actor.name,
    )
    draft.emit(InfoReceived(question.id, command.text, fact))
    go_on_if_answered(draft)


def go_on_if_answered(draft: Draft) -> None:
    """With nothing left open to the partner the clocks run on."""
    clock = draft.case.clock(clocks.PARTNER_ANSWER)
    if not draft.case.awaiting_partner and clock and clock.state is ClockState.RUNNING:
        _end_answer_clock(draft)
        resume(draft)


def _end_answer_clock(draft: Draft) -> None:
    """Ended with what it used, for the longest pause is one for the whole round."""
    if clock := draft.case.clock(clocks.PARTNER_ANSWER):
        draft.emit(ClocksSet((clocks.stopped(clock, draft.at, draft.view.directory),)))


def give_up(draft: Draft, when: datetime | None = None) -> None:
    """The points still open are "not answered": silence neither confirms nor withdraws, it goes on with what is there.
    ``when`` is the instant at which the pause ended (None: now)."""
    if not draft.case.awaiting_partner:
        return
    for question in draft.case.questions:
        if question.open:
            draft.emit(InfoReceived(question.id, None))
    for fact in draft.case.facts_for_partner:
        draft.emit(FactChanged(replace(fact, lapsed=True), "lapsed"))
    _end_answer_clock(draft)
    resume(draft, when)


def resume(draft: Draft, when: datetime | None = None) -> None:
    """Run on every paused clock with what was left of it."""
    paused = [clock for clock in draft.case.clocks if clock.state is ClockState.PAUSED]
    if paused:
        running = tuple(clocks.resume(clock, when or draft.at, draft.view.directory) for clock in paused)
        draft.emit(ClockResumed(running))


def told_partner(draft: Draft) -> None:
    """A person of ours wrote to the partner: the first response is given, the next update starts anew."""
    ours = draft.actor.organisation != (draft.case.reseller or draft.case.distributor)
    if not (ours and draft.case.open):
        return
    first = draft.case.clock(clocks.FIRST_RESPONSE)
    ended = (clocks.done(first),) if first and first.state is not ClockState.DONE else ()
    draft.emit(ClocksSet((*ended, restarted_update(draft))))


def already_told(draft: Draft, command: AlreadyTold) -> None:
    """Counted, reported, and read by whoever has the case."""
    draft.emit(ToldBefore(command.text, draft.case.told + 1))


def restarted_update(draft: Draft) -> Clock:
    view = draft.view
    seconds = view.policy.allowances["next_update"] * clocks.MINUTE
    by = clocks.by_organisation(view.directory.operator.code)
    return clocks.start(clocks.NEXT_UPDATE, by, seconds, draft.at, view.directory, view.policy)
