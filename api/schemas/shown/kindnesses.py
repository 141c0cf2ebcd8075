"""Who watches, which calls are asked for, and who has the partner's side, as far as a reader may know."""

from typing import Any

from api.auth import Reader
from api.schemas.shown.plain import instant
from partnerflow.cases import responsibility
from partnerflow.cases.calls import Call
from partnerflow.cases.model import Case
from partnerflow.people import Directory


def of_case(found: Case, directory: Directory, reader: Reader) -> dict[str, Any]:
    """``calls`` are the partner's and ours alone; of the watchers a reader learns whether they are one."""
    seen: dict[str, Any] = {
        "watching": reader.person in found.watchers,
        "partner_contact": _contact(found, directory),
        "duplicate_of": found.duplicate_of,
    }
    if reader.staff or reader.organisation == (found.reseller or found.distributor):
        seen["calls"] = [_call(each, directory) for each in found.calls]
    return seen


def _contact(found: Case, directory: Directory) -> dict[str, str] | None:
    """To whom questions and mails go on the partner's side."""
    people = responsibility.partner_people(found, directory)
    return {"name": people[0].name, "email": people[0].email, "phone": people[0].phone} if people else None


def _call(call: Call, directory: Directory) -> dict[str, Any]:
    return {
        "id": call.id,
        "number": call.number,
        "when": call.when,
        "slot": instant(call.slot),
        "about": call.about,
        "asked_by": _name(call.by, directory),
        "asked_at": instant(call.at),
        "made_at": instant(call.made_at),
        "made_by": _name(call.made_by, directory),
    }


def _name(person: str | None, directory: Directory) -> str | None:
    known = directory.people.get(person or "")
    return known.name if known else person
