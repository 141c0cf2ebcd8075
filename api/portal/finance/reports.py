"""Exposure and reconciliation, page by page, each with its sheet."""

from typing import Any
from urllib.parse import urlencode

from flask import Response, request

from api.portal.finance import room
from api.portal.finance.tabs import tabs
from api.portal.me import need_me
from api.portal.page import page
from api.portal.paging import address
from api.requests import read_query
from api.schemas import reports as asked_for
from api.v1.reports_awaited import exposure as exposure_of
from api.v1.reports_awaited import reconciliation as reconciliation_of
from api.v1.reports_rights import need_money
from partnerflow.people import OrganisationKind


@room.get("/finance/exposure")
def exposure() -> Response:
    """What distributors have credited, or are to credit, and still wait for upstream."""
    asked = read_query(asked_for.Exposure())
    found = exposure_of(asked)
    return _page("finance/exposure.html", found, asked)


@room.get("/finance/reconciliation")
def reconciliation() -> Response:
    """What was instructed against what was confirmed."""
    asked = read_query(asked_for.Reconciliation())
    return _page("finance/reconciliation.html", reconciliation_of(asked), asked)


def _page(template: str, found: dict[str, Any], asked: dict[str, Any]) -> Response:
    following = address(found["next_cursor"]) if found["next_cursor"] else None
    return page(
        template,
        tabs=tabs(),
        found=found,
        asked=asked,
        next=following,
        sheet=_sheet(),
        distributors=_distributors(),
    )


def _sheet() -> str:
    """What the sheet is asked by: this page's filters."""
    kept = {name: value for name, value in request.args.items() if name not in ("cursor", "limit")}
    return f"?{urlencode(kept)}" if kept else ""


def _distributors() -> list[tuple[str, str]]:
    """Whom the operator's finance may choose; a distributor reads its own."""
    if not need_money():
        return []
    known = need_me().directory.organisations.values()
    found = [(o.code, o.name) for o in known if o.kind is OrganisationKind.DISTRIBUTOR]
    return sorted(found, key=lambda each: each[1])
