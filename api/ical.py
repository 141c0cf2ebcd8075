"""An iCal file (RFC 5545) as days on which somebody is closed: its whole days, recurring ones written out."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Final, cast
from zoneinfo import ZoneInfo

import recurring_ical_events
from icalendar import Calendar, Event

_DAY: Final = timedelta(days=1)
UNNAMED: Final = "closed"
LONGEST_NAME: Final = 200


class UnusableCalendar(Exception):
    """The file is no iCal calendar; the sentence says why."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An event that closes nothing, and why."""

    name: str
    when: str
    reason: str


@dataclass(frozen=True, slots=True)
class Days:
    """``source`` as the file names itself; ``closed`` by day, in order, with the names of all events on it."""

    source: str
    closed: tuple[tuple[date, str], ...]
    left_out: tuple[LeftOut, ...]


def read(content: bytes, zone: ZoneInfo, since: date, until: date) -> Days:
    """The whole days from ``since`` to before ``until``; raises UnusableCalendar.

    Whole is what has dates, and what runs from midnight to midnight in ``zone``: some programs write it so.
    """
    calendars = _parsed(content)
    closed: dict[date, list[str]] = {}
    left_out: list[LeftOut] = []
    for calendar in calendars:
        for series in _series(calendar):
            try:
                _take(series, zone, (since, until), closed, left_out)
            except (ValueError, KeyError, TypeError) as fault:
                left_out.append(_left(series[0], f"it cannot be read: {fault}"))
    days = ((day, " / ".join(dict.fromkeys(closed[day]))[:LONGEST_NAME]) for day in sorted(closed))
    return Days(_source(calendars[0]), tuple(days), tuple(left_out))


def _parsed(content: bytes) -> list[Calendar]:
    try:
        found = [each for each in Calendar.from_ical(content, multiple=True) if each.name == "VCALENDAR"]
    except ValueError as fault:
        raise UnusableCalendar(f"it is no iCal file: {fault}") from fault
    if not found:
        raise UnusableCalendar("it is no iCal file: it has no VCALENDAR")
    return found


def _source(calendar: Calendar) -> str:
    """What stays the same when the calendar is exported again: its own id, else the program and the name."""
    for name in ("UID", "X-WR-RELCALID"):
        if name in calendar:
            return str(calendar[name])
    named = (str(calendar[name]) for name in ("PRODID", "NAME", "X-WR-CALNAME") if name in calendar)
    return " ".join(named) or "iCal"


def _series(calendar: Calendar) -> Iterator[list[Event]]:
    """The events of one UID together: a recurring one and what is said of single occurrences."""

    def uid(event: Event) -> str:
        return str(event.get("UID", id(event)))

    for _, events in groupby(sorted(cast("list[Event]", calendar.walk("VEVENT")), key=uid), key=uid):
        yield list(events)


def _take(
    series: list[Event],
    zone: ZoneInfo,
    within: tuple[date, date],
    closed: dict[date, list[str]],
    left_out: list[LeftOut],
) -> None:
    broken = next((f"{name}: {fault}" for event in series for name, fault in event.errors), None)
    if broken:
        raise ValueError(broken)
    if not any(_whole_days(event, zone) for event in series):
        if any(_may_matter(event, within[0]) for event in series):
            left_out.append(_left(series[0], "it has a time of day; only whole days close"))
        return
    for event in _occurrences(series, *within):
        if str(event.get("STATUS", "")).upper() == "CANCELLED":
            left_out.append(_left(event, "it is cancelled"))
        elif span := _whole_days(event, zone):
            name = " ".join(str(event.get("SUMMARY", "")).split()) or UNNAMED
            for day in _between(max(span[0], within[0]), min(span[1], within[1])):
                closed.setdefault(day, []).append(name)
        else:
            left_out.append(_left(event, "it has a time of day; only whole days close"))


def _occurrences(series: Iterable[Event], since: date, until: date) -> list[Event]:
    alone = Calendar()
    for event in series:
        alone.add_component(event)
    found = recurring_ical_events.of(alone).between(since, until)
    return sorted(cast("list[Event]", found), key=lambda event: event.start.isoformat())


def _whole_days(event: Event, zone: ZoneInfo) -> tuple[date, date] | None:
    """First day and the day after the last; None if it has a time of day."""
    begins, ends = event.start, event.end
    if not isinstance(begins, datetime) or not isinstance(ends, datetime):
        return begins, max(ends, begins + _DAY)
    first, last = (at.astimezone(zone) if at.tzinfo else at for at in (begins, ends))
    whole = first.time() == last.time() == time() and first.date() < last.date()
    return (first.date(), last.date()) if whole else None


def _may_matter(event: Event, since: date) -> bool:
    """What is over needs no mention."""
    begins = event.start
    return "RRULE" in event or (begins.date() if isinstance(begins, datetime) else begins) >= since


def _between(first: date, last: date) -> Iterator[date]:
    while first < last:
        yield first
        first += _DAY


def _left(event: Event, reason: str) -> LeftOut:
    name = " ".join(str(event.get("SUMMARY", "")).split()) or UNNAMED
    try:
        return LeftOut(name, event.start.isoformat(), reason)
    except ValueError:
        return LeftOut(name, "", reason)
