"""Calendars and instants as text: the week as written, its mistakes named, and local time as read."""

from datetime import UTC, date, datetime

import pytest

from partnerflow.calendars import Calendar, Interval, describe, end_of_local_day, local_text, week

OFFICE_HOURS = {"mon-fri": ["09:00-12:30", "13:00-17:30"]}
HOLIDAYS = [date(2026, 12, 25), date(2027, 1, 1)]
MONDAY = datetime(2027, 1, 4, 9, 30, tzinfo=UTC)
HOUR = 3600


def utc(
    month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0, *, year: int = 2027
) -> datetime:
    return datetime(year, month, day, hour, minute, second, tzinfo=UTC)


@pytest.mark.parametrize(
    ("hours", "text"),
    [
        (OFFICE_HOURS, "Mon-Fri 09:00-12:30, 13:00-17:30 Europe/London"),
        ({"mon-fri": ["09:00-17:30"]}, "Mon-Fri 09:00-17:30 Europe/London"),
        ({"mon-fri": ["12:30-17:30", "09:00-12:30"]}, "Mon-Fri 09:00-17:30 Europe/London"),
        ({"Sat": ["10:00-14:00"], "mon, wed-fri": ["09:00-17:00"]},
         "Mon, Wed-Fri 09:00-17:00; Sat 10:00-14:00 Europe/London"),
        ({"fri-mon": ["22:00-06:00"]}, "Mon, Fri-Sun 22:00-06:00 Europe/London"),
        ({"sat,sun": ["18:00-24:00"]}, "Sat-Sun 18:00-24:00 Europe/London"),
        ({"mon-sun": ["00:00-24:00"]}, "24/7 Europe/London"),
        ({}, "closed Europe/London"),
    ],
)  # fmt: skip
def test_a_week_describes_itself(hours: dict[str, list[str]], text: str) -> None:
    assert describe(week("Europe/London", hours)) == text


@pytest.mark.parametrize(
    ("zone", "hours", "message"),
    [
        ("Europe/Lundon", {}, "unknown time zone 'Europe/Lundon'"),
        ("../etc/passwd", {}, "unknown time zone"),
        ("", {}, "unknown time zone"),
        ("UTC", {"noon": []}, "'noon' is not a weekday"),
        ("UTC", {"mon-": []}, "'' is not a weekday"),
        ("UTC", {"mon-fri": [], "fri": []}, "Fri is given twice"),
        ("UTC", {"mon": ["9:00-17:00"]}, "'9:00' is not a time"),
        ("UTC", {"mon": ["09:00-24:01"]}, "'24:01' is not a time"),
        ("UTC", {"mon": ["09:00"]}, "'09:00' is not an interval"),
        ("UTC", {"mon": ["24:00-06:00"]}, "an interval starts in its day"),
        ("UTC", {"mon": ["09:00-13:00", "12:30-17:30"]}, "09:00-13:00 and 12:30-17:30 overlap"),
    ],
)
def test_a_mistake_in_the_week_is_named(zone: str, hours: dict[str, list[str]], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        week(zone, hours)


def test_a_calendar_has_seven_days_of_hours_and_no_interval_over_a_day() -> None:
    with pytest.raises(ValueError, match="7 weekdays, not 1"):
        Calendar("UTC", ((),))
    with pytest.raises(ValueError, match="lasts 24 h at most"):
        Interval(HOUR, 26 * HOUR)


def test_equal_calendars_are_one_key() -> None:
    assert {week("Europe/London", OFFICE_HOURS, HOLIDAYS): 1}[
        week("Europe/London", OFFICE_HOURS, HOLIDAYS[::-1])
    ] == 1


@pytest.mark.parametrize(
    ("instant", "zone", "text"),
    [
        (utc(1, 5, 9, 30, 59), "Europe/London", "Tue 5 Jan 09:30 GMT"),
        (utc(7, 14, 9, 30), "Europe/London", "Wed 14 Jul 10:30 BST"),
        (utc(1, 5, 3), "America/New_York", "Mon 4 Jan 22:00 EST"),
        (utc(1, 5, 9, 30), "Australia/Lord_Howe", "Tue 5 Jan 20:30 UTC+11:00"),
        (utc(1, 5, 9, 30), "America/Sao_Paulo", "Tue 5 Jan 06:30 UTC-03:00"),
        (utc(1, 5, 9, 30), "America/St_Johns", "Tue 5 Jan 06:00 NST"),
        (utc(1, 5, 9, 30), "Asia/Kathmandu", "Tue 5 Jan 15:15 UTC+05:45"),
    ],
)
def test_an_instant_in_local_words(instant: datetime, zone: str, text: str) -> None:
    assert local_text(instant, zone) == text


def test_the_year_is_told_when_it_is_another_for_the_reader() -> None:
    assert local_text(MONDAY, "Europe/London", utc(12, 31, year=2026)) == "Mon 4 Jan 2027 09:30 GMT"
    assert local_text(MONDAY, "Europe/London", utc(12, 31)) == "Mon 4 Jan 09:30 GMT"
    assert local_text(MONDAY, "Pacific/Apia", utc(12, 31, 12, year=2026)) == "Mon 4 Jan 22:30 UTC+13:00"


def test_the_end_of_a_local_day_is_the_midnight_after_it() -> None:
    assert end_of_local_day(MONDAY, "Europe/London", 14) == utc(1, 19)
    assert end_of_local_day(utc(1, 5, 3), "America/New_York", 0) == utc(1, 5, 5)
    assert end_of_local_day(utc(3, 20, 12), "Europe/London", 14) == utc(4, 3, 23)
    with pytest.raises(ValueError, match="counted forwards"):
        end_of_local_day(MONDAY, "Europe/London", -1)
