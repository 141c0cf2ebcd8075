"""The slow oracle: working time by a walk over every minute of some days, as DOMAIN: Deadlines says it, to the letter.

And what is asked of it: the clock changes of all zones, shifts, calendars and instants around them.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

from hypothesis import strategies as st

from partnerflow.calendars import Calendar, Interval

MINUTE = timedelta(minutes=1)

CHANGES = [
    ("Europe/London", date(2027, 3, 28)),
    ("Europe/London", date(2027, 10, 31)),
    ("America/New_York", date(2027, 3, 14)),
    ("America/New_York", date(2027, 11, 7)),
    ("Australia/Lord_Howe", date(2027, 4, 4)),  # by half an hour
    ("Australia/Lord_Howe", date(2027, 10, 3)),
    ("Pacific/Apia", date(2011, 12, 30)),  # a day left out
    ("Pacific/Apia", date(2012, 4, 1)),
    ("Africa/Casablanca", date(2027, 2, 7)),  # the other way round
    ("Africa/Casablanca", date(2027, 3, 14)),
    ("America/Havana", date(2027, 3, 14)),  # at midnight
    ("America/Havana", date(2027, 11, 7)),
]


@dataclass(frozen=True)
class Window:
    """Some days of minutes around a clock change: what the clock on the wall shows in each."""

    zone: str
    first: datetime
    walls: list[datetime]
    seen: dict[datetime, tuple[int, int]]
    """The first and the last minute in which the wall shows this."""
    latest: datetime

    def index(self, wall: datetime, *, is_end: bool) -> int:
        """DOMAIN: Deadlines, to the letter."""
        if wall in self.seen:
            return self.seen[wall][1 if is_end else 0]
        if wall < self.walls[0] or wall > self.latest:  # only to be quicker
            return 0 if wall < self.walls[0] else self.minutes
        return next((index for index, shown in enumerate(self.walls) if shown > wall), self.minutes)

    def minute(self, at: datetime) -> int:
        return (at - self.first) // MINUTE

    @property
    def last(self) -> datetime:
        return self.first + self.minutes * MINUTE

    @property
    def minutes(self) -> int:
        return len(self.walls)


@lru_cache
def window(zone: str, middle: date, days: int = 8) -> Window:
    first = datetime.combine(middle, time(), UTC) - timedelta(days=days // 2)
    place = ZoneInfo(zone)
    instants = ((first + index * MINUTE).astimezone(place) for index in range(days * 24 * 60))
    walls = [local.replace(tzinfo=None, fold=0) for local in instants]
    seen: dict[datetime, tuple[int, int]] = {}
    for index, wall in enumerate(walls):
        seen[wall] = seen.get(wall, (index, index))[0], index
    return Window(zone, first, walls, seen, max(walls))


def open_minutes(view: Window, calendar: Calendar) -> bytearray:
    minutes = bytearray(view.minutes)
    for step in range(-3, view.minutes // 1440 + 5):
        day = view.first.date() + timedelta(days=step)
        for shift in calendar.hours[day.weekday()] if day not in calendar.closed else ():
            end = shift.end if shift.end > shift.start else shift.end + 86_400
            midnight = datetime.combine(day, time())
            low = view.index(midnight + timedelta(seconds=shift.start), is_end=False)
            high = view.index(midnight + timedelta(seconds=end), is_end=True)
            minutes[low:high] = b"\1" * max(0, high - low)
    return minutes


def slow_add(view: Window, minutes: bytearray, start: datetime, seconds: int) -> datetime | None:
    """None if it takes longer than the window."""
    at = start
    while at < view.last:
        following = view.first + (view.minute(at) + 1) * MINUTE
        if minutes[view.minute(at)]:
            here = (following - at) // timedelta(seconds=1)
            if seconds <= here:
                return at + timedelta(seconds=seconds)
            seconds -= here
        at = following
    return None


def slow_used(view: Window, minutes: bytearray, a: datetime, b: datetime) -> int:
    total, at = timedelta(), a
    while at < b:
        following = min(b, view.first + (view.minute(at) + 1) * MINUTE)
        total += (following - at) * minutes[view.minute(at)]
        at = following
    return int(total.total_seconds())


HALF_HOURS = st.integers(0, 8).map(lambda half: half * 30)


@st.composite
def shifts(draw: st.DrawFn) -> Interval:
    """Often in the hours in which clocks change, and often to the half hour, so that boundaries meet."""
    if draw(st.booleans()):
        start, length = draw(HALF_HOURS), draw(st.sampled_from([30, 60, 90, 120, 480, 1440]))
    else:
        start, length = draw(st.integers(0, 240) | st.integers(0, 1439)), draw(st.integers(1, 1440))
    end = start + length
    return Interval(start * 60, (end - 1440 if end > 1440 and draw(st.booleans()) else end) * 60)


def calendars(zone: str, near: date) -> st.SearchStrategy[Calendar]:
    days = st.lists(shifts(), max_size=3).map(tuple)
    closed = st.frozensets(st.integers(-5, 5).map(lambda step: near + timedelta(days=step)), max_size=2)
    return st.builds(Calendar, st.just(zone), st.tuples(*[days] * 7).filter(any), closed)


def inside(view: Window) -> st.SearchStrategy[datetime]:
    """To the second, mostly in the three days around the change."""
    middle, whole = view.minutes * 30, st.integers(-96, 96).map(lambda half: half * 1800)
    near = whole | st.integers(-86_400, 2 * 86_400) | st.integers(-middle, middle - 1)
    return near.map(lambda at: view.first + timedelta(seconds=middle + at))


FIRST, NOW, LAST = (datetime(year, 1, 1, tzinfo=UTC) for year in (2020, 2027, 2036))


@cache
def clock_changes() -> list[tuple[str, date, bool]]:
    """Zone, UTC day, and whether forward: of every zone the next change each way from 2027, or the last since 2020."""
    return [found for zone in sorted(available_timezones()) for found in _of_zone(zone)]


def _of_zone(zone: str) -> list[tuple[str, date, bool]]:
    place = ZoneInfo(zone)
    days = [FIRST + timedelta(days=step) for step in range((LAST - FIRST).days)]
    offsets = [(day.astimezone(place).utcoffset() or timedelta(), day) for day in days[::7]]
    weeks = [(a, b, start) for (a, start), (b, _) in pairwise(offsets) if a != b]
    found: dict[bool, datetime] = {}
    for before, after, start in weeks:
        forward = after > before
        if forward not in found or found[forward] < NOW:
            found[forward] = next(
                day
                for day in (start + timedelta(days=step) for step in range(8))
                if (day + timedelta(days=1)).astimezone(place).utcoffset() == after
            )
    return [(zone, day.date(), forward) for forward, day in sorted(found.items())]
