"""What an admin does with calendars: hours set or inherited, days closed and opened again."""

from datetime import date, timedelta
from typing import Any, Final

from flask import Response, request

from api.auth import own_reading
from api.commands.calendar_file import parse
from api.errors import Problem, Wrong
from api.portal import forms
from api.portal.admin import done, room
from api.portal.admin.calendars import calendar_page
from api.portal.words import marked as _
from api.schemas.fields import Body, Name
from api.schemas.reports import Day
from partnerflow import desk
from partnerflow.desk.calendars import SetCalendar
from partnerflow.desk.closures import AddClosures, ClosedDay
from partnerflow.store import closures
from partnerflow.store.calendars import CalendarFault
from partnerflow.store.closures import Owner, OwnerKind

BY_HAND: Final = ""
"""The source of what an admin closes; files have names of their own."""
LONGEST: Final = 62


class ClosureBody(Body):
    """``last`` is closed too; by default one day."""

    first = Day(required=True)
    last = Day(load_default=None)
    name = Name(required=True)


@room.post("/admin/calendars/<kind>/<key>/closures")
def close(kind: str, key: str) -> Response:
    """Close days; what was closed by hand in that time gives way."""

    def send() -> desk.Outcome:
        owner, organisation = _owner(kind, key)
        sent = forms.body(ClosureBody())
        first, last = sent["first"], sent["last"] or sent["first"]
        if not first <= last < first + timedelta(days=LONGEST):
            raise Problem("invalid-date", "The last day comes after the first, at most two months.")
        count = (last - first).days + 1
        days = tuple(ClosedDay(first + timedelta(days=no), sent["name"].strip()) for no in range(count))
        command = AddClosures(owner, BY_HAND, first, last + timedelta(days=1), days)
        return done(
            forms.hand(command, f"calendar/{organisation}"),
            _("Closed. Due instants that stand are not moved."),
        )

    return _then(kind, key, send)


@room.post("/admin/calendars/<kind>/<key>/closures/<day>/open")
def open_again(kind: str, key: str, day: str) -> Response:
    """A day that was closed by hand is open again."""

    def send() -> desk.Outcome:
        owner, organisation = _owner(kind, key)
        try:
            which = date.fromisoformat(day)
        except ValueError:
            raise Problem("not-found", "There is no such day.") from None
        command = AddClosures(owner, BY_HAND, which, which + timedelta(days=1), ())
        return done(forms.hand(command, f"calendar/{organisation}"), _("Open again."))

    return _then(kind, key, send)


@room.post("/admin/calendars/<kind>/<key>/hours")
def set_hours(kind: str, key: str) -> Response:
    """Zone, hours and holidays as a document; or those of what is above."""

    def send() -> desk.Outcome:
        owner, organisation = _owner(kind, key)
        document = None if request.form.get("do") == "inherit" else _document()
        outcome = forms.hand(SetCalendar(owner, document), f"calendar/{organisation}")
        return done(outcome, _("Set. Due instants that stand are not moved."))

    return _then(kind, key, send)


def _document() -> dict[str, Any]:
    try:
        found = parse(request.form.get("document", "").replace("\r\n", "\n"), "document")
    except CalendarFault as fault:
        raise Problem("invalid-parameter", f"{fault}.", [Wrong("/document", f"{fault}.")]) from None
    if not isinstance(found, dict):
        raise Problem(
            "invalid-parameter", "Write zone, hours and holidays.", [Wrong("/document", "No mapping.")]
        )
    return found


def _owner(kind: str, key: str) -> tuple[Owner, str]:
    """With its organisation; ``not-found`` for one that is none."""
    try:
        owner = Owner(OwnerKind(kind), key)
    except ValueError:
        raise Problem("not-found", "There is no such calendar.") from None
    with own_reading() as opened:
        found = closures.standing(opened, owner)
    if found is None:
        raise Problem("not-found", "There is no such calendar.")
    return owner, found[0]


def _then(kind: str, key: str, send: Any) -> Response:
    year = request.form.get("first", "")[:4] or request.form.get("year", "")
    there = f"/admin/calendars/{kind}/{key}" + (f"?year={year}" if year.isascii() and year.isdigit() else "")
    return forms.attempt(send, there, lambda said: calendar_page(kind, key, said))
