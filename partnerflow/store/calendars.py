"""The one reading of a calendar document: of the directory's rows, and of files on the command line.

Public holidays come from the ``holidays`` library. A day is closed if it is a public holiday of the country and
subdivision or stands under ``also``, unless it stands under ``not``; and then by every closure, whatever ``not`` says.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any, Final

import holidays
from holidays.registry import EntityLoader

from partnerflow.calendars import Calendar, DayKind, DayReason, week, with_closures

YEARS: Final = range(2009, 2042)
"""The directory's holidays are resolved for these years; outside them only weekends are free."""

DOCUMENT: Final = ("zone", "hours", "holidays", "closures")
HOLIDAYS: Final = ("country", "subdivision", "language", "also", "not")
Closures = tuple[tuple[date, str], ...]
"""Day and name of each."""


class CalendarFault(ValueError):
    """The document is no calendar: ``member`` says where, ``message`` what is wrong and what would be right."""

    def __init__(self, member: str, message: str) -> None:
        super().__init__(f"{member}: {message}")
        self.member = member
        self.message = message


def calendar(
    zone: str, hours: Mapping[str, Any], free: Mapping[str, Any], closures: Closures = ()
) -> Calendar:
    """Hours and holidays of a row of the directory, and its closures. Equal ones are one object."""
    return _calendar(zone, json.dumps(hours, sort_keys=True), json.dumps(free, sort_keys=True), closures)


@lru_cache(maxsize=4096)
def _calendar(zone: str, hours: str, free: str, closures: Closures) -> Calendar:
    if closures:
        return with_closures(_calendar(zone, hours, free, ()), closures)
    return build(zone, json.loads(hours), json.loads(free), YEARS)


def of_document(document: object, years: Iterable[int]) -> Calendar:
    """A calendar from {zone, hours, holidays, closures}, the last two optional; CalendarFault."""
    if not isinstance(document, Mapping):
        raise CalendarFault("calendar", f"must be a mapping with {', '.join(DOCUMENT)}")
    for name in document:
        if name not in DOCUMENT:
            raise CalendarFault(str(name), f"is unknown here; known are {', '.join(DOCUMENT)}")
    for name, example in (("zone", "Europe/London"), ("hours", '{mon-fri: ["09:00-17:30"]}')):
        if document.get(name) is None:
            raise CalendarFault(name, f"is missing; give it as in {name}: {example}")
    found = build(document["zone"], document["hours"], document.get("holidays") or {}, years)
    return with_closures(found, _closures(document.get("closures") or {}))


def _closures(said: object) -> Closures:
    if not isinstance(said, Mapping):
        raise CalendarFault("closures", "must give days their names, such as 2027-08-16: Stocktaking")
    return tuple((_day(f"closures.{day}", day), str(name or "")) for day, name in said.items())


def build(zone: object, hours: object, free: object, years: Iterable[int]) -> Calendar:
    """A calendar from the members of its document, with the public holidays of ``years``; CalendarFault."""
    reasons = _special(free, years)
    closed = [day for day, reason in reasons.items() if reason.kind is not DayKind.WORKED]
    open_ = _week(zone, hours)
    return Calendar(open_.zone, open_.hours, frozenset(closed), {day: (r,) for day, r in reasons.items()})


def _week(zone: object, hours: object) -> Calendar:
    if not isinstance(zone, str):
        raise CalendarFault("zone", f"must be an IANA time zone such as Europe/London, not {zone!r}")
    try:
        bare = week(zone, {})
    except ValueError:
        message = f"unknown time zone {zone!r}; take an IANA name such as Europe/London"
        raise CalendarFault("zone", message) from None
    if not isinstance(hours, Mapping):
        raise CalendarFault("hours", 'must give days their intervals, such as mon-fri: ["09:00-17:30"]')
    for days, intervals in hours.items():
        if not isinstance(intervals, list | tuple) or not all(isinstance(text, str) for text in intervals):
            raise CalendarFault(f"hours.{days}", 'must be a list of intervals such as ["09:00-17:30"]')
        _one_week(f"hours.{days}", bare.zone, {str(days): intervals})
    return _one_week("hours", bare.zone, {str(days): intervals for days, intervals in hours.items()})


