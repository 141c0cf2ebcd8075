"""The page of one case."""

from datetime import datetime
from typing import Any

from flask import Response, current_app, request

from api.auth import reader
from api.portal import instants
from api.portal.cases import room
from api.portal.cases.choosing import choices
from api.portal.cases.feed import SHOWS, feed
from api.portal.cases.headline import headline
from api.portal.cases.needed import needed
from api.portal.cases.progress import stages
from api.portal.catalogue import known
from api.portal.forms import Said
from api.portal.page import page
from api.portal.spoken import next_sentence, tongue
from api.schemas.shown import agreement, attachments, timeline
from api.schemas.shown import case as shown
from api.v1.precedents import beside
from api.v1.sight import seen_case
from partnerflow.cases import explanation
from partnerflow.cases.ahead import ahead
from partnerflow.cases.model import Case, Stage
from partnerflow.cases.view import View

UNDECIDED = (Stage.ASSESSMENT, Stage.APPROVAL)


@room.get("/cases/<ref>")
def case(ref: str) -> Response:
    """Who has it, what happens next, by when, and what is needed of whoever reads."""
    return case_page(ref)


def case_page(ref: str, said: Said | None = None, sent: str = "") -> Response:
    """The page; ``said`` when the form ``sent`` from it was refused: what was typed there is kept."""
    found, view, at = seen_case(ref)
    seen = shown.case(found, view, shown.Shown(reader(), at, current_app.config["BASE_URL"]))
    if reader().admin_only:
        return page("cases/metadata.html", case=seen)
    may = {each["name"] for each in seen["actions"]}
    return page(
        "cases/case.html",
        case=seen | {"next": next_sentence(found, view, at, partner=_is_partner(found))},
        said=said,
        sent=sent,
        may=may,
        mine=_is_partner(found),
        headline=headline(found, view),
        need=None if _is_partner(found) else needed(found, view, reader().actor, may, at),
        verdict=_verdict(found, view),
        stages=stages(found),
        facts=agreement.facts(found, view.directory),
        documents=documents(found, view),
        ahead=ahead(found, view.policy, view.directory, at),
        now_local=instants.field(at),
        evidence="note" in may and found.open,
        **_history(found, view, at),
        **_inside(found, view, at),
        **choices(found, view, reader().actor, may, at),
    )


def documents(found: Case, view: View) -> list[dict[str, Any]]:
    """Papers and files, as far as this reader may see them."""
    papers = [d for d in shown.documents(found) if reader().sees_upstream or d["leg"] != "upstream"]
    return papers + attachments.attachments(found, view.directory, reader())


def _is_partner(found: Case) -> bool:
    return bool(reader().organisation == (found.reseller or found.distributor))


def _history(found: Case, view: View, at: datetime) -> dict[str, Any]:
    """What happened, as the address asks for it."""
    show, before = _wanted()
    words = timeline.telling(view.directory, found.currency, reader(), at, found.upstream_currency, tongue())
    return {
        "feed": feed(found, words, show, before),
        "show": show,
        "before": before,
        "shows": SHOWS,
    }


def _wanted() -> tuple[str, int | None]:
    """Which part of the timeline the address asks for; what it does not know is everything."""
    show, before = request.args.get("show", ""), request.args.get("before", "")
    number = before.isascii() and before.isdigit() and len(before) < 10
    return (show if show in dict(SHOWS) else "", int(before) if number else None)


def _inside(found: Case, view: View, at: datetime) -> dict[str, Any]:
    """Beside it for those who work on it: how similar ones were decided, and the step to decide."""
    if not reader().staff:
        return {"precedents": None, "step": None}
    return {
        "precedents": beside(found, view, at) if found.stage in UNDECIDED else None,
        "step": found.step.id if found.step else None,
    }


def _verdict(found: Case, view: View) -> list[str]:
    """The words of the policy's clauses that were applied, each once."""
    told = (judged.text for judged in explanation.judged(found, view))
    return list(dict.fromkeys(known(text) for text in told if text))
