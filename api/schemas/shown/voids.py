"""A credit note that is to be void: who asked and who agreed, the debit note, and the other leg, also asked about."""

from typing import Any

from api.schemas.shown.case import Shown, document_href
from api.schemas.shown.note import note
from api.schemas.shown.plain import instant
from api.seen import for_reader
from partnerflow.cases import voiding
from partnerflow.cases.model import Case, Issued
from partnerflow.credits.notes import Note
from partnerflow.people import Directory


def void(found: Note, case: Case, directory: Directory, shown: Shown) -> dict[str, Any]:
    """The note with ``void`` and ``other_leg``; the latter null where the round credited one leg."""
    other = voiding.other_leg(case, found.number)
    body = note(found, ready=True) | {
        "void": _void(case, found.number, directory),
        "other_leg": _other(case, other) if other else None,
        "case": {"ref": case.ref, "stage": case.stage.value, "version": case.version},
    }
    seen: dict[str, Any] = for_reader(body, upstream=shown.reader.sees_upstream)
    return seen


def state(case: Case, number: str) -> str:
    """``issued``, ``void_asked`` or ``void``."""
    if voiding.debit_note(case, number):
        return "void"
    return "void_asked" if voiding.pending(case, number) else "issued"


def _void(case: Case, number: str, directory: Directory) -> dict[str, Any]:
    asked, debit = voiding.pending(case, number), voiding.debit_note(case, number)
    known = directory.people.get(asked.by) if asked else None
    return {
        "state": state(case, number),
        "asked_by": known.name if known else None,
        "asked_at": instant(asked.at) if asked else None,
        "reason": asked.reason if asked else None,
        "debit_note": {
            "number": debit.number,
            "href": document_href(case.ref, debit.kind, debit.number),
            "ready": debit.ready,
        }
        if debit
        else None,
    }


def _other(case: Case, other: Issued) -> dict[str, Any]:
    """Its own system takes back what it issued; ours is voided where ``href`` says."""
    return {
        "number": other.number,
        "leg": other.leg.value,
        "state": state(case, other.number),
        "external": other.external,
        "href": None if other.external else f"/v1/credit-notes/{other.number}/actions/void",
    }
