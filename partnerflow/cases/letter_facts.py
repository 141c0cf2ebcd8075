"""The few things of each event that its message is about, in words or RFC 3339; nothing a partner may not read.

A structure test compares the table with the events that owe messages.
"""

from collections.abc import Callable
from typing import Any

from partnerflow.cases import events as e
from partnerflow.cases import letter_facts_kindnesses, letter_facts_money
from partnerflow.cases.restarting import cited_facts
from partnerflow.cases.statements import DISPUTED, NOT_CONFIRMED, ORDER
from partnerflow.cases.view import Draft, done_by
from partnerflow.people import Directory

LONGEST = 300
AGAINST = {
    DISPUTED: ", although it is disputed.",
    NOT_CONFIRMED: ", although the partner has not confirmed it.",
}


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
    names = {"to": _name(known, event.owner), "before": _name(known, event.before)}
    return names | {"because": event.because, "text": event.text}


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


def _declined(event: e.CaseDeclined, draft: Draft) -> dict[str, str]:
    until = event.appeal_until.isoformat() if event.appeal_until else ""
    appealed = {"appealed": draft.case.appeal.outcome.value} if draft.case.appeal else {}
    said = {"code": event.reason_code, "text": event.text, "appeal_until": until}
    return said | appealed | _grounds(draft)


def _granted(_: e.CaseApproved | e.CaseApprovedInPart, draft: Draft) -> dict[str, str]:
    return _grounds(draft)


def _grounds(draft: Draft) -> dict[str, str]:
    """What the decision rests on, a line each: the facts it cites, and what speaks against them."""
    cited = {each.id: each for each in cited_facts(draft.case)}.values()
    lines = [f"“{_short(each.text)}”{AGAINST.get(each.although or '', '')}" for each in cited if each.text]
    return {"grounds": "\n".join(lines)} if lines else {}


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= LONGEST else f"{words[:LONGEST]}…"


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


def _document(event: e.DocumentAdded, _: Draft) -> dict[str, str]:
    return {"document": event.document.name, "visibility": event.visibility}


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
    until = {"appeal_until": event.appeal_until.isoformat()} if event.appeal_until else {}
    return {"outcome": event.outcome} | how | until


def _handed(event: e.StepHanded, draft: Draft) -> dict[str, str]:
    known = draft.view.directory
    came = (person for person in event.persons if person not in event.before)
    gone = (person for person in event.before if person not in event.persons)
    names = {
        "to": ", ".join(_name(known, p) for p in came),
        "before": ", ".join(_name(known, p) for p in gone),
    }
    return names | {"because": event.because, "text": event.text}


def _step_decided(event: e.StepDecided, draft: Draft) -> dict[str, str]:
    return {"by": _name(draft.view.directory, event.decision.by), "what": event.decision.what}


def _revised(event: e.CaseRevised | e.RoundRestarted, _: Draft) -> dict[str, str]:
    return {"because": event.because}


def _fact(event: e.FactChanged | e.FactDisputed, draft: Draft) -> dict[str, str]:
    fact = event.fact
    said = {
        "fact": fact.text,
        "stated_by": "The order" if fact.source == ORDER else _name(draft.view.directory, fact.by),
        "source": fact.source,
        "change": event.change if isinstance(event, e.FactChanged) else "disputed",
        "why": event.text if isinstance(event, e.FactChanged) else "",
        "waits_for": fact.waits_for or "",
        "decisive": "yes" if fact.decisive else "",
    }
    if fact.dispute:
        said["objection"] = fact.dispute.text
    if fact.upheld:
        said["evidence"] = fact.upheld.evidence
    return said


def _excepted(event: e.ExceptionRequested, _: Draft) -> dict[str, str]:
    return {"text": event.exception.justification}


def _told(event: e.AlreadyTold, _: Draft) -> dict[str, str]:
    return {"text": event.text, "times": str(event.times)}


def _recalled(event: e.CaseRecalled, _: Draft) -> dict[str, str]:
    return {"reason": event.reason}


def _appealed(event: e.CaseAppealed, _: Draft) -> dict[str, str]:
    return {"text": event.appeal.text}


FACTS: dict[type, Callable[[Any, Draft], dict[str, str]]] = {
    e.CaseOpened: _opened,
    e.OwnerChanged: _owner,
    e.CaseProposed: _proposed,
    e.CaseEscalated: _escalated,
    e.StepStarted: _step,
    e.CaseApproved: _granted,
    e.CaseApprovedInPart: _granted,
    e.CaseDeclined: _declined,
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
    e.StepHanded: _handed,
    e.StepDecided: _step_decided,
    e.CaseRevised: _revised,
    e.RoundRestarted: _revised,
    e.FactChanged: _fact,
    e.FactDisputed: _fact,
    e.ExceptionRequested: _excepted,
    e.AlreadyTold: _told,
    e.CaseRecalled: _recalled,
    e.CaseAppealed: _appealed,
    **letter_facts_kindnesses.FACTS,
    **letter_facts_money.FACTS,
}
