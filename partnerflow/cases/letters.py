"""What a message will say, as data taken at the decision: the same message whenever it is sent, and to whom it
may say it.

Words are made of it in ``notifications.messages``. DOMAIN: Status for the partner, field rules of "Who may do what".
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from partnerflow.cases import events as e
from partnerflow.cases.model import Case, LegShown
from partnerflow.cases.notices import Notice
from partnerflow.cases.status import Contact, Status
from partnerflow.cases.view import Draft, done_by
from partnerflow.people import Directory

INSIDE = ("decider", "owner", "manager", "distributor")
"""Audiences that see both legs; the partner sees its own only."""


@dataclass(frozen=True, slots=True)
class AmountRow:
    """``what`` is ``credit``, ``rebill`` or ``falls_by``, on ``leg``; minor units."""

    what: str
    leg: str
    net: int
    tax: int
    gross: int


@dataclass(frozen=True, slots=True)
class Letter:
    """``facts`` are the event's own, in words or RFC 3339; ``documents`` the numbers of notes to attach."""

    kind: str
    audience: str
    name: str
    ref: str
    order_number: str
    po_number: str | None
    stage: str
    case_type: str
    who: Contact | None
    owner: Contact | None
    next: str
    due_at: datetime | None
    zone: str
    asked: tuple[str, ...]
    currency: str
    amounts: tuple[AmountRow, ...]
    facts: dict[str, str]
    approval: str | None = None
    documents: tuple[str, ...] = ()


def letter(notice: Notice, draft: Draft, status: Status) -> Letter:
    case, inside = draft.case, notice.audience in INSIDE
    shown = status.contacts
    who = shown.deciding_now or (shown.owner if case.open else None)
    documents = _documents(case, inside=inside) if isinstance(notice.data, e.RemedyDone) else ()
    return Letter(
        kind=notice.event,
        audience=notice.audience,
        name=notice.name,
        ref=case.ref,
        order_number=case.order_number,
        po_number=case.po_number,
        stage=case.stage.value,
        case_type=case.type.value,
        who=who,
        owner=shown.owner,
        next=status.next if notice.audience == "partner" else status.next_inside,
        due_at=_due(notice.data, status),
        zone=status.zone,
        asked=tuple(q.text for q in case.questions if q.open) if notice.audience == "partner" else (),
        currency=case.currency,
        amounts=amounts(case, inside=inside),
        facts=facts_of(notice.data, draft),
        approval=case.step.id if notice.audience == "decider" and case.step else None,
        documents=documents,
    )


def _due(event: Any, status: Status) -> datetime | None:
    """By when: what the message is about; a warning speaks of its own clock, not of the case's next act."""
    return event.due_at if isinstance(event, e.ClockWarned | e.ClockBreached) else status.due_at


def _documents(case: Case, *, inside: bool) -> tuple[str, ...]:
    last = case.remedy.round if case.remedy else 0
    visible = (d for d in case.issued if d.round == last and (inside or d.leg is case.main_leg))
    return tuple(document.number for document in visible)


def amounts(case: Case, *, inside: bool) -> tuple[AmountRow, ...]:
    """Per visible leg: the credit as it stands, and for an exchange the rebill and what the bill falls by."""
    legs = case.proposal.legs if case.proposal else case.requested
    visible = [leg for leg in legs if inside or leg.leg is case.main_leg]
    return tuple(row for leg in visible for row in _rows(leg))


def _rows(shown: LegShown) -> tuple[AmountRow, ...]:
    leg, credit, rebill = shown.leg.value, shown.credit, shown.rebill
    first = AmountRow("credit", leg, credit.net, credit.tax, credit.gross)
    if rebill is None:
        return (first,)
    less = (credit.net - rebill.net, credit.tax - rebill.tax, credit.gross - rebill.gross)
    return (
        first,
        AmountRow("rebill", leg, rebill.net, rebill.tax, rebill.gross),
        AmountRow("falls_by", leg, *less),
    )


def facts_of(event: Any, draft: Draft) -> dict[str, str]:
    """The few things of an event that its message is about; nothing a partner may not read."""
    rule = FACTS.get(type(event))
    found = rule(event, draft) if rule else {}
    return {"actor": _name(draft.view.directory, _done_by(event, draft))} | found


def _done_by(event: Any, draft: Draft) -> str:
    place = next(n for n, each in enumerate(draft.events) if each is event)
    return done_by(draft, place)


def _name(directory: Directory, person: str | None) -> str:
    known = directory.people.get(person or "")
    return known.name if known else "Partnerflow"


