"""How a due instant came about: the same instant, the same minutes, and a reason for every day without any."""

import re
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partnerflow.calendars import (
    Calendar,
    DayKind,
    DayReason,
    Explanation,
    Pause,
    Span,
    add_with_pauses,
    always,
    explain,
    used_with_pauses,
    week,
    with_closures,
)
from partnerflow.calendars.telling import lines, members, rfc3339
from tests.domain.oracle_calendars import calendars, clock_changes, inside, window

OFFICE = week("Europe/London", {"mon-fri": ["09:00-12:30", "13:00-17:30"]})
MONDAY = datetime(2027, 1, 4, 9, 30, tzinfo=UTC)
MINUTE = 60


def utc(month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(2027, month, day, hour, minute, tzinfo=UTC)


def spans(found: tuple[Span, ...]) -> list[tuple[datetime, datetime]]:
    return [(span.begins, span.ends) for span in found]


def text(told: Explanation) -> str:
    return "\n".join(lines(told))


@settings(max_examples=30, deadline=None)
@given(data=st.data(), change=st.deferred(lambda: st.sampled_from(clock_changes())))
def test_an_explanation_ends_where_the_arithmetic_does(
    data: st.DataObject, change: tuple[str, date, bool]
) -> None:
    zone, day, _ = change
    view = window(zone, day, 4)
    calendar = data.draw(calendars(zone, day))
    start, seconds = data.draw(inside(view)), data.draw(st.integers(0, 200_000))
    ends = st.tuples(inside(view), inside(view)).map(lambda pair: (min(pair), max(pair)))
    still_open = st.tuples(inside(view), st.none())
    pauses: list[Pause] = data.draw(st.lists(st.one_of(ends, ends, ends, still_open), max_size=4))

    told = explain(calendar, start, seconds, pauses)

    assert told.due == add_with_pauses(calendar, start, seconds, pauses)
    if told.due is None:
        assert told.held_since is not None
        used = used_with_pauses(calendar, start, told.held_since, pauses)
        assert told.total == timedelta(seconds=used)
        assert used <= seconds
    else:
        assert told.total == timedelta(seconds=seconds)
        assert not seconds or told.days[-1].counted[-1].ends == told.due
    assert_it_adds_up(told, pauses)
    assert list(lines(told))
    assert members(told)["steps"][-1]["total_seconds"] == told.total.total_seconds()


def assert_it_adds_up(told: Explanation, pauses: list[Pause]) -> None:
    """Days in order, what counted within what was open, apart from the pauses, and the sums right."""
    total = timedelta()
    for day in told.days:
        total += sum((span.ends - span.begins for span in day.counted), timedelta())
        assert day.total == total
        for begins, ends in spans(day.counted):
            assert begins < ends
            assert any(a <= begins and ends <= b for a, b in spans(day.open))
            assert not any(a < ends and begins < (b or ends) for a, b in pauses if b != a)
        assert day.open or day.reasons or day.change
    assert all(a.day < b.day for a, b in pairwise(told.days))
    opened = [span for day in told.days for span in spans(day.open)]
    assert all(a[1] <= b[0] for a, b in pairwise(opened))


def test_what_is_due_at_midnight_is_due_on_the_day_before() -> None:
    told = explain(always("Europe/London"), utc(1, 4, 12), 12 * 60 * MINUTE)
    assert [day.day for day in told.days] == [date(2027, 1, 4)]
    assert "12:00-24:00 of 00:00-24:00" in text(told)


def test_nothing_to_count_is_explained_up_to_the_next_opening() -> None:
    told = explain(OFFICE, utc(1, 8, 18), 0)
    assert [day.day.day for day in told.days] == [8, 9, 10, 11]
    assert told.due == utc(1, 11, 9)
    assert "Sat 9 Jan 2027 - Sun 10 Jan 2027  weekend" in text(told)


def test_every_kind_of_day_has_its_words() -> None:
    days = {
        date(2027, 1, 5): (DayReason(DayKind.HOLIDAY, "Good Day"),),
        date(2027, 1, 6): (DayReason(DayKind.EXTRA),),
        date(2027, 1, 8): (DayReason(DayKind.WORKED, "Bad Day"),),
    }
    closed = frozenset({date(2027, 1, 5), date(2027, 1, 6), date(2027, 1, 11)})
    calendar = Calendar("Europe/London", (*OFFICE.hours[:3], (), *OFFICE.hours[4:]), closed, days)
    explained = explain(with_closures(calendar, [(date(2027, 1, 12), "Moving")]), MONDAY, 1000 * MINUTE)
    told = re.sub(r"(?m)  +| +$", " ", text(explained))

    assert "Tue 5 Jan 2027 holiday: Good Day\n" in told
    assert "Wed 6 Jan 2027 extra day off\n" in told
    assert "Thu 7 Jan 2027 no hours on Thu\n" in told
    assert "Fri 8 Jan 2027 09:00-12:30, 13:00-17:30; no day off: Bad Day" in told
    assert "Mon 11 Jan 2027 closed\n" in told
    assert "Tue 12 Jan 2027 closed: Moving\n" in told


def test_calendars_that_differ_only_in_their_words_are_one() -> None:
    named = with_closures(OFFICE, [(date(2027, 1, 5), "Moving")])
    unnamed = week("Europe/London", {"mon-fri": ["09:00-12:30", "13:00-17:30"]}, [date(2027, 1, 5)])
    assert named == unnamed
    assert {named: 1}[unnamed] == 1


def test_a_pause_takes_its_part_of_every_day_it_touches() -> None:
    told = explain(OFFICE, MONDAY, 480 * MINUTE, [(utc(1, 4, 16), utc(1, 6, 10))])
    assert [spans(day.paused) for day in told.days] == [
        [(utc(1, 4, 16), utc(1, 5))],
        [(utc(1, 5), utc(1, 6))],
        [(utc(1, 6), utc(1, 6, 10))],
    ]
    assert "nothing of 09:00-12:30, 13:00-17:30; paused 00:00-24:00" in text(told)


def test_a_clock_held_from_its_start_shows_the_day_it_stands_on() -> None:
    told = explain(OFFICE, MONDAY, 480 * MINUTE, [(utc(1, 1), None)])
    assert (told.due, told.held_since, told.total) == (None, MONDAY, timedelta())
    assert len(told.days) == 1
    assert "with 480 min left: the pause is open" in text(told)


@pytest.mark.parametrize(
    ("zone", "day", "words"),
    [
        ("Europe/London", date(2027, 3, 28), "at 01:00 clocks go forward 60 min (UTC+00:00 to UTC+01:00)"),
        ("Europe/London", date(2027, 10, 31), "at 02:00 clocks go back 60 min (UTC+01:00 to UTC+00:00)"),
        ("America/Havana", date(2027, 3, 14), "at 00:00 clocks go forward 60 min (UTC-05:00 to UTC-04:00)"),
        ("Australia/Lord_Howe", date(2027, 4, 4), "at 02:00 clocks go back 30 min (UTC+11:00 to UTC+10:30)"),
    ],
)
def test_a_clock_change_is_told_on_its_day(zone: str, day: date, words: str) -> None:
    start = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)) - timedelta(hours=20)
    told = explain(always(zone), start, 60 * 60 * MINUTE)
    assert [found.day for found in told.days if found.change] == [day]
    assert words in text(told)


