"""Calendars: who keeps which, one of them as a picture, and how a due instant on it comes about."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from zoneinfo import ZoneInfo

import yaml
from flask import Response

from api.auth import session
from api.commands.calendar_file import until_due
from api.errors import Problem
from api.portal import typed
from api.portal.admin import admin_page, room
from api.portal.admin.asking import asked_for
from api.portal.admin.calendar_picture import hours_of, named, year_of
from api.portal.forms import Said
from api.portal.me import need_me
from api.schemas.fields import Name, Query
from api.schemas.queries import Number
from partnerflow.calendars import describe, explain
from partnerflow.calendars.telling import members
from partnerflow.store import closures, own_calendars
from partnerflow.store.calendars import of_document
from partnerflow.store.closures import Owner, OwnerKind
from partnerflow.store.codec import instant

FIRST, LAST = 2010, 2040
MOST_MINUTES: Final = 100_000


class Looked(Query):
    """Which year; and an allowance from an instant of the calendar's own zone."""

    year = Number(low=FIRST, high=LAST, load_default=None)
    start = Name(data_key="from", load_default=None)
    minutes = Number(low=0, high=MOST_MINUTES, load_default=None)


@dataclass(frozen=True, slots=True)
class Shown:
    """Whose, with the document that holds, and whose hours they are."""

    owner: Owner
    organisation: str
    document: dict[str, Any]
    whose: Owner


@room.get("/admin/calendars")
def calendars() -> Response:
    """Organisations, teams, and persons with hours of their own."""
    directory = need_me().directory
    rows = own_calendars.kept(session())
    shown = [(row, _in_words(row.owner)) for row in rows]
    own = {row.owner.id for row in rows if row.owner.kind is OwnerKind.PERSON}
    others = (p for p in directory.people.values() if p.active and p.id not in own)
    return admin_page("calendars", rows=shown, people=sorted(others, key=lambda p: p.name))


def _in_words(owner: Owner) -> str:
    directory = need_me().directory
    if owner.kind is OwnerKind.PERSON:
        return describe(directory.people[owner.id].calendar)
    if owner.kind is OwnerKind.ORGANISATION:
        return describe(directory.organisations[owner.id].calendar)
    found = own_calendars.document(session(), owner)
    return describe(of_document(found[0], ())) if found else ""


@room.get("/admin/calendars/<kind>/<key>")
def calendar(kind: str, key: str) -> Response:
    """One calendar."""
    return calendar_page(kind, key)


def calendar_page(kind: str, key: str, said: Said | None = None) -> Response:
    """``said`` when something sent from it was refused."""
    shown, asked = need(kind, key), asked_for(Looked())
    zone = str(shown.document["zone"])
    now = need_me().at.astimezone(ZoneInfo(zone))
    year = asked["year"] or min(max(now.year, FIRST), LAST)
    picture = year_of(of_document(shown.document, range(year, year + 1)), year)
    own = {name: shown.document[name] for name in ("zone", "hours", "holidays") if shown.document.get(name)}
    return admin_page(
        "calendar",
        owner=shown.owner,
        name=_name(shown.owner),
        organisation=shown.organisation,
        inherited=shown.whose != shown.owner,
        whose=_name(shown.whose),
        whose_owner=shown.whose,
        words=describe(of_document(shown.document, ())).removesuffix(zone),
        hours=hours_of(of_document(shown.document, ())),
        zone=zone,
        year=year,
        years=(FIRST, LAST),
        months=picture,
        named=named(picture),
        closures=closures.listed(session(), shown.owner, date(year, 1, 1), date(year + 1, 1, 1)),
        start=asked["start"] or now.strftime("%Y-%m-%dT%H:%M"),
        minutes=480 if asked["minutes"] is None else asked["minutes"],
        told=None if asked["minutes"] is None else _explained(shown.document, zone, asked),
        document=yaml.safe_dump(own, sort_keys=False, allow_unicode=True, default_flow_style=None),
        said=said,
    )


def _explained(document: dict[str, Any], zone: str, asked: dict[str, Any]) -> dict[str, Any]:
    """As the API tells how a clock's instant came about, day by day; ``fault`` where it never comes."""
    try:
        start = instant(typed.instant(asked["start"] or "", zone))
    except ValueError:
        raise Problem("invalid-date", "Write the instant as 2027-01-04T09:30.") from None
    seconds = asked["minutes"] * 60
    try:
        return members(explain(until_due(document, start, seconds, ()), start, seconds))
    except (ValueError, OverflowError) as fault:
        return {"fault": str(fault), "steps": []}


def need(kind: str, key: str) -> Shown:
    """``not-found`` for an owner that is none."""
    try:
        owner = Owner(OwnerKind(kind), key)
    except ValueError:
        raise Problem("not-found", "There is no such calendar.") from None
    found, standing = own_calendars.document(session(), owner), closures.standing(session(), owner)
    if found is None or standing is None:
        raise Problem("not-found", "There is no such calendar.")
    return Shown(owner, standing[0], *found)


def _name(owner: Owner) -> str:
    directory = need_me().directory
    if owner.kind is OwnerKind.PERSON:
        return directory.people[owner.id].name
    if owner.kind is OwnerKind.ORGANISATION:
        return directory.organisations[owner.id].name
    return next((row.name for row in own_calendars.kept(session()) if row.owner == owner), owner.id)