def _opened(event: e.CaseOpened, _: Draft) -> dict[str, str]:
    return {
        "description": event.case.description,
        "verdict": event.case.verdict.value,
        "clause": event.case.clause,
    }


def _owner(event: e.OwnerChanged, draft: Draft) -> dict[str, str]:
    known = draft.view.directory
    return {"to": _name(known, event.owner), "before": _name(known, event.before), "because": event.because}


def _proposed(event: e.CaseProposed, _: Draft) -> dict[str, str]:
    return {"text": event.proposal.text, "clause": event.proposal.clause}


def _escalated(event: e.CaseEscalated, draft: Draft) -> dict[str, str]:
    known = draft.view.directory
    return {
        "to": _name(known, event.to) if event.to else "",
        "before": ", ".join(_name(known, person) for person in event.before),
        "reason": event.reason,
        "pulled": "yes" if event.pulled else "",
        "clock": event.clock,
    }


def _step(event: e.StepStarted, draft: Draft) -> dict[str, str]:
    known = draft.view.directory
    of = len(draft.case.round.steps) if draft.case.round else 1
    names = ", ".join(_name(known, person) for person in event.step.deciders)
    return {"step": str(event.step.no), "steps": str(of), "deciders": names}


def _declined(event: e.CaseDeclined, _: Draft) -> dict[str, str]:
    return {"code": event.reason_code, "text": event.text, "appeal_until": event.appeal_until.isoformat()}


def _asked(event: e.InfoRequested, _: Draft) -> dict[str, str]:
    return {"text": event.question.text}


def _answered(event: e.InfoReceived, draft: Draft) -> dict[str, str]:
    question = next((q.text for q in draft.case.questions if q.id == event.question), "")
    return {"text": event.text or "", "question": question}


def _warned(event: e.ClockWarned, _: Draft) -> dict[str, str]:
    return {"clock": event.clock, "percent": str(event.percent), "due_at": event.due_at.isoformat()}


def _breached(event: e.ClockBreached, _: Draft) -> dict[str, str]:
    return {"clock": event.clock, "due_at": event.due_at.isoformat()}


def _noted(event: e.NoteAdded, _: Draft) -> dict[str, str]:
    return {"text": event.text, "visibility": event.visibility}


def _ended(event: e.CaseWithdrawn | e.CaseCancelled, _: Draft) -> dict[str, str]:
    return {"reason": event.reason}


def _failed(event: e.RemedyFailed, draft: Draft) -> dict[str, str]:
    held = _name(draft.view.directory, event.held_by)
    return {"because": event.because, "held_by": held, "compensated": "yes" if event.compensated else ""}


def _done(event: e.RemedyDone, draft: Draft) -> dict[str, str]:
    case = draft.case
    last = case.remedy.round if case.remedy else 0
    own = [d for d in case.issued if d.round == last and d.leg is case.main_leg]
    credit = next((d for d in own if d.kind == "credit_note"), None)
    rebill = next((d for d in own if d.kind == "rebill"), None)
    found = {"passing_on": "yes" if event.passing_on else ""}
    if credit and credit.allocation:
        given = credit.allocation
        found |= {"credit": credit.number, "gross": str(credit.gross), "invoice": credit.invoice or ""}
        found |= {"unpaid_reduced": str(given.unpaid_reduced), "account_credit": str(given.account_credit)}
        found |= {"refund": str(given.refund), "settled_outside": str(given.settled_outside)}
    return found | ({"rebill": rebill.number, "rebill_gross": str(rebill.gross)} if rebill else {})


def _passed_on(event: e.CasePassedOn, _: Draft) -> dict[str, str]:
    p = event.pass_through
    return {"how": p.how, "reference": p.reference, "at": p.at.isoformat()}


def _closed(event: e.CaseClosed, draft: Draft) -> dict[str, str]:
    passed = draft.case.pass_through
    how = {"how": passed.how, "reference": passed.reference} if passed else {}
    return {"outcome": event.outcome} | how


FACTS: dict[type, Callable[[Any, Draft], dict[str, str]]] = {
    e.CaseOpened: _opened,
    e.OwnerChanged: _owner,
    e.CaseProposed: _proposed,
    e.CaseEscalated: _escalated,
    e.StepStarted: _step,
    e.CaseDeclined: _declined,
    e.InfoRequested: _asked,
    e.InfoReceived: _answered,
    e.ClockWarned: _warned,
    e.ClockBreached: _breached,
    e.NoteAdded: _noted,
    e.CaseWithdrawn: _ended,
    e.CaseCancelled: _ended,
    e.RemedyFailed: _failed,
    e.RemedyDone: _done,
    e.CasePassedOn: _passed_on,
    e.CaseClosed: _closed,
}
