"""A credit note that is to be void: who asked and who agreed, the debit note, and the other leg, also asked about."""

from typing import Any

from api.schemas.shown.case import Shown, document_href
from api.schemas.shown.note import note
from api.schemas.shown.plain import instant
from api.seen import for_reader
from partnerflow.cases import voiding
from partnerflow.cases.model import Case, Issued
from partnerflow.cases.money_parts import VoidAsked
from partnerflow.credits.notes import Note
from partnerflow.people import Directory


def void(found: Note, case: Case, directory: Directory, shown: Shown) -> dict[str, Any]:
    """The note with ``void`` and ``other_leg``; the latter null where the round credited one leg."""
    other = voiding.other_leg(case, found.number)
    body = note(found, ready=True) | {
        "void": standing(case, found.number, directory, asked=True),
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


def standing(case: Case, number: str, directory: Directory, *, asked: bool) -> dict[str, Any]:
    """Whether the note still counts; ``asked``: the reader is told that one person of finance wants it void."""
    pending, debit = voiding.pending(case, number) if asked else None, voiding.debit_note(case, number)
    return _asked(pending, directory) | {
        "state": "void" if debit else "void_asked" if pending else "issued",
        "debit_note": {
            "number": debit.number,
            "href": document_href(case.ref, debit.kind, debit.number),
            "ready": debit.ready,
        }
        if debit
        else None,
    }


def _asked(pending: VoidAsked | None, directory: Directory) -> dict[str, Any]:
    known = directory.people.get(pending.by) if pending else None
    return {
        "asked_by": known.name if known else None,
        "asked_at": instant(pending.at) if pending else None,
        "reason": pending.reason if pending else None,
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
