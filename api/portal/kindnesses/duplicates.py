"""Two cases that ask for the same: found, shown, and closed one as the other's duplicate. What was said on a duplicate
stays readable, there and from the case that goes on."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from flask import Response, request

from api.auth import own_reading, reader, session
from api.errors import Problem, Wrong
from api.portal import forms
from api.portal.forms import Said
from api.portal.kindnesses import room
from api.portal.me import need_me
from api.portal.page import page
from api.portal.spoken import tongue
from api.schemas import cases as bodies
from api.schemas.shown import case as shown
from api.schemas.shown import timeline
from api.v1.sight import may_read, own_sight, seen_case
from partnerflow.cases import duplicates, rights
from partnerflow.cases.commands import CloseCase
from partnerflow.cases.model import Case
from partnerflow.cases.view import View
from partnerflow.policy.terms import RootCause
from partnerflow.store import listing_duplicates, listing_parts, reading

SAID: Final = frozenset(
    {
        "case.note_added",
        "case.call_made",
        "case.document_added",
        "case.info_requested",
        "case.info_received",
        "case.already_told",
    }
)
"""What people said or put there: the rest of a duplicate's history is its own."""
HISTORY: Final = 200
NOBODY: Final = "There is no such case of this partner that it could be a duplicate of."


@dataclass(frozen=True, slots=True)
class Merged:
    """A case that was closed as a duplicate, with what was said on it, as its reader may read it."""

    ref: str
    description: str
    said: tuple[dict[str, Any], ...]


def suggested(case: Case) -> Iterator[dict[str, Any]]:
    """Cases that may be the same request."""
    directory, at = need_me().directory, need_me().at
    for each in duplicates.likely(case, listing_duplicates.near(session(), own_sight(), case)):
        yield shown.summary(each.case, directory, at, reader()) | {"because": each.because}


def merged(case: Case, view: View, at: datetime) -> Iterator[Merged]:
    """What was closed into this case."""
    words = timeline.telling(view.directory, case.currency, reader(), at, case.upstream_currency, tongue())
    for each in listing_duplicates.closed_into(session(), own_sight(), case):
        if may_read(reader(), each, view, at):
            rows = listing_parts.history(session(), each.ref, 0, HISTORY)
            items = [timeline.item(row, words, reader()) for row in rows if row.kind in SAID]
            yield Merged(each.ref, each.description, tuple(item for item in items if item))


def into(case: Case) -> str | None:
    """The case that this one is a duplicate of, if its reader may read that one."""
    if case.duplicate_of is None:
        return None
    found = reading.read_case(session(), case.duplicate_of)
    return case.duplicate_of if found and may_read(reader(), *found) else None


@room.get("/cases/<ref>/duplicate")
def duplicate(ref: str) -> Response:
    """Both side by side, before anything is closed."""
    return _page(ref, request.args.get("of", ""))


@room.post("/cases/<ref>/duplicate")
def merge(ref: str) -> Response:
    """Close this one as the other's duplicate; on to the one that goes on."""
    of = request.form.get("duplicate_of", "").strip()
    return forms.attempt(lambda: _close(ref), f"/cases/{of}", lambda said: _page(ref, of, said))


def _close(ref: str) -> Any:
    sent = forms.body(bodies.CloseBody())
    stated = sent["duplicate_of"] or ""
    with own_reading() as opened:
        own, other = (reading.read_case(opened, each) for each in (ref, stated))
    if own is None:
        raise Problem("not-found", "There is no such case.")
    if other is None or not may_read(reader(), *other) or not _fits(own[0], other[0]):
        raise Problem("invalid-parameter", NOBODY, [Wrong("/duplicate_of", NOBODY)])
    return forms.hand(CloseCase(sent["root_cause"], stated), f"case/{ref}")


def _fits(case: Case, other: Case) -> bool:
    """Of the same partner, another one, and not void itself."""
    same = (case.reseller, case.distributor) == (other.reseller, other.distributor)
    return same and case.ref != other.ref and other.outcome not in duplicates.VOID


def _page(ref: str, of: str, said: Said | None = None) -> Response:
    found, view, at = seen_case(ref)
    if not rights.may(CloseCase, found, reader().actor, view.directory, at):
        raise Problem("forbidden", "Only its owner and case managers close a case as a duplicate.")
    other = reading.read_case(session(), of) if of else None
    fits = other is not None and may_read(reader(), *other) and _fits(found, other[0])
    here = shown.summary(found, view.directory, at, reader()) | {"lines": _lines(found), "open": found.open}
    there = _beside(other[0], view, at) if fits and other else None
    return page(
        "kindnesses/duplicate.html",
        case=here | {"description": found.description},
        other=there,
        likely=list(suggested(found)),
        causes=[cause.value for cause in RootCause],
        said=said or (Said("invalid-parameter", NOBODY) if of and not fits else None),
    )


def _beside(other: Case, view: View, at: datetime) -> dict[str, Any]:
    seen = shown.summary(other, view.directory, at, reader())
    return seen | {"lines": _lines(other), "description": other.description}


def _lines(case: Case) -> list[dict[str, Any]]:
    return [shown.portion(each, case.currency) for each in case.asked]
