"""Statements: what happened between an organisation and its partners in a period."""

from datetime import date, timedelta
from typing import Any, Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flask import Blueprint, Response

from api.auth import reader
from api.portal.finance.tabs import tabs
from api.portal.me import Me, need_me
from api.portal.page import page
from api.portal.words import marked as _
from api.requests import read_query
from api.schemas.queries import Word
from api.schemas.reports import Period
from api.v1.reports_rights import PARTNER_KINDS, need_money, organisation_of
from api.v1.reports_statement import statement
from api.v1.sight import own_sight

room = Blueprint("statements", __name__)

PERIODS: Final = {
    "month": _("This month"),
    "last": _("Last month"),
    "quarter": _("This quarter"),
    "own": _("Own dates"),
}


class Statements(Period):
    period = Word(tuple(PERIODS), load_default="month")


@room.get("/statements")
def statements() -> Response:
    """The operator's finance choose a partner first; partners read their own."""
    staff, who, asked = need_money(), need_me(), read_query(Statements())
    houses = _houses(who) if staff else []
    kept = {"organisation": asked["organisation"]} if asked["organisation"] else {}
    if staff and asked["organisation"] is None:
        return page(
            "statements/statements.html", found=None, asked=asked, houses=houses, periods=[], tabs=tabs()
        )
    of = organisation_of(asked["organisation"], PARTNER_KINDS)
    since, until = days(asked, who.at.astimezone(ZoneInfo(of.zone)).date())
    dates = {"from": since.isoformat(), "to": until.isoformat()} if since and until else {}
    return page(
        "statements/statements.html",
        found=statement({"organisation": asked["organisation"], "since": since, "until": until}),
        asked=asked,
        houses=houses,
        periods=[
            (name, label, f"/statements?{urlencode(kept | {'period': name})}")
            for name, label in PERIODS.items()
        ],
        query=urlencode(kept | dates),
        tabs=tabs() if staff or reader().kind == "distributor" else [],
    )


def days(asked: dict[str, Any], today: date) -> tuple[date | None, date | None]:
    """The first and the last day of what is asked for, both included; a running period ends today."""
    first = today.replace(day=1)
    if asked["period"] == "own" or asked["since"] or asked["until"]:
        return asked["since"], asked["until"]
    if asked["period"] == "last":
        end = first - timedelta(days=1)
        return end.replace(day=1), end
    if asked["period"] == "quarter":
        return first.replace(month=(today.month - 1) // 3 * 3 + 1), today
    return first, today


def _houses(who: Me) -> list[tuple[str, str]]:
    """Those of the reader's region."""
    countries = own_sight().countries
    known = who.directory.organisations.values()
    here = [
        o for o in known if o.kind.value in PARTNER_KINDS and (countries is None or o.country in countries)
    ]
    return sorted(((o.code, o.name) for o in here), key=lambda each: each[1])
