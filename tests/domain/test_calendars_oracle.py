"""Working time against a slow oracle that walks every minute, over clock changes of every kind."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from partnerflow.calendars import (
    Calendar,
    add,
    add_with_pauses,
    always,
    closes,
    is_open,
    next_open,
    used,
    used_with_pauses,
)
from tests.domain.oracle_calendars import (
    CHANGES,
    calendars,
    clock_changes,
    inside,
    open_minutes,
    slow_add,
    slow_used,
    window,
)


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
@given(data=st.data(), change=st.deferred(lambda: st.sampled_from(clock_changes())))
def test_they_agree_in_all_zones_whose_clocks_change(
    data: st.DataObject, change: tuple[str, date, bool]
) -> None:
    zone, day, _ = change
    agrees_with_the_oracle(data, zone, day)


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
