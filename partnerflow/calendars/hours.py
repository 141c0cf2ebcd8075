"""Calendars as data: zone, weekly hours, closed dates; read from and written as text."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import lru_cache

from partnerflow.calendars.local import WEEKDAYS, zone_of

DAY = 86_400
_CLOCK = re.compile(r"([01]\d|2[0-4]):([0-5]\d)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Interval:
    """Working time in seconds of the local day, half-open.

    An `end` that is over 86,400, or not after `start`, lies on the next day.
    """

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < DAY or not 0 <= self.end <= self.start + DAY:
            raise ValueError(
                f"an interval starts in its day and lasts 24 h at most: {self.start}-{self.end} s"
            )

    @property
    def until(self) -> int:
        """The end in seconds since the midnight before `start`, so always after `start`."""
        return self.end if self.end > self.start else self.end + DAY

    def __str__(self) -> str:
        end = self.until if self.until <= DAY else self.until - DAY
        return f"{_clock_text(self.start)}-{_clock_text(end)}"


class DayKind(StrEnum):
    """Why a day is not an ordinary one. ``worked_holiday``: one on which the calendar works; the others close.

    ``no_hours``: the weekday has none, which explanations add by themselves.
    """

    HOLIDAY = "holiday"
    EXTRA = "extra_day"
    CLOSURE = "closure"
    WORKED = "worked_holiday"
    NO_HOURS = "no_hours"


@dataclass(frozen=True, slots=True)
class DayReason:
    """``name`` as a reader is told it: "Good Friday", "Stocktaking"; '' for an extra day, which has none."""

    kind: DayKind
    name: str = ""


@dataclass(frozen=True, slots=True)
class Calendar:
    """IANA zone, the intervals of the 7 weekdays (Monday first), and the holidays and closures as dates.

    ``reasons`` say why, for explanations alone: calendars that differ only in words are equal.
    """

    zone: str
    hours: tuple[tuple[Interval, ...], ...]
    closed: frozenset[date] = frozenset()
    reasons: Mapping[date, tuple[DayReason, ...]] = field(default_factory=dict, repr=False, compare=False)
    _hash: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if len(self.hours) != len(WEEKDAYS):
            raise ValueError(f"a calendar has the hours of 7 weekdays, not {len(self.hours)}")
        zone_of(self.zone)
        object.__setattr__(self, "_hash", hash((self.zone, self.hours, self.closed)))

    def __hash__(self) -> int:
        # Every look into the caches behind a calendar hashes it: worked out once, not for each of them.
        return self._hash


def week(zone: str, hours: Mapping[str, Sequence[str]], closed: Iterable[date] = ()) -> Calendar:
    """A calendar from `{"mon-fri": ["09:00-12:30", "13:00-17:30"], "sat,sun": ["22:00-06:00"]}`.

    Days not named have no hours; intervals that touch become one. ValueError, with a sentence, for an unknown
    zone or day, a day given twice, a time that is none, or overlapping intervals.
    """
    by_day: dict[int, tuple[Interval, ...]] = {}
    for days, texts in hours.items():
        intervals = _joined(_interval(text) for text in texts)
        for day in _days(days):
            if day in by_day:
                raise ValueError(f"{WEEKDAYS[day]} is given twice")
            by_day[day] = intervals
    return Calendar(zone, tuple(by_day.get(day, ()) for day in range(7)), frozenset(closed))


def with_closures(calendar: Calendar, closures: Sequence[tuple[date, str]]) -> Calendar:
    """The calendar, closed on these days as well, each with its name, whatever it said of them before."""
    reasons = dict(calendar.reasons)
    for day, name in closures:
        reasons[day] = (*reasons.get(day, ()), DayReason(DayKind.CLOSURE, name))
    closed = calendar.closed | {day for day, _ in closures}
    return Calendar(calendar.zone, calendar.hours, closed, reasons)


def always(zone: str = "UTC") -> Calendar:
    """Open around the clock, every day."""
    return Calendar(zone, ((Interval(0, DAY),),) * 7)


@lru_cache(maxsize=1024)
def describe(calendar: Calendar) -> str:
    """Such as "Mon-Fri 09:00-12:30, 13:00-17:30; Sat 10:00-14:00 Europe/London", without the closed dates."""
    days_of: dict[tuple[Interval, ...], list[int]] = {}
    for day, intervals in enumerate(calendar.hours):
        if intervals:
            days_of.setdefault(intervals, []).append(day)
    parts = [f"{_days_text(days)} {', '.join(map(str, each))}" for each, days in days_of.items()]
    text = "; ".join(parts) or "closed"
    return f"{'24/7' if text == 'Mon-Sun 00:00-24:00' else text} {calendar.zone}"


def _joined(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """In order, with those that touch made one; ValueError if two overlap."""
    joined: list[Interval] = []
    for each in sorted(intervals, key=lambda interval: interval.start):
        if joined and each.start < joined[-1].until:
            raise ValueError(f"{joined[-1]} and {each} overlap")
        touches = joined and each.start == joined[-1].until
        joined.append(Interval(joined.pop().start, each.until) if touches else each)
    return tuple(joined)


def _interval(text: str) -> Interval:
    start, dash, end = text.replace(" ", "").partition("-")
    if not dash:
        raise ValueError(f"{text!r} is not an interval such as 09:00-17:30")
    return Interval(_seconds(start), _seconds(end))


def _seconds(text: str) -> int:
    match = _CLOCK.fullmatch(text)
    seconds = int(match[1]) * 3600 + int(match[2]) * 60 if match else DAY + 1
    if seconds > DAY:
        raise ValueError(f"{text!r} is not a time from 00:00 to 24:00")
    return seconds


def _clock_text(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}"


def _days(text: str) -> list[int]:
    """The weekdays of "mon-fri", "sat" or "mon,wed"; a range may run over the weekend ("fri-mon")."""
    days: list[int] = []
    for part in text.replace(" ", "").split(","):
        first, dash, last = part.partition("-")
        start, end = _weekday(first), _weekday(last if dash else first)
        days += [(start + step) % 7 for step in range((end - start) % 7 + 1)]
    return days


def _weekday(text: str) -> int:
    if text.capitalize() not in WEEKDAYS:
        raise ValueError(f"{text!r} is not a weekday such as mon")
    return WEEKDAYS.index(text.capitalize())


def _days_text(days: Sequence[int]) -> str:
    """Weekday numbers in order, as runs: "Mon, Wed-Fri"."""
    runs: list[list[int]] = []
    for day in days:
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return ", ".join(WEEKDAYS[run[0]] + (f"-{WEEKDAYS[run[-1]]}" if run[1:] else "") for run in runs)
