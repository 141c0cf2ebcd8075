"""Who is owed a message for what happened: one notice per event and person. The words are made elsewhere.

Every event that concerns a person has a row here; a structure test compares the table with the kinds. DOMAIN: Timeline,
Deadlines; ARCHITECTURE: notices go out with the decision.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from partnerflow.cases import audience as to
from partnerflow.cases import (
    clocks,
    kindnesses,
    notices_agreement,
    notices_kindnesses,
    notices_money,
    responsibility,
)
from partnerflow.cases import events as e
from partnerflow.cases.audience import Told
from partnerflow.cases.status import acting_people
from partnerflow.cases.view import Draft
from partnerflow.directory.reaching import reached_instead
from partnerflow.people import Person


@dataclass(frozen=True, slots=True)
class Notice:
    """``seq`` is the event's number; ``audience`` says how to put it: partner, decider, owner, manager, distributor,
    vendor; ``watching``: they asked to hear of the case, and nothing is theirs to do."""

    seq: int
    event: str
    recipient: str
    name: str
    address: str
    audience: str
    data: Any
    instead_of: str = ""
    watching: bool = False


def owed(draft: Draft, first_seq: int) -> tuple[Notice, ...]:
    """The notices of a draft's events, in order; nobody gets two for one event, nor one for what they did themselves
    unless it is theirs to file."""
    found: dict[tuple[int, str], Notice] = {}
    for offset, event in enumerate(draft.events):
        for audience, people in _told(event, draft):
            for person in people:
                if person is not None:
                    notice = _reachable(_notice(first_seq + offset, event, person, audience), person, draft)
                    found.setdefault((notice.seq, notice.recipient), notice)
        others = (*_on_call(event, draft, first_seq + offset), *_watching(event, draft, first_seq + offset))
        for notice in others:
            found.setdefault((notice.seq, notice.recipient), notice)
    return tuple(found.values())


def _notice(seq: int, event: Any, person: Person, audience: str) -> Notice:
    return Notice(seq, _said_as(event), person.id, person.name, person.email, audience, event)


def _reachable(notice: Notice, person: Person, draft: Draft) -> Notice:
    """Where mails to them come back, whoever is there instead gets it, and is told for whom."""
    if person.undeliverable_since is None:
        return notice
    other = reached_instead(draft.view.directory, person.id, draft.at)
    if other is None:
        return notice
    return replace(notice, recipient=other.id, name=other.name, address=other.email, instead_of=person.name)


def _said_as(event: Any) -> str:
    """The kind a message names: documents that are ready are, to their readers, a credit note that was issued."""
    if isinstance(event, e.DebitNotesStored):
        return e.CreditNoteVoided.KIND
    return e.CreditNoteIssued.KIND if isinstance(event, e.RemedyDone) else str(event.KIND)


def _on_call(event: e.Event, draft: Draft, seq: int) -> Iterator[Notice]:
    """The top of a ladder also pages the on-call address (DOMAIN: hold_and_page)."""
    address = draft.view.directory.operator.on_call
    if isinstance(event, e.CaseEscalated) and event.to is None and address:
        yield Notice(seq, event.KIND, address, "On call", address, "manager", event)


def _watching(event: e.Event, draft: Draft, seq: int) -> Iterator[Notice]:
    """Whoever watches hears what the readers of their side hear; where mails to them come back nobody does."""
    if not draft.case.watchers:
        return
    audiences = {audience for audience, _ in _told(event, draft)}
    for person in kindnesses.watchers(draft):
        audience = notices_kindnesses.heard_as(event, person, audiences, draft)
        if audience and person.undeliverable_since is None:
            yield replace(_notice(seq, event, person, audience), watching=True)


def _told(event: e.Event, draft: Draft) -> Told:
    rule = RULES.get(type(event))
    return rule(event, draft) if rule else iter(())


def _opened(_: e.CaseOpened, draft: Draft) -> Told:
    yield "partner", to.partner(draft)
    yield "owner", (to.owner(draft),)
    yield "distributor", to.others(draft, (to.distributor(draft),))


def _owner_changed(event: e.OwnerChanged, draft: Draft) -> Told:
    if event.because != "rung":
        yield "partner", to.partner(draft)
        yield "owner", to.people(draft, (event.owner,))
        yield "manager", to.others(draft, to.still_here(draft, (event.before,)))


def _proposed(event: e.CaseProposed, draft: Draft) -> Told:
    if event.proposal.by != "policy":
        yield "partner", to.partner(draft)


def _step_started(event: e.StepStarted, draft: Draft) -> Told:
    yield "decider", to.people(draft, event.step.deciders)
    told = to.happened(draft, e.CaseOpened) or to.happened(draft, e.RoundRestarted)
    if event.step.deciders and not told:
        yield "partner", to.partner(draft)


def _approved(_: e.CaseApproved | e.CaseApprovedInPart, draft: Draft) -> Told:
    yield "partner", to.partner(draft)
    yield "owner", to.others(draft, (to.owner(draft),))
    yield "distributor", (to.distributor(draft),)


def _declined(_: e.CaseDeclined, draft: Draft) -> Told:
    yield "partner", to.partner(draft)
    yield "owner", to.others(draft, (to.owner(draft),))
    yield "distributor", to.others(draft, (to.distributor(draft),))


def _escalated(event: e.CaseEscalated, draft: Draft) -> Told:
    if event.to:
        if event.before or not to.happened(draft, e.CaseOpened):
            yield "partner", to.partner(draft)
        yield ("decider" if event.step else "owner"), to.people(draft, (event.to,))
    else:  # again each working morning: the partner knows who has it, and that nobody is above
        yield "manager", (responsibility.executive(draft.case, draft.view.directory, draft.at),)
    yield "manager", to.people(draft, event.before)


def _asked(_: e.InfoRequested, draft: Draft) -> Told:
    yield "partner", to.partner(draft)


def _answered(event: e.InfoReceived, draft: Draft) -> Told:
    asker = next((q.by for q in draft.case.questions if q.id == event.question), draft.case.owner)
    yield "owner", to.others(draft, (*to.people(draft, (asker,)), to.owner(draft)))
    if event.text is None:
        yield "partner", to.partner(draft)


def _warned(event: e.ClockWarned, draft: Draft) -> Told:
    if event.clock == clocks.PARTNER_ANSWER:
        yield "partner", to.partner(draft)
    else:
        yield "owner", _responsible(event.clock, draft)


def _breached(event: e.ClockBreached, draft: Draft) -> Told:
    yield "owner", _responsible(event.clock, draft)
    yield "manager", (to.manager(draft),)


def _responsible(clock: str, draft: Draft) -> tuple[Person, ...]:
    case, directory = draft.case, draft.view.directory
    if clock == clocks.STEP and case.step:
        return responsibility.awaited(case, case.step, directory, draft.at)
    if clock in (clocks.STEP, clocks.PASS_THROUGH):
        return acting_people(case, directory, draft.at)
    return (to.owner(draft),)


def _noted(event: e.NoteAdded, draft: Draft) -> Told:
    colleagues = (to.owner(draft),)
    if event.visibility == "public":
        yield "partner", to.others(draft, to.partner(draft))
        yield "owner", to.others(draft, colleagues)
    elif event.organisation == draft.view.directory.operator.code:
        yield "owner", to.others(draft, colleagues)
    if event.channel == "mail" and draft.case.step:  # whoever meant to decide learns that they have not
        mine = (p for p in to.people(draft, draft.case.step.deciders) if p.id == draft.actor.person)
        yield "decider", mine


def _document(event: e.DocumentAdded, draft: Draft) -> Told:
    """As a note. A file that came with a mail is named in what the mail became, which tells them."""
    if event.document.channel == "mail":
        return
    if event.visibility == "public" and draft.actor.organisation == draft.view.directory.operator.code:
        yield "partner", to.others(draft, to.partner(draft))
    if event.visibility == "public" or event.organisation == draft.view.directory.operator.code:
        yield "owner", to.others(draft, (to.owner(draft),))


def _ended(_: e.CaseWithdrawn | e.CaseCancelled, draft: Draft) -> Told:
    yield "partner", to.partner(draft)
    yield "owner", to.others(draft, (to.owner(draft),))
    yield "distributor", to.others(draft, (to.distributor(draft),))
    last = draft.case.round
    if last:
        yield "decider", to.people(draft, (p for step in last.steps for p in step.deciders))


def _failed(event: e.RemedyFailed, draft: Draft) -> Told:
    yield "owner", to.people(draft, (event.held_by,))
    yield "manager", (to.manager(draft),)
    yield "partner", to.partner(draft)


def _done(_: e.RemedyDone, draft: Draft) -> Told:
    """The documents are stored, so they go along: the partner's own, and all of them to the distributor."""
    yield "partner", to.partner(draft)
    yield "distributor", (to.distributor(draft),)


