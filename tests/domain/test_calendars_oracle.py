"""Working time against a slow oracle that walks every minute, over clock changes of every kind."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from partnerflow.calendars import (
    Calendar,
    Interval,
    add,
    add_with_pauses,
    always,
    closes,
    is_open,
    next_open,
    used,
    used_with_pauses,
)

MINUTE = timedelta(minutes=1)
MINUTES = 8 * 24 * 60

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
    """Eight days of minutes around a clock change: what the clock on the wall shows in each."""

    zone: str
    first: datetime
    walls: list[datetime]
    seen: dict[datetime, tuple[int, int]]
    """The first and the last minute in which the wall shows this."""

    def index(self, wall: datetime, *, is_end: bool) -> int:
        """DOMAIN: Deadlines, to the letter."""
        if wall in self.seen:
            return self.seen[wall][1 if is_end else 0]
        return next((index for index, shown in enumerate(self.walls) if shown > wall), MINUTES)

    def minute(self, at: datetime) -> int:
        return (at - self.first) // MINUTE

    @property
    def last(self) -> datetime:
        return self.first + MINUTES * MINUTE


@lru_cache
def window(zone: str, middle: date) -> Window:
    first = datetime.combine(middle, time(), UTC) - timedelta(days=4)
    place = ZoneInfo(zone)
    instants = ((first + index * MINUTE).astimezone(place) for index in range(MINUTES))
    walls = [local.replace(tzinfo=None, fold=0) for local in instants]
    seen: dict[datetime, tuple[int, int]] = {}
    for index, wall in enumerate(walls):
        seen[wall] = seen.get(wall, (index, index))[0], index
    return Window(zone, first, walls, seen)


def open_minutes(view: Window, calendar: Calendar) -> bytearray:
    minutes = bytearray(MINUTES)
    for step in range(-3, 13):
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
    middle, whole = MINUTES * 30, st.integers(-96, 96).map(lambda half: half * 1800)
    near = whole | st.integers(-86_400, 2 * 86_400) | st.integers(-middle, middle - 1)
    return near.map(lambda at: view.first + timedelta(seconds=middle + at))


@lru_cache
def change_of(zone: str) -> date | None:
    """A day of 2027 on which the clocks of the zone change."""
    noons = [datetime(2027, 1, 1, 12, tzinfo=ZoneInfo(zone)) + timedelta(days=step) for step in range(365)]
    pairs = pairwise(noons)
    return next((after.date() for before, after in pairs if before.utcoffset() != after.utcoffset()), None)


def agrees_with_the_oracle(data: st.DataObject, zone: str, day: date) -> None:
    view = window(zone, day)
    calendar = data.draw(calendars(zone, day))
    a, b = sorted(data.draw(st.tuples(inside(view), inside(view))))
    seconds = data.draw(st.integers(0, 80).map(lambda half: half * 1800) | st.integers(0, 40 * 3600))
    minutes = open_minutes(view, calendar)

    assert is_open(calendar, a) == bool(minutes[view.minute(a)])
    assert used(calendar, a, b) == slow_used(view, minutes, a, b)
    expected = slow_add(view, minutes, a, seconds)
    due = add(calendar, a, seconds)
    assert due == expected if expected else due >= view.last


@settings(max_examples=90, deadline=None)
@given(data=st.data(), change=st.sampled_from(CHANGES))
def test_adding_and_measuring_agree_with_a_walk_over_every_minute(
    data: st.DataObject, change: tuple[str, date]
) -> None:
    agrees_with_the_oracle(data, *change)


@settings(max_examples=40, deadline=None)
@given(data=st.data(), zone=st.sampled_from(sorted(available_timezones())))
def test_they_agree_in_all_zones_whose_clocks_change(data: st.DataObject, zone: str) -> None:
    day = change_of(zone)
    assume(day)

    agrees_with_the_oracle(data, zone, day or date.max)


@settings(max_examples=60, deadline=None)
@given(data=st.data(), change=st.sampled_from(CHANGES))
def test_pauses_agree_with_a_walk_that_takes_them_out(data: st.DataObject, change: tuple[str, date]) -> None:
    view = window(*change)
    calendar = data.draw(calendars(*change))
    a, b = sorted(data.draw(st.tuples(inside(view), inside(view))))
    whole = inside(view).map(lambda at: at.replace(second=0))
    closed = st.tuples(whole, whole).map(lambda pair: (min(pair), max(pair)))
    pauses = data.draw(st.lists(st.one_of(closed, st.tuples(whole, st.none())), max_size=4))
    seconds = data.draw(st.integers(0, 40).map(lambda half: half * 1800) | st.integers(0, 20 * 3600))
    minutes = open_minutes(view, calendar)
    for begin, end in pauses:
        high = view.minute(end or view.last)
        minutes[view.minute(begin) : high] = bytes(high - view.minute(begin))

    assert used_with_pauses(calendar, a, b, pauses) == slow_used(view, minutes, a, b)
    expected = slow_add(view, minutes, a, seconds)
    due = add_with_pauses(calendar, a, seconds, pauses)
    if expected:
        assert due == expected
    elif any(end is None for _, end in pauses):
        assert due is None
    else:
        assert due is not None
        assert due >= view.last


ANY_ZONE = st.sampled_from([zone for zone, _ in CHANGES])
ANY_CALENDAR = ANY_ZONE.flatmap(lambda zone: calendars(zone, date(2027, 4, 1)))
ANY_INSTANT = st.datetimes(datetime(2026, 1, 1), datetime(2028, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis takes naive bounds
ANY_ALLOWANCE = st.integers(0, 60 * 24 * 3600)


@settings(max_examples=60, deadline=None)
@given(ANY_CALENDAR, ANY_INSTANT, ANY_ALLOWANCE)
def test_what_is_added_is_what_is_used(calendar: Calendar, start: datetime, seconds: int) -> None:
    due = add(calendar, start, seconds)

    assert used(calendar, start, due) == seconds
    assert not seconds or used(calendar, start, due - timedelta(microseconds=1)) == seconds - 1


@settings(max_examples=40, deadline=None)
@given(ANY_CALENDAR, ANY_INSTANT, ANY_ALLOWANCE, ANY_ALLOWANCE.filter(bool))
def test_an_allowance_may_be_spent_in_two_parts(
    calendar: Calendar, start: datetime, first: int, second: int
) -> None:
    assert add(calendar, add(calendar, start, first), second) == add(calendar, start, first + second)


@settings(max_examples=40, deadline=None)
@given(ANY_CALENDAR, ANY_INSTANT)
def test_openings_and_closings_bound_the_working_time(calendar: Calendar, at: datetime) -> None:
    opening = next_open(calendar, at)
    assert opening is not None
    assert is_open(calendar, opening)
    assert used(calendar, at, opening) == 0

    closing = closes(calendar, opening)
    if closing is not None:
        assert not is_open(calendar, closing)
        assert is_open(calendar, closing - timedelta(microseconds=1))
        assert used(calendar, opening, closing) == (closing - opening) // timedelta(seconds=1)
        assert add(calendar, closing - timedelta(seconds=30), 30) == closing


@settings(max_examples=40, deadline=None)
@given(ANY_ZONE, ANY_INSTANT, ANY_ALLOWANCE)
def test_around_the_clock_is_plain_time_in_every_zone(zone: str, start: datetime, seconds: int) -> None:
    assert add(always(zone), start, seconds) == start + timedelta(seconds=seconds)