def _one_week(member: str, zone: str, hours: Mapping[str, Any]) -> Calendar:
    try:
        return week(zone, hours)
    except ValueError as fault:
        raise CalendarFault(member, str(fault)) from None


def _special(free: object, years: Iterable[int]) -> dict[date, DayReason]:
    """What is said of single days, ``not`` last."""
    if not isinstance(free, Mapping):
        raise CalendarFault("holidays", f"must be a mapping with any of {', '.join(HOLIDAYS)}")
    for name in free:
        if name not in HOLIDAYS:
            raise CalendarFault(f"holidays.{name}", f"is unknown here; known are {', '.join(HOLIDAYS)}")
    found = {day: DayReason(DayKind.HOLIDAY, name) for day, name in _public(free, tuple(years)).items()}
    for day in _days(free, "also"):
        found.setdefault(day, DayReason(DayKind.EXTRA))
    for day in _days(free, "not"):
        if day in found:
            found[day] = DayReason(DayKind.WORKED, found[day].name)
    return found


def _days(free: Mapping[str, Any], name: str) -> list[date]:
    member, said = f"holidays.{name}", free.get(name)
    if said is None:
        return []
    if not isinstance(said, list | tuple):
        raise CalendarFault(member, 'must be a list of dates such as ["2027-12-24"]')
    return [_day(f"{member}[{index}]", each) for index, each in enumerate(said)]


def _day(member: str, said: object) -> date:
    if type(said) is date:
        return said
    try:
        if isinstance(said, str) and len(said) == len("2027-12-24"):
            return date.fromisoformat(said)
    except ValueError:
        pass
    raise CalendarFault(member, f"{said!r} is not a date such as 2027-12-24")


def _public(free: Mapping[str, Any], years: tuple[int, ...]) -> Mapping[date, str]:
    country, subdivision, language = (_code(free, name) for name in ("country", "subdivision", "language"))
    if country is None:
        for name, said in (("subdivision", subdivision), ("language", language)):
            if said is not None:
                raise CalendarFault(f"holidays.{name}", "needs a country beside it, such as GB")
        return {}
    return public_holidays(country, subdivision, language, years)


def _code(free: Mapping[str, Any], name: str) -> str | None:
    said = free.get(name)
    if said is None or isinstance(said, str):
        return said
    hint = "; quote it: YAML reads a bare NO as false" if said is False else ""
    raise CalendarFault(f"holidays.{name}", f"must be a code, not {said!r}{hint}")


@lru_cache(maxsize=256)
def public_holidays(
    country: str, subdivision: str | None, language: str | None, years: tuple[int, ...]
) -> Mapping[date, str]:
    """Day -> name, in ``language`` or else in US English, as far as the country's are translated; CalendarFault."""
    known = sorted(EntityLoader.get_country_codes(include_aliases=False))
    if country not in EntityLoader.get_country_codes():
        message = f"no public holidays are known of {country!r}; known are {', '.join(known)}"
        raise CalendarFault("holidays.country", message)
    kind = getattr(holidays, country)
    _check("subdivision", subdivision, (*kind.subdivisions, *kind.subdivisions_aliases), country)
    _check("language", language, kind.supported_languages, country)
    return dict(kind(subdiv=subdivision, years=years, language=language or "en_US"))


def _check(name: str, said: str | None, known: Iterable[str], country: str) -> None:
    choice = sorted(known)
    if said is not None and said not in choice:
        of = (
            f"known of {country} are {', '.join(choice)}"
            if choice
            else f"{country} has none here; leave it out"
        )
        raise CalendarFault(f"holidays.{name}", f"unknown {name} {said!r}; {of}")
