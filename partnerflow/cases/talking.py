"""What people say to each other on a case: notes, questions, answers; and what that does to the clocks.

DOMAIN: Pauses, Timeline, Deadlines (first_response, next_update).
"""

from dataclasses import replace
from datetime import datetime

from partnerflow.cases import attachments, clocks
from partnerflow.cases.attachments import AddAttachment, Attachment
from partnerflow.cases.commands import AddNote, AlreadyTold, Answer, AskPartner
from partnerflow.cases.events import AlreadyTold as ToldBefore
from partnerflow.cases.events import (
    ClockPaused,
    ClockResumed,
    ClocksSet,
    DocumentAdded,
    FactChanged,
    InfoReceived,
    InfoRequested,
    NoteAdded,
)
from partnerflow.cases.model import Case, Clock, ClockState, Fact, FactState, Question, Stage
from partnerflow.cases.view import Draft
from partnerflow.refusals import Refused


def add_note(draft: Draft, command: AddNote) -> None:
    organisation = draft.actor.organisation or ""
    draft.emit(NoteAdded(command.text, command.visibility, organisation, command.channel))
    if command.visibility == "public":
        told_partner(draft)


def attach(draft: Draft, command: AddAttachment) -> None:
    """Evidence joins the case; it answers no question by itself and moves no clock."""
    if len(draft.case.attachments) >= attachments.MOST:
        raise Refused("wrong-state", f"The case has {attachments.MOST} files; put more into one archive.")
    by, organisation = draft.actor, draft.actor.organisation or ""
    document = Attachment(
        command.id,
        command.name,
        command.media_type,
        len(command.content),
        command.sha256,
        command.visibility,
        organisation,
        by.name,
        draft.at,
        command.channel,
    )
    draft.emit(DocumentAdded(document, command.visibility, organisation))


def ask_partner(draft: Draft, command: AskPartner) -> None:
    """A question pauses the decision clock and the step's, with its reason, for as long as policy allows."""
    case = draft.case
    if waited_enough(case):
        raise Refused(
            "wrong-state", "The partner was waited for as long as policy allows: decide on what is there."
        )
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


def stay_paused(draft: Draft) -> None:
    """Clocks that have started while something is open to the partner stop as the others have."""
    if points := open_points(draft.case):
        pause_for_partner(draft, points[0])


def open_points(case: Case) -> tuple[str, ...]:
    """What is open to the partner and so pauses, in words they read: questions, then decisive facts."""
    if not case.awaiting_partner:
        return ()
    asked = tuple(question.text for question in case.questions if question.open)
    return (*asked, *(f"{_to_do(fact)}: {fact.text}" for fact in case.facts_for_partner))


def _to_do(fact: Fact) -> str:
    return "Disputed" if fact.state is FactState.DISPUTED else "To confirm or dispute"


def waited_enough(case: Case) -> bool:
    """One longest pause per round, whatever fills it."""
    known = case.clock(clocks.PARTNER_ANSWER)
    if known is None or known.state is not ClockState.DONE:
        return False
    return known.used >= known.allowance and known.started_at >= _round_began(case)


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
    draft.emit(InfoReceived(question.id, command.text, fact, command.channel))
    go_on_if_answered(draft)


def go_on_if_answered(draft: Draft) -> None:
    """With nothing left open to the partner the clocks run on; else they say what they still wait for."""
    clock = draft.case.clock(clocks.PARTNER_ANSWER)
    if draft.case.awaiting_partner:
        _say_what_is_left(draft)
    elif clock and clock.state is ClockState.RUNNING:
        _end_answer_clock(draft)
        resume(draft)


def _say_what_is_left(draft: Draft) -> None:
    points = open_points(draft.case)
    paused = [clock for clock in draft.case.clocks if clock.state is ClockState.PAUSED]
    changed = [replace(c, paused_because=points[0]) for c in paused if c.paused_because not in points]
    if changed:
        draft.emit(ClocksSet(tuple(changed)))


def _end_answer_clock(draft: Draft) -> None:
    """Ended with what it used, for the longest pause is one for the whole round."""
    if clock := draft.case.clock(clocks.PARTNER_ANSWER):
        draft.emit(ClocksSet((clocks.stopped(clock, draft.at, draft.view.directory),)))


def give_up(draft: Draft, when: datetime | None = None) -> None:
    """The points still open are "not answered": silence neither confirms nor withdraws, it goes on with what is there.
    ``when`` is the instant at which the pause ended (None: now)."""
    if not draft.case.awaiting_partner:
        return
    _drop_questions(draft)
    for fact in draft.case.facts_for_partner:
        draft.emit(FactChanged(replace(fact, lapsed=True), "lapsed"))
    _end_answer_clock(draft)
    resume(draft, when)


def go_on_without_answers(draft: Draft) -> None:
    """Whoever asked goes on before the answer; a decisive fact stays open to the partner, and pauses as before."""
    if draft.case.awaiting_partner:
        _drop_questions(draft)
        go_on_if_answered(draft)


def _drop_questions(draft: Draft) -> None:
    for question in draft.case.questions:
        if question.open:
            draft.emit(InfoReceived(question.id, None))


def resume(draft: Draft, when: datetime | None = None) -> None:
    """Run on every paused clock with what was left of it."""
    paused = [clock for clock in draft.case.clocks if clock.state is ClockState.PAUSED]
    if paused:
        running = tuple(clocks.resume(clock, when or draft.at, draft.view.directory) for clock in paused)
        draft.emit(ClockResumed(running))


def told_partner(draft: Draft) -> None:
    """A person of ours wrote to the partner: the first response is given, the next update starts anew."""
    ours = draft.actor.organisation != (draft.case.reseller or draft.case.distributor)
    if not (ours and draft.actor.person and draft.case.open):
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
