"""The page: what waits for this distributor's word, the oldest first, each with what it would be confirmed by."""

from collections.abc import Iterator
from typing import Any, Final

from flask import Response

from api.auth import reader, session
from api.errors import Problem
from api.portal import instants
from api.portal.forms import Said
from api.portal.me import Me, need_me
from api.portal.page import page
from api.portal.paging import paged
from api.portal.pass_through import room
from api.requests import read_query
from api.schemas.queries import Page
from api.schemas.shown import case as shown_case
from api.schemas.shown.payouts import payouts
from api.schemas.shown.plain import figures, instant, money
from api.v1.sight import own_sight
from partnerflow.cases import clocks, machine
from partnerflow.cases.model import Case
from partnerflow.people import Role
from partnerflow.store import reading
from partnerflow.store.codec import instant as parsed
from partnerflow.store.listing import Place
from partnerflow.store.reports.awaited import Executed, executed
from partnerflow.store.reports.reconciliation import AWAITED, CREDIT_NOTE, PASS_THROUGH, Pair, pairs

EACH: Final = "20"
"""Cases on one page: each is read with all that belongs to it."""
OVER: Final = ("confirmed", "cancelled")


@room.get("/pass-through")
def pass_through() -> Response:
    """What waits for us."""
    return waiting_page()


def waiting_page(said: Said | None = None, of: str = "") -> Response:
    """The page; ``said`` when the form ``of`` (what and case) was refused."""
    who = _need_desk()
    asked = read_query(Page()) | {"limit": EACH} if not said else {"limit": EACH, "cursor": None}
    found = paged(
        "to confirm",
        asked,
        lambda mark, limit: executed(
            session(),
            own_sight(),
            reader().organisation,
            Place(parsed(mark[0]), str(mark[1])) if mark else None,
            limit,
            awaited=True,
        ),
        lambda row: _shown(row, who),
        lambda row: [row.case.opened_at, row.case.ref],
    )
    waits = [item for item in found.items if item["passing"] or item["notes"]]
    paying = [
        payout | {"case_ref": item["case"]["ref"]} for item in found.items for payout in item["payouts"]
    ]
    return page(
        "pass_through/pass_through.html",
        waits=waits,
        paying=paying,
        next=found.next,
        said=said,
        refused_form=of,
        now=instants.field(who.at),
    )


def _need_desk() -> Me:
    if not (reader().kind == "distributor" and Role.DESK in reader().actor.roles):
        raise Problem("forbidden", "Only a distributor's desk confirms what is passed on.")
    return need_me()


def _shown(row: Executed, who: Me) -> dict[str, Any] | None:
    case = row.case
    found = reading.read_case(session(), case.ref)
    if found is None:
        return None
    may = machine.allowed_actions(case, reader().actor, who.at, found[1])
    open_ = [pair for pair in pairs(row) if pair.state == AWAITED]
    clock = case.clock(clocks.PASS_THROUGH)
    return {
        "case": shown_case.summary(case, who.directory, who.at, reader()),
        "passing": next(_passing(case, open_, may, reader().organisation), None),
        "notes": list(_notes(case, open_, may)),
        "due_at": instant(clock.due_at) if clock else None,
        "payouts": [p for p in payouts(case, who.directory, who.at, inside=False) if p["state"] not in OVER],
    }


def _passing(case: Case, open_: list[Pair], may: Any, organisation: str) -> Iterator[dict[str, Any]]:
    for pair in open_:
        if pair.what == PASS_THROUGH and pair.by == organisation and pair.instructed:
            yield {
                "amount": money(pair.instructed.gross, case.currency_of(pair.leg)),
                "since": instant(pair.since),
                "may": "confirm_pass_through" in may,
            }


def _notes(case: Case, open_: list[Pair], may: Any) -> Iterator[dict[str, Any]]:
    """Notes that another system issues, each with what it was told."""
    for pair in open_:
        if pair.what == CREDIT_NOTE and not pair.here and pair.instructed and "confirm_note" in may:
            currency = case.currency_of(pair.leg)
            asked = figures(pair.instructed.net, pair.instructed.tax, currency)
            yield {
                "leg": pair.leg.value,
                "by": pair.by,
                "since": instant(pair.since),
                "currency": currency,
                "instructed": asked,
            }