def _passed_on(_: e.CasePassedOn, draft: Draft) -> Told:
    yield "owner", (to.owner(draft),)


def _closed(_: e.CaseClosed, draft: Draft) -> Told:
    yield "partner", to.partner(draft)
    yield "distributor", to.others(draft, (to.distributor(draft),))


RULES: dict[type, Callable[[Any, Draft], Told]] = {
    e.CaseOpened: _opened,
    e.OwnerChanged: _owner_changed,
    e.CaseProposed: _proposed,
    e.StepStarted: _step_started,
    e.CaseApproved: _approved,
    e.CaseApprovedInPart: _approved,
    e.CaseDeclined: _declined,
    e.CaseEscalated: _escalated,
    e.InfoRequested: _asked,
    e.InfoReceived: _answered,
    e.ClockWarned: _warned,
    e.ClockBreached: _breached,
    e.NoteAdded: _noted,
    e.DocumentAdded: _document,
    e.CaseWithdrawn: _ended,
    e.CaseCancelled: _ended,
    e.RemedyFailed: _failed,
    e.RemedyDone: _done,
    e.CasePassedOn: _passed_on,
    e.CaseClosed: _closed,
    **notices_agreement.RULES,
    **notices_kindnesses.RULES,
    **notices_money.RULES,
}

SILENT: dict[type, str] = {
    e.RoundStarted: "its first step tells",
    e.ClocksMoved: "the status shows it",
    e.ProposalLowered: "the next step or the approval tells",
    e.RungSuperseded: "the decision tells",
    e.ClocksSet: "the status shows it",
    e.ClockPaused: "the question tells",
    e.ClockResumed: "the answer tells",
    e.RemedyStarted: "the approval tells",
    e.RemedyActed: "the notes tell",
    e.RebillIssued: "goes out with its PDF, once that is stored (remedy done)",
    e.RemedyRetried: "whoever retries knows",
    e.CaseWatched: "whoever watches knows",
    e.CaseUnwatched: "whoever watched knows",
}
"""Kinds that owe nobody a message, and why."""
