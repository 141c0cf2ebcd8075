"""What is still awaited: instructed against confirmed, and what a distributor waits for upstream."""

from typing import Any

from flask import Response

from api.auth import session
from api.openapi import Group
from api.requests import read_query
from api.schemas import reports as asked_for
from api.schemas.shown import awaited as shown
from api.v1.answers import answer, cursor, place
from api.v1.reports import READ, sheet
from api.v1.reports_rights import scope_of
from partnerflow.people import Directory
from partnerflow.store.codec import instant as parsed
from partnerflow.store.listing import Place
from partnerflow.store.reports import awaited as store
from partnerflow.store.reports.exposure import exposed
from partnerflow.store.reports.reconciliation import DIFFERENCES, Pair, pairs

group = Group("awaited", "Reconciliation and exposure.")
LISTS = ("reconciliation", "exposure")
MOST = 1_000
"""Cases on one sheet."""


@group.route(
    "GET",
    "/v1/reports/reconciliation",
    query=asked_for.Reconciliation,
    answers={200: "Instructions with their answers, by case, oldest first; totals of this page."},
    scope=READ,
)
def read_reconciliation() -> Response:
    """Read what was instructed against what was confirmed."""
    return answer(reconciliation(read_query(asked_for.Reconciliation())))


@group.route(
    "GET",
    "/v1/reports/reconciliation.csv",
    query=asked_for.Reconciliation,
    answers={200: "The same as a sheet, of up to 1,000 cases."},
    scope=READ,
    media="text/csv",
)
def read_reconciliation_csv() -> Response:
    """Download the reconciliation."""
    found = reconciliation(read_query(asked_for.Reconciliation()) | {"limit": MOST})
    return sheet("reconciliation", shown.pair_lines(found["items"]))


@group.route(
    "GET",
    "/v1/reports/exposure",
    query=asked_for.Exposure,
    answers={
        200: "Per case what is credited downstream and awaited upstream, oldest first; totals of this page."
    },
    scope=READ,
)
def read_exposure() -> Response:
    """Read what distributors have credited, or are to credit, and still wait for upstream."""
    return answer(exposure(read_query(asked_for.Exposure())))


@group.route(
    "GET",
    "/v1/reports/exposure.csv",
    query=asked_for.Exposure,
    answers={200: "The same as a sheet, of up to 1,000 cases."},
    scope=READ,
    media="text/csv",
)
def read_exposure_csv() -> Response:
    """Download the exposure."""
    found = exposure(read_query(asked_for.Exposure()) | {"limit": MOST})
    return sheet("exposure", shown.exposure_lines(found["items"]))


def reconciliation(asked: dict[str, Any]) -> dict[str, Any]:
    """One page of it, by the query that asks for it."""
    found, following, directory = _cases(asked, LISTS[0], awaited=asked["open"])
    items = [shown.pair(each, pair, directory) for each in found for pair in _kept(each, asked)]
    return {"items": items, "totals": shown.totals(items), "next_cursor": following}


def exposure(asked: dict[str, Any]) -> dict[str, Any]:
    """One page of it, by the query that asks for it."""
    found, following, directory = _cases(asked, LISTS[1], awaited=True)
    items = [shown.exposure(row, directory) for each in found if (row := exposed(each))]
    return {"items": items, "totals": shown.exposure_totals(items), "next_cursor": following}


def _cases(
    asked: dict[str, Any], name: str, *, awaited: bool
) -> tuple[list[store.Executed], str | None, Directory]:
    organisation, sight, directory = scope_of(asked["organisation"])
    mark = place(name, asked["cursor"])
    after = Place(parsed(mark[0]), str(mark[1])) if mark else None
    found = store.executed(session(), sight, organisation, after, asked["limit"], awaited=awaited)
    here = found[: asked["limit"]]
    more = len(found) > len(here)
    following = cursor(name, [here[-1].case.opened_at, here[-1].case.ref]) if more else None
    return here, following, directory


def _kept(found: store.Executed, asked: dict[str, Any]) -> list[Pair]:
    rows = [pair for pair in pairs(found) if asked["state"] in (None, pair.state)]
    return [pair for pair in rows if pair.state in DIFFERENCES] if asked["differences"] else rows
