"""The page of one case."""

from typing import Any

from flask import Response, current_app

from api.auth import reader, session
from api.portal.cases import room
from api.portal.cases.progress import stages
from api.portal.forms import Said
from api.portal.me import need_me
from api.portal.page import page
from api.schemas.shown import agreement, timeline
from api.schemas.shown import case as shown
from api.v1.precedents import beside
from api.v1.sight import seen_case
from partnerflow.cases.model import Case, Stage
from partnerflow.store import listing_parts

HISTORY = 200
"""How much of the timeline is on the page; the rest is behind it."""


@room.get("/cases/<ref>")
def case(ref: str) -> Response:
    """Who has it, what happens next, by when, and what is needed of whoever reads."""
    return case_page(ref)


def case_page(ref: str, said: Said | None = None) -> Response:
    """The page; ``said`` when something sent from it was refused."""
    found, view, at = seen_case(ref)
    seen = shown.case(found, view, shown.Shown(reader(), at, current_app.config["BASE_URL"]))
    if reader().admin_only:
        return page("cases/metadata.html", case=seen)
    return page(
        "cases/case.html",
        case=seen,
        said=said,
        may={each["name"] for each in seen["actions"]},
        stages=stages(found),
        facts=agreement.facts(found, view.directory),
        documents=[d for d in shown.documents(found) if reader().sees_upstream or d["leg"] != "upstream"],
        feed=_feed(found, view, at),
        precedents=beside(found, view, at) if reader().staff and found.stage in _UNDECIDED else None,
        mine=reader().organisation == (found.reseller or found.distributor),
    )


_UNDECIDED = (Stage.ASSESSMENT, Stage.APPROVAL)


def _feed(found: Case, view: Any, at: Any) -> list[dict[str, Any]]:
    """The newest first: who comes back wants to know what happened since."""
    words = timeline.telling(view.directory, found.currency, reader(), at, found.upstream_currency)
    rows = listing_parts.history(session(), found.ref, 0, HISTORY)
    items = [item for row in rows[:HISTORY] if (item := timeline.item(row, words, reader())) is not None]
    name = need_me().person.name
    return [item | {"group": _group(item["event"]), "own": item["actor"] == name} for item in reversed(items)]


GROUPS = {
    "case.note_added": "messages",
    "case.info_requested": "messages",
    "case.info_received": "messages",
    "case.already_told": "messages",
    "case.proposed": "decisions",
    "case.approved": "decisions",
    "case.approved_in_part": "decisions",
    "case.declined": "decisions",
    "case.step_decided": "decisions",
    "case.appealed": "decisions",
    "case.recalled": "decisions",
    "credit_note.issued": "documents",
    "credit_note.voided": "documents",
    "case.rebill_issued": "documents",
    "case.document_added": "documents",
}


def _group(event: str) -> str:
    return GROUPS.get(event, "other")
