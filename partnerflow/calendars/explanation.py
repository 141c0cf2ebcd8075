"""How an instant came about, local day by local day: what was open, what counted, or why nothing did.

DOMAIN: Deadlines. The words and the JSON of it are made in ``telling``.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from partnerflow.calendars import timeline as line
from partnerflow.calendars.arithmetic import (
    Pause,
    add_with_pauses,
    instant,
    micros,
    pauses_in_order,
)
from partnerflow.calendars.hours import Calendar, DayKind, DayReason
from partnerflow.calendars.local import clock_change, day_begins, zone_of

_DAY = timedelta(days=1)
_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Span:
    """Half-open, in UTC."""

    begins: datetime
    ends: datetime

    @property
    def length(self) -> timedelta:
        return self.ends - self.begins


@dataclass(frozen=True, slots=True)
class ClockChange:
    """At ``at`` (UTC) the zone's offset goes from ``before`` to ``after``, in seconds east of UTC."""

    at: datetime
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Day:
    """One local day, from midnight to midnight: a night shift is cut there.

    ``open``: its working time, whether it counts or not. ``paused``: what pauses take of it, from the start to the
    due instant. ``counted``: what is open and not paused in that time. ``total``: all that was counted up to its end.
    ``reasons``: why the day is not an ordinary one; a public holiday that is worked is one of them.
    """

    day: date
    open: tuple[Span, ...]
    paused: tuple[Span, ...]
    counted: tuple[Span, ...]
    total: timedelta
    reasons: tuple[DayReason, ...]
    change: ClockChange | None

    @property
    def length(self) -> timedelta:
        """What was counted on this day."""
        return sum((span.length for span in self.counted), timedelta())


@dataclass(frozen=True, slots=True)
class Explanation:
    """The days from ``start`` to ``due``, or while it is held (``due`` is None) to the open pause's beginning,
    ``held_since``. The last ``total`` is the allowance, in the held case what was used of it."""

    calendar: Calendar
    start: datetime
    seconds: int
    due: datetime | None
    held_since: datetime | None
    days: tuple[Day, ...]

    @property
    def total(self) -> timedelta:
        return self.days[-1].total


def explain(calendar: Calendar, start: datetime, seconds: int, pauses: Sequence[Pause] = ()) -> Explanation:
    """How ``add_with_pauses`` of the same arguments comes about. Raises ValueError where that does."""
    due = add_with_pauses(calendar, start, seconds, pauses)
    held = None if due else max(start, min(begin for begin, end in pauses if end is None))
    last = due or held
    assert last is not None
    between = micros(start), micros(last)
    stops = tuple(_stops(pauses, *between))
    days: list[Day] = []
    final = last - _MOMENT if due and seconds else last  # what is due at midnight is due on the day before
    for day in _local_days(calendar, start, final):
        before = days[-1].total if days else timedelta()
        days.append(_day(calendar, day, between, stops, before))
    held = held.astimezone(UTC) if held else None
    return Explanation(calendar, start.astimezone(UTC), seconds, due, held, tuple(days))


def _stops(pauses: Sequence[Pause], first: int, last: int) -> Iterator[tuple[int, int]]:
    """The pauses from the start to the end of the story, in order, those that overlap made one."""
    cut = (
        (max(begin, first), last if end is None else min(end, last)) for begin, end in pauses_in_order(pauses)
    )
    return line.merged(cut)


def _day(
    calendar: Calendar,
    day: date,
    between: tuple[int, int],
    stops: Sequence[tuple[int, int]],
    before: timedelta,
) -> Day:
    zone = zone_of(calendar.zone)
    begins, ends = day_begins(zone, day), day_begins(zone, day + _DAY)
    opened = tuple(line.spans(line.timeline(calendar), micros(begins), micros(ends)))
    counted = _spans(_without(stops, _cut(opened, *between)))
    change = clock_change(zone, begins, ends)
    return Day(
        day,
        _spans(opened),
        _spans(_cut(stops, micros(begins), micros(ends))),
        counted,
        sum((span.length for span in counted), before),
        _reasons(calendar, day),
        ClockChange(*change) if change else None,
    )


def _local_days(calendar: Calendar, start: datetime, last: datetime) -> Iterator[date]:
    """From the one to the other, without a day that a clock change leaves out."""
    zone = zone_of(calendar.zone)
    day, final = _day_of(start, zone), _day_of(last, zone)
    while day <= final:
        if day_begins(zone, day) < day_begins(zone, day + _DAY):
            yield day
        day += _DAY


def _day_of(at: datetime, zone: ZoneInfo) -> date:
    """The local day that holds the instant; where clocks go back over midnight, the one that began first."""
    day = at.astimezone(zone).date()
    return day + _DAY if day_begins(zone, day + _DAY) <= at else day


def _reasons(calendar: Calendar, day: date) -> tuple[DayReason, ...]:
    """As the calendar says; a closed day without a word and a weekday without hours have their own."""
    found = calendar.reasons.get(day, ())
    if day in calendar.closed and not found:
        found = (DayReason(DayKind.CLOSURE),)
    return found if calendar.hours[day.weekday()] else (*found, DayReason(DayKind.NO_HOURS))


def _cut(spans: Iterable[tuple[int, int]], low: int, high: int) -> Iterator[tuple[int, int]]:
    cut = ((max(begin, low), min(end, high)) for begin, end in spans)
    return ((begin, end) for begin, end in cut if begin < end)


def _without(stops: Sequence[tuple[int, int]], spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """What the stops, in order and apart from each other, leave of the spans."""
    for begin, end in spans:
        at = begin
        for stop, on in _cut(stops, begin, end):
            if at < stop:
                yield at, stop
            at = on
        if at < end:
            yield at, end


def _spans(found: Iterable[tuple[int, int]]) -> tuple[Span, ...]:
    return tuple(Span(instant(begin), instant(end)) for begin, end in found)
