"""What messages about calls and about the partner's side say (see ``letter_facts``)."""

from collections.abc import Callable
from typing import Any

from partnerflow.cases import events as e
from partnerflow.cases.view import Draft


def _call_asked(event: e.CallAsked, _: Draft) -> dict[str, str]:
    call = event.call
    slot = {"slot": call.slot.isoformat()} if call.slot else {}
    return {"number": call.number, "when": call.when, "text": call.about} | slot


def _call_made(event: e.CallMade, _: Draft) -> dict[str, str]:
    return {"text": event.text}


def _handed(event: e.PartnerHanded, draft: Draft) -> dict[str, str]:
    known = draft.view.directory.people
    names = {"to": known[event.person].name, "to_email": known[event.person].email}
    before = known.get(event.before)
    return names | {"before": before.name if before else "", "text": event.text}


FACTS: dict[type, Callable[[Any, Draft], dict[str, str]]] = {
    e.CallAsked: _call_asked,
    e.CallMade: _call_made,
    e.PartnerHanded: _handed,
}
