"""Pauses: what does not count, and when the clock goes on."""

from datetime import UTC, datetime

import pytest

from partnerflow.calendars import add_with_pauses, used_with_pauses, week

OFFICE = week("Europe/London", {"mon-fri": ["09:00-12:30", "13:00-17:30"]})
MONDAY = datetime(2027, 1, 4, 9, 30, tzinfo=UTC)
HOUR = 3600


def utc(month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(2027, month, day, hour, minute, tzinfo=UTC)


def test_minutes_unused_at_a_pause_resume_after_it() -> None:
    question = (utc(1, 4, 10), utc(1, 4, 15))

    assert add_with_pauses(OFFICE, MONDAY, 480 * 60, [question]) == utc(1, 5, 14, 30)
    assert used_with_pauses(OFFICE, MONDAY, utc(1, 5, 14, 30), [question]) == 480 * 60


def test_a_pause_outside_working_time_changes_nothing() -> None:
    assert add_with_pauses(OFFICE, MONDAY, 480 * 60, [(utc(1, 4, 17, 30), utc(1, 5, 9))]) == utc(1, 5, 9, 30)


def test_pauses_may_overlap_and_come_in_any_order() -> None:
    pauses = [
        (utc(1, 4, 11), utc(1, 4, 12)),
        (utc(1, 4, 10), utc(1, 4, 11, 30)),
        (utc(1, 4, 11), utc(1, 4, 11)),
    ]

    assert add_with_pauses(OFFICE, MONDAY, HOUR, pauses) == utc(1, 4, 12, 30)
    assert used_with_pauses(OFFICE, MONDAY, utc(1, 4, 13), pauses) == HOUR


def test_an_open_pause_holds_the_clock() -> None:
    assert add_with_pauses(OFFICE, MONDAY, 480 * 60, [(utc(1, 5, 9, 29), None)]) is None
    assert used_with_pauses(OFFICE, MONDAY, utc(1, 20), [(utc(1, 5, 9, 29), None)]) == 479 * 60


def test_a_clock_that_was_due_when_the_pause_began_stays_due() -> None:
    assert add_with_pauses(OFFICE, MONDAY, 480 * 60, [(utc(1, 5, 9, 30), None)]) == utc(1, 5, 9, 30)


def test_a_clock_that_starts_inside_a_pause_begins_at_its_end() -> None:
    assert add_with_pauses(OFFICE, MONDAY, HOUR, [(utc(1, 4), utc(1, 4, 11))]) == utc(1, 4, 12)
    assert add_with_pauses(OFFICE, MONDAY, 0, [(utc(1, 4), utc(1, 4, 12, 30))]) == utc(1, 4, 13)
    assert add_with_pauses(OFFICE, MONDAY, 0, [(MONDAY, utc(1, 4, 11))]) == utc(1, 4, 11)
    assert add_with_pauses(OFFICE, MONDAY, HOUR, [(utc(1, 1), utc(1, 2))]) == utc(1, 4, 10, 30)


def test_a_pause_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot end at"):
        add_with_pauses(OFFICE, MONDAY, 60, [(utc(1, 5), utc(1, 4))])
