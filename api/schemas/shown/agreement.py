"""Facts, exceptions and decisions with what they rest on, as every reader of a case sees them (DOMAIN: Facts)."""

from typing import Any

from api.schemas.shown.plain import instant, money
from partnerflow.cases import clocks, status
from partnerflow.cases.model import Case, CitedFact, Decision, Fact, Round
from partnerflow.cases.restarting import cited_facts
from partnerflow.money import format_percent
from partnerflow.people import Directory

ALTHOUGH = {
    "disputed": "although it is disputed",
    "not_confirmed": "although the partner has not confirmed it",
}


def facts(found: Case, directory: Directory) -> list[dict[str, Any]]:
    """Statements with a source; ``decisive`` ones change verdict or amount."""
    return [fact(each, directory) for each in found.facts]


def cited_here(found: Case, directory: Directory) -> list[dict[str, Any]]:
    """The facts with whether what lies before the deciders rests on them, in their present wording."""
    cited = {(each.id, each.version) for each in cited_facts(found)}
    return [fact(f, directory) | {"cited": (f.id, f.version) in cited} for f in found.facts]


def fact(found: Fact, directory: Directory) -> dict[str, Any]:
    """``waits_for``: whose word it needs, ``partner``, ``desk`` or null; ``lapsed``: the partner did not answer."""
    dispute, upheld = found.dispute, found.upheld
    return {
        "id": found.id,
        "text": found.text,
        "source": found.source,
        "by": name(found.by, directory),
        "at": instant(found.at),
        "decisive": found.decisive,
        "state": found.state.value,
        "confirmed_by": name(found.confirmed_by, directory),
        "version": found.version,
        "dispute": {
            "by": name(dispute.by, directory),
            "at": instant(dispute.at),
            "text": dispute.text,
            "side": dispute.side,
        }
        if dispute
        else None,
        "upheld": {
            "by": name(upheld.by, directory),
            "at": instant(upheld.at),
            "evidence": upheld.evidence,
            **({"attachments": list(upheld.attachments)} if upheld.attachments else {}),
        }
        if upheld
        else None,
        "waits_for": found.waits_for,
        "lapsed": found.lapsed,
    }


def cited(found: tuple[CitedFact, ...]) -> list[dict[str, Any]]:
    """What a decision rests on, in the words it had then; ``although`` is what speaks against it."""
    return [
        {
            "id": each.id,
            "version": each.version,
            "text": each.text,
            "although": ALTHOUGH.get(each.although or ""),
        }
        for each in found
    ]


def asked_of(found: Case) -> list[dict[str, Any]]:
    """What waits for the partner: questions, and facts to confirm or dispute. Only what pauses has an end."""
    bound = found.clock(clocks.PARTNER_ANSWER)
    until = instant(bound.due_at) if bound else None
    waiting = status.asked_of_partner(found)
    questions = [
        {"id": q.id, "kind": "question", "text": q.text, "since": instant(q.at), "until": until}
        for q in found.questions
        if q.id in waiting
    ]
    stated = [
        {
            "id": each.id,
            "kind": "fact",
            "text": each.text,
            "since": instant(each.dispute.at if each.dispute else each.at),
            "until": until if each.decisive else None,
        }
        for each in found.facts
        if each.id in waiting
    ]
    return questions + stated


def exception(found: Case) -> dict[str, Any] | None:
    """``cost``: what it costs beyond what policy gives for the same units, net on the leg that is decided."""
    asked = found.exception
    if asked is None:
        return None
    shown: dict[str, Any] = {
        "justification": asked.justification,
        "lines": [
            {"line_no": e.line_no, "quantity": e.quantity, "percent": format_percent(e.percent)}
            for e in asked.lines
        ],
        "cost": None if asked.cost is None else money(asked.cost, found.currency),
    }
    return shown | ({"attachments": list(asked.attachments)} if asked.attachments else {})


def decision(found: Case, directory: Directory) -> dict[str, Any] | None:
    """What the last round came to, and what it rests on; null while it is not decided, single votes never."""
    last = found.round
    if last is None or last.state not in ("granted", "declined"):
        return None
    declined = last.state == "declined"
    final = _final(last, declined=declined)
    resting = {each.id: each for each in cited_facts(found)}
    return {
        "decision": "decline" if declined else final.what if final else "approve",
        "by": name(final.by if final else "policy", directory),
        "at": instant(final.at if final else last.granted_at or found.closed_at),
        "clause": found.proposal.clause if found.proposal else found.clause,
        "text": found.decline_text if declined else final.text if final else None,
        "reason_code": found.decline_code if declined else None,
        "facts": cited(tuple(resting.values())),
    }


def _final(last: Round, *, declined: bool) -> Decision | None:
    """The answer that ended the round; None where the policy did: on its own route, or at the end of a ladder."""
    refusing = (d for step in last.steps for d in step.decisions if d.what == "decline")
    granting = last.steps[-1].decisions if last.steps and not declined else ()
    return next(refusing, None) if declined else granting[-1] if granting else None


def name(person: str | None, directory: Directory) -> str | None:
    """A person's name; what services did, Partnerflow did."""
    if person is None:
        return None
    known = directory.people.get(person)
    return known.name if known else "Partnerflow" if person.startswith("service:") else person
