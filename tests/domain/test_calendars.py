"""Working time by example: worked example 1, holidays, clock changes, night shifts."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from partnerflow.calendars import (
    Calendar,
    Interval,
    add,
    add_with_pauses,
    always,
    closes,
    end_of_local_day,
    is_open,
    local_text,
    next_open,
    used,
    used_with_pauses,
    week,
)

OFFICE_HOURS = {"mon-fri": ["09:00-12:30", "13:00-17:30"]}
ENGLAND = [date(2026, 12, 25), date(2026, 12, 28), date(2027, 1, 1), date(2027, 3, 26), date(2027, 3, 29)]
OFFICE = week("Europe/London", OFFICE_HOURS, ENGLAND)
NEW_YORK = week("America/New_York", {"mon-fri": ["09:00-17:00"]})
NIGHTS = week("Europe/London", {"mon-sun": ["22:00-06:00"]})
MONDAY = datetime(2027, 1, 4, 9, 30, tzinfo=UTC)
HOUR = 3600


def utc(
    month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0, *, year: int = 2027
) -> datetime:
    return datetime(year, month, day, hour, minute, second, tzinfo=UTC)


def due(start: datetime, minutes: int, calendar: Calendar = OFFICE) -> datetime:
    return add(calendar, start, minutes * 60)


@pytest.mark.parametrize(
    ("start", "minutes", "expected"),
    [
        pytest.param(MONDAY, 240, utc(1, 4, 14), id="owner"),
        pytest.param(MONDAY, 480, utc(1, 5, 9, 30), id="step"),
        pytest.param(MONDAY, 960, utc(1, 6, 9, 30), id="decision"),
        pytest.param(MONDAY, 960 * 50 // 100, utc(1, 5, 9, 30), id="warning-at-half"),
        pytest.param(MONDAY, 960 * 80 // 100, utc(1, 5, 14, 48), id="warning-at-80-percent"),
        pytest.param(utc(1, 6, 9, 30), 480, utc(1, 7, 9, 30), id="first-rung"),
        pytest.param(utc(1, 7, 9, 30), 480, utc(1, 8, 9, 30), id="second-rung"),
    ],
)
def test_the_instants_of_the_first_worked_example(start: datetime, minutes: int, expected: datetime) -> None:
    assert due(start, minutes) == expected
    assert used(OFFICE, start, expected) == minutes * 60


def test_lunch_does_not_count() -> None:
    assert due(utc(1, 4, 12, 15), 30) == utc(1, 4, 13, 15)


def test_an_instant_in_the_lunch_break_starts_after_it() -> None:
    assert due(utc(1, 4, 12, 45), 30) == utc(1, 4, 13, 30)


def test_the_closing_instant_is_outside_and_the_opening_instant_inside() -> None:
    assert due(utc(1, 4, 17, 30), 1) == utc(1, 5, 9, 1)
    assert due(utc(1, 4, 9), 1) == utc(1, 4, 9, 1)
    assert not is_open(OFFICE, utc(1, 4, 17, 30))
    assert is_open(OFFICE, utc(1, 4, 9))


def test_what_ends_exactly_at_closing_time_is_due_at_closing_time() -> None:
    assert due(utc(1, 4, 17), 30) == utc(1, 4, 17, 30)
    assert due(utc(1, 4, 12), 30) == utc(1, 4, 12, 30)
    assert due(utc(1, 4, 17), 31) == utc(1, 5, 9, 1)


def test_nothing_to_work_is_due_at_once_or_at_the_next_opening() -> None:
    assert due(utc(1, 4, 10), 0) == utc(1, 4, 10)
    assert due(utc(1, 4, 12, 30), 0) == utc(1, 4, 13)


def test_seconds_and_microseconds_are_kept() -> None:
    start = utc(1, 4, 17, 29, 59).replace(microsecond=250_000)

    assert add(OFFICE, start, 61) == utc(1, 5, 9, 1).replace(microsecond=250_000)
    assert used(OFFICE, start, add(OFFICE, start, 61)) == 61


def test_the_weekend_does_not_count() -> None:
    assert due(utc(1, 8, 17), 60) == utc(1, 11, 9, 30)
    assert due(utc(1, 9, 11), 60) == utc(1, 11, 10)


def test_the_english_christmas_holidays_do_not_count() -> None:
    assert due(utc(12, 24, 16, 30, year=2026), 120) == utc(12, 29, 10, year=2026)
    assert used(OFFICE, utc(12, 24, 16, 30, year=2026), utc(12, 29, 10, year=2026)) == 2 * HOUR


def test_easter_and_the_change_to_summer_time_fall_on_the_same_weekend() -> None:
    assert due(utc(3, 25, 17), 60) == utc(3, 30, 8, 30)


def test_summer_time_ends_over_a_weekend_in_london() -> None:
    assert due(utc(10, 29, 16), 60) == utc(11, 1, 9, 30)


def test_both_clock_changes_move_the_working_day_in_new_york() -> None:
    assert due(utc(3, 12, 21), 120, NEW_YORK) == utc(3, 15, 14)
    assert due(utc(11, 5, 20), 120, NEW_YORK) == utc(11, 8, 15)


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/London", date(2027, 3, 28), 23),
        ("Europe/London", date(2027, 10, 31), 25),
        ("America/New_York", date(2027, 3, 14), 23),
        ("America/New_York", date(2027, 11, 7), 25),
        ("Australia/Lord_Howe", date(2027, 4, 4), 24.5),
        ("Australia/Lord_Howe", date(2027, 10, 3), 23.5),
        ("Pacific/Apia", date(2011, 12, 30), 0),
    ],
)
def test_a_day_around_the_clock_lasts_as_long_as_the_clock_change_makes_it(
    zone: str, day: date, hours: float
) -> None:
    start = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone))

    assert used(always(zone), start, start + timedelta(days=1)) == hours * HOUR


def test_a_night_shift_is_an_hour_shorter_in_spring_and_longer_in_autumn() -> None:
    assert used(NIGHTS, utc(3, 27, 12), utc(3, 28, 12)) == 7 * HOUR
    assert used(NIGHTS, utc(10, 30, 12), utc(10, 31, 12)) == 9 * HOUR
    assert due(utc(3, 27, 22), 7 * 60, NIGHTS) == closes(NIGHTS, utc(3, 27, 22)) == utc(3, 28, 5)
    assert due(utc(10, 30, 21), 9 * 60, NIGHTS) == closes(NIGHTS, utc(10, 30, 21)) == utc(10, 31, 6)
    assert due(utc(10, 30, 21), 9 * 60 + 1, NIGHTS) == utc(10, 31, 22, 1)


def test_a_local_time_that_does_not_exist_means_the_first_that_does() -> None:
    late, early = (week("Europe/London", {"sun": [text]}) for text in ("01:30-03:00", "00:30-01:30"))

    assert next_open(late, utc(3, 28)) == utc(3, 28, 1)
    assert closes(late, utc(3, 28, 1)) == utc(3, 28, 2)
    assert closes(early, utc(3, 28, 0, 30)) == utc(3, 28, 1)
    assert next_open(week("Europe/London", {"sun": ["01:00-02:00"]}), utc(3, 28)) == utc(4, 4)


def test_a_local_time_that_occurs_twice_is_the_first_as_a_start_and_the_second_as_an_end() -> None:
    late, early = (week("Europe/London", {"sun": [text]}) for text in ("01:30-03:00", "00:00-01:30"))

    assert next_open(late, utc(10, 31)) == utc(10, 31, 0, 30)
    assert used(late, utc(10, 31), utc(10, 31, 12)) == 2.5 * HOUR
    assert closes(early, utc(10, 31)) == utc(10, 31, 1, 30)


def test_shifts_that_overlap_in_the_repeated_hour_count_once() -> None:
    shifts = Calendar("Europe/London", ((),) * 6 + ((Interval(0, 5400), Interval(5400, 10800)),))

    assert used(shifts, utc(10, 30, 12), utc(10, 31, 12)) == 4 * HOUR


def test_a_night_shift_belongs_to_the_day_on_which_it_begins() -> None:
    nights = week("UTC", {"mon-sun": ["22:00-06:00"]}, [date(2027, 1, 5)])

    assert closes(nights, utc(1, 4, 23)) == utc(1, 5, 6)
    assert next_open(nights, utc(1, 5, 6)) == utc(1, 6, 22)


def test_an_end_on_the_next_day_may_be_written_either_way() -> None:
    wrapped, long = (Calendar("UTC", ((Interval(79_200, end),),) + ((),) * 6) for end in (21_600, 108_000))

    assert closes(wrapped, utc(1, 4, 23)) == closes(long, utc(1, 4, 23)) == utc(1, 5, 6)


def test_in_now_or_next_in_at() -> None:
    assert next_open(OFFICE, MONDAY) == MONDAY
    assert closes(OFFICE, MONDAY) == utc(1, 4, 12, 30)
    assert next_open(OFFICE, utc(1, 8, 17, 30)) == utc(1, 11, 9)
    assert closes(OFFICE, utc(1, 9, 12)) is None


def test_days_that_touch_at_midnight_close_only_at_the_last() -> None:
    assert closes(week("Europe/London", {"mon-fri": ["00:00-24:00"]}), utc(1, 4, 3)) == utc(1, 9)


def test_around_the_clock_never_closes_and_every_second_counts() -> None:
    assert closes(always(), MONDAY) is None
    assert due(MONDAY, 4_800, always("Europe/London")) == MONDAY + timedelta(minutes=4_800)
    assert used(always(), MONDAY, MONDAY + timedelta(days=800)) == 800 * 24 * HOUR


def test_an_instant_may_be_given_in_any_zone_even_in_the_repeated_hour() -> None:
    london = ZoneInfo("Europe/London")
    first, second = (datetime(2027, 10, 31, 1, 15, tzinfo=london, fold=fold) for fold in (0, 1))
    calendar = week("UTC", {"sun": ["00:00-01:00"]})

    assert is_open(calendar, first)
    assert not is_open(calendar, second)
    assert add(always(), second, 60) == utc(10, 31, 1, 16)
    assert (
        used_with_pauses(always(), utc(10, 31), utc(10, 31, 2), [(second, None), (first, first)]) == 75 * 60
    )


def test_nothing_is_used_backwards() -> None:
    assert used(OFFICE, utc(1, 5), utc(1, 4)) == 0
    assert used_with_pauses(OFFICE, utc(1, 5), utc(1, 4), [(utc(1, 3), None)]) == 0


@pytest.mark.parametrize("hours", [{}, {"mon": []}])
def test_a_calendar_without_working_time_is_refused(hours: dict[str, list[str]]) -> None:
    calendar = week("Europe/London", hours)

    with pytest.raises(ValueError, match="no working time in the three years from 2027-01-04"):
        add(calendar, MONDAY, 60)
    with pytest.raises(ValueError, match="no working time"):
        add(calendar, MONDAY, 0)
    assert next_open(calendar, MONDAY) is None
    assert used(calendar, MONDAY, utc(1, 4, year=2031)) == 0


def test_a_calendar_closed_for_a_year_opens_after_it() -> None:
    year = [date(2027, 1, 1) + timedelta(days=day) for day in range(365)]

    assert due(MONDAY, 60, week("UTC", {"mon-sun": ["09:00-10:00"]}, year)) == utc(1, 1, 10, year=2028)


def test_a_little_time_a_week_adds_up_over_years() -> None:
    assert due(MONDAY, 480, week("UTC", {"mon": ["09:30-09:31"]})) == MONDAY + timedelta(weeks=479, minutes=1)


@pytest.mark.parametrize("seconds", [-1, 100 * 366 * 86_400 + 1])
def test_an_allowance_is_neither_negative_nor_over_a_century(seconds: int) -> None:
    with pytest.raises(ValueError, match="an allowance is 0 to"):
        add(always(), MONDAY, seconds)


def test_an_instant_beyond_the_known_years_is_refused() -> None:
    with pytest.raises(ValueError, match="no calendar reaches that far"):
        add(OFFICE, utc(1, 1, year=9990), 60)


NAIVE = MONDAY.replace(tzinfo=None)


@pytest.mark.parametrize(
    "ask",
    [
        lambda: add(OFFICE, NAIVE, 60),
        lambda: used(OFFICE, NAIVE, MONDAY),
        lambda: used(OFFICE, MONDAY, NAIVE),
        lambda: is_open(OFFICE, NAIVE),
        lambda: next_open(OFFICE, NAIVE),
        lambda: closes(OFFICE, NAIVE),
        lambda: add_with_pauses(OFFICE, MONDAY, 60, [(NAIVE, None)]),
        lambda: used_with_pauses(OFFICE, MONDAY, MONDAY, [(MONDAY, NAIVE)]),
        lambda: local_text(NAIVE, "UTC"),
        lambda: local_text(MONDAY, "UTC", NAIVE),
        lambda: end_of_local_day(NAIVE, "UTC", 1),
    ],
)
def test_a_naive_datetime_is_refused_everywhere(ask: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match="an instant needs its zone"):
        ask()
