"""What a dossier is made of: the case as its reader sees it, with facts, explanation, documents and whole history."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from flask import current_app

from api.auth import reader, session
from api.errors import Problem
from api.portal.spoken import next_sentence, tongue
from api.schemas.shown import agreement, attachments, explanation, timeline
from api.schemas.shown import case as shown
from api.v1.sight import seen_case
from partnerflow.cases.model import Case
from partnerflow.cases.view import View
from partnerflow.store import case_history, history, listing_parts

MOST: Final = 5_000
"""Events of one case that are told: no case of people comes near it."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """One reading in one transaction; ``head`` is the number and the hash of the last event of the whole history,
    also of those this reader does not get."""

    case: Case
    view: View
    at: datetime
    shown: dict[str, Any]
    facts: list[dict[str, Any]]
    explanation: dict[str, Any]
    documents: list[dict[str, Any]]
    timeline: list[dict[str, Any]]
    head: tuple[int, str]


def gather(ref: str) -> Gathered:
    """Problem where this reader may not read the case, or is only an admin."""
    found, view, at = seen_case(ref)
    if reader().admin_only:
        raise Problem("forbidden", "An admin has no business with amounts and anybody's words.")
    deciding = case_history.history(session(), ref, case_history.DECIDING)
    papers = [d for d in shown.documents(found) if reader().sees_upstream or d["leg"] != "upstream"]
    return Gathered(
        case=found,
        view=view,
        at=at,
        shown=_shown(found, view, at),
        facts=agreement.facts(found, view.directory),
        explanation=explanation.explanation(found, view, deciding, reader(), at),
        documents=papers + attachments.attachments(found, view.directory, reader()),
        timeline=_timeline(found, view, at),
        head=history.head_of(session(), ref),
    )


def _shown(found: Case, view: View, at: datetime) -> dict[str, Any]:
    seen = shown.case(found, view, shown.Shown(reader(), at, current_app.config["BASE_URL"]))
    partner = reader().organisation == (found.reseller or found.distributor)
    return seen | {"next": next_sentence(found, view, at, partner=partner)}


def _timeline(found: Case, view: View, at: datetime) -> list[dict[str, Any]]:
    words = timeline.telling(view.directory, found.currency, reader(), at, found.upstream_currency, tongue())
    rows = listing_parts.history(session(), found.ref, 0, MOST)
    return [item for row in rows if (item := timeline.item(row, words, reader())) is not None]