def test_a_day_that_a_clock_change_leaves_out_has_no_row() -> None:
    told = explain(always("Pacific/Apia"), datetime(2011, 12, 29, 12, tzinfo=UTC), 48 * 60 * MINUTE)
    assert [day.day.day for day in told.days] == [29, 31, 1]
    assert "clocks go forward 1440 min" in text(told)


def test_fractions_of_a_second_are_kept() -> None:
    start = MONDAY.replace(second=59, microsecond=250_000)
    told = explain(OFFICE, start, 480 * MINUTE)
    assert told.due == utc(1, 5, 9, 30).replace(second=59, microsecond=250_000)
    steps = members(told)["steps"]
    assert [step["total_seconds"] for step in steps] == [26_940.75, 28_800]


def test_an_instant_as_text_says_its_offset() -> None:
    assert rfc3339(MONDAY) == "2027-01-04T09:30:00Z"
    assert rfc3339(MONDAY, "Asia/Kathmandu") == "2027-01-04T15:15:00+05:45"
    assert rfc3339(datetime(1960, 1, 1, tzinfo=UTC), "Africa/Monrovia") == "1959-12-31T23:15:00-00:45"


def test_an_explanation_raises_what_the_arithmetic_raises() -> None:
    with pytest.raises(ValueError, match="no working time"):
        explain(week("UTC", {}), MONDAY, 60)
    with pytest.raises(ValueError, match="an instant needs its zone"):
        explain(OFFICE, MONDAY.replace(tzinfo=None), 60)
