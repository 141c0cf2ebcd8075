"""The inbox, and one step beside it as its deciders see it."""

from typing import Any

from flask import Response

from api.auth import reader, session
from api.errors import Problem
from api.portal.forms import Said
from api.portal.inbox import room
from api.portal.inbox.colleagues import DEPARTMENTS, colleagues
from api.portal.me import need_me
from api.portal.page import page
from api.schemas.shown import agreement
from api.schemas.shown import approval as shown
from api.v1.approvals import STATES, Inbox, candidates, case_of
from api.v1.precedents import beside
from api.v1.sight import seen_case
from partnerflow.cases import clocks
from partnerflow.cases.deciding import version
from partnerflow.cases.model import Case
from partnerflow.policy.terms import DeclineReason
from partnerflow.store import listing

MOST = 100


@room.get("/inbox")
def inbox() -> Response:
    """What waits for this reader; the first of it is open beside the list."""
    _need_staff()
    waiting = _waiting()
    return inbox_page(waiting[0]["id"] if waiting else None, waiting=waiting)


@room.get("/approvals/<step>")
def approval(step: str) -> Response:
    """One step, where a mail leads to; it decides nothing by being opened."""
    return inbox_page(step)


def inbox_page(
    step: str | None, said: Said | None = None, waiting: list[dict[str, Any]] | None = None
) -> Response:
    """The list with one step open; ``said`` when a decision sent from here was refused."""
    _need_staff()
    rows = _waiting() if waiting is None else waiting
    opened = _opened(step) if step else {"step": None}
    return page(
        "inbox/inbox.html", waiting=rows, said=said, declines=[each.value for each in DeclineReason], **opened
    )


def _need_staff() -> None:
    if not reader().staff:
        raise Problem("forbidden", "Only those who work on cases decide.")


def _waiting() -> list[dict[str, Any]]:
    who = need_me()
    rows = listing.list_approvals(
        session(),
        listing.Sight(reader().person),
        None,
        MOST,
        status=STATES["pending"],
        deciders=candidates(who.directory, who.at),
    )
    box = Inbox(who.directory, who.at, mine=True)
    return [found for row in rows[:MOST] if (found := box.show(row[1], row[0])) is not None]


def _opened(step: str) -> dict[str, Any]:
    case, view, at = seen_case(case_of(step))
    found = shown.find(case, step)
    if found is None:
        raise Problem("not-found", "There is no such approval.")
    mine = Inbox(view.directory, at, mine=True).show(case, step) is not None
    return {
        "step": shown.approval(case, found, view, at, reader()),
        "version": version(case, found),
        "precedents": beside(case, view, at),
        "facts": agreement.cited_here(case, view.directory),
        "mine": mine and shown.state_of(found) == "pending",
        "last": _last(case, step),
        "colleagues": colleagues(case, found, view.directory, at),
        "departments": DEPARTMENTS,
        "promised": clock.due_at if (clock := case.clock(clocks.DECISION)) else None,
    }


def _last(case: Case, step: str) -> bool:
    """Whether this step grants: earlier ones endorse."""
    return case.round is not None and case.round.steps[-1].id == step
