"""Deadlines as entries for one's own calendar (RFC 5545): instants in UTC, an id that stays when the instant moves, so
that fetching it again moves the entry instead of adding one."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from flask import Response, current_app
from icalendar import Alarm, Calendar, Event

from api.auth import reader
from api.errors import Problem
from api.portal.kindnesses import room
from api.v1.sight import seen_case, seen_order
from partnerflow.cases import calendar_entry
from partnerflow.cases.contact import Contact
from partnerflow.orders.eligibility import eligibility

MINUTE: Final = timedelta(minutes=1)
AHEAD: Final = timedelta(hours=1)
"""How long before it the calendar reminds."""
NONE: Final = "No deadline is running."


@room.get("/cases/<ref>/deadline.ics")
def case_deadline(ref: str) -> Response:
    """What is due next, as its reader reads it."""
    found, view, at = seen_case(ref)
    if reader().admin_only:
        raise Problem("forbidden", "An admin has no business with deadlines of a case.")
    partner = reader().organisation == (found.reseller or found.distributor)
    due = calendar_entry.entry(found, view.policy, view.directory, at, partner=partner)
    if due is None:
        raise Problem("not-found", NONE)
    title = f"{ref}: {TITLES.get(due.clock, 'next act due')}"
    words = [due.says, _who(due.who)]
    event = _event(f"{ref}-{due.clock}", title, (due.at, due.at), words, f"/cases/{ref}")
    return _file([event], at, found.version, ref)


TITLES: Final = {
    "appeal": "last day to appeal",
    "partner_answer": "answer asked from the partner",
    "step": "decision due",
    "decision": "decision due",
    "pass_through": "credit to be passed on",
    "vat_note": "credit note due",
}


@room.get("/orders/<order_id>/deadline.ics")
def order_deadline(order_id: str) -> Response:
    """The last safe minute of every line that can still be cancelled by itself."""
    found, view, at = seen_order(order_id)
    events = []
    for line in found.lines:
        until = eligibility(found, line, at, view.order_policy).cancellable_until
        if until is not None and until > at:
            title = f"Order {found.number}, line {line.line_no}: last safe minute to cancel"
            says = f"{line.quantity} x {line.sku} can be cancelled in full before this minute ends."
            span = (until - MINUTE, until)
            events.append(
                _event(f"order-{order_id}-{line.line_no}", title, span, [says], f"/orders/{order_id}")
            )
    if not events:
        raise Problem("not-found", NONE)
    return _file(events, at, found.version, found.number)


def _who(contact: Contact | None) -> str:
    if contact is None:
        return "It waits for you."
    reach = ", ".join(part for part in (contact.title, contact.phone, contact.email) if part)
    return f"{contact.name} has it: {reach}"


def _event(name: str, title: str, span: tuple[datetime, datetime], words: list[str], path: str) -> Event:
    base = current_app.config["BASE_URL"]
    event = Event()
    event.add("uid", f"{name}@{urlsplit(base).hostname}")
    event.add("summary", title)
    event.add("dtstart", span[0])
    event.add("dtend", span[1])
    event.add("description", "\n".join([*words, f"{base}{path}"]))
    event.add("url", f"{base}{path}")
    event.add("transp", "TRANSPARENT")
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", title)
    alarm.add("trigger", -AHEAD)
    event.add_component(alarm)
    return event


def _file(events: Iterable[Event], at: datetime, version: int, name: str) -> Response:
    calendar = Calendar()
    calendar.add("prodid", "-//Partnerflow//Deadlines//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    for event in events:
        event.add("dtstamp", at)
        event.add("sequence", version)
        calendar.add_component(event)
    made = Response(calendar.to_ical(), 200, content_type="text/calendar; charset=utf-8")
    safe = "".join(c for c in name if c.isascii() and (c.isalnum() or c in "-_")) or "deadline"
    made.headers["Content-Disposition"] = f'attachment; filename="{safe}.ics"'
    return made
