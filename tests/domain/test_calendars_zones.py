"""Every zone of the tz database whose clocks change: its next change each way, minute by minute."""

from datetime import date, timedelta
from itertools import groupby

import pytest

from partnerflow.calendars import Calendar, Interval, add, explain, is_open, used
from partnerflow.calendars import timeline as line
from partnerflow.calendars.arithmetic import instant, micros
from tests.domain.oracle_calendars import MINUTE, Window, clock_changes, open_minutes, window

DAYS = 3
PARTS = 4


def minutes(*texts: tuple[int, int]) -> tuple[Interval, ...]:
    return tuple(Interval(start * 60, end * 60) for start, end in texts)


OFFICE = minutes((540, 750), (780, 1050))
BROKEN_NIGHT = minutes((15, 60), (90, 135), (150, 180), (205, 1290), (1320, 1470))
LONG_NIGHT = minutes((1320, 390))
SHIFTS = {
    "office": (OFFICE,) * 7,
    "broken-night": (BROKEN_NIGHT,) * 7,
    "nights": (LONG_NIGHT,) * 7,
}


def runs(view: Window, opened: bytearray) -> list[tuple[int, int]]:
    """Open spans as first minute and the minute after the last."""
    found, at = [], 0
    for is_on, group in groupby(opened):
        length = sum(1 for _ in group)
        if is_on:
            found.append((at, at + length))
        at += length
    return found


def holds(view: Window, calendar: Calendar) -> None:
    """All spans to the minute; adding and measuring from each of their edges."""
    opened = open_minutes(view, calendar)
    spans = [(view.first + a * MINUTE, view.first + b * MINUTE) for a, b in runs(view, opened)]
    found = line.spans(line.timeline(calendar), micros(view.first), micros(view.last))
    assert [(instant(a), instant(b)) for a, b in found] == spans
    assert used(calendar, view.first, view.last) == sum(opened) * 60
    total = 0
    for begins, ends in spans:
        total += int((ends - begins).total_seconds())
        assert add(calendar, view.first, total) == ends
        assert used(calendar, view.first, ends) == total
        assert is_open(calendar, begins)
    told = explain(calendar, view.first, total)
    assert (told.total, told.due) == (timedelta(seconds=total), add(calendar, view.first, total))


@pytest.mark.parametrize(
    "part", [0, *(pytest.param(part, marks=pytest.mark.long) for part in range(1, PARTS))]
)
def test_every_zone_s_next_change_each_way_minute_by_minute(part: int) -> None:
    changes = clock_changes()[part::PARTS]
    assert changes
    for zone, day, _ in changes:
        view = window(zone, day, DAYS)
        for name, hours in SHIFTS.items():
            closed = frozenset({day + timedelta(days=1)}) if name == "office" else frozenset[date]()
            holds(view, Calendar(zone, hours, closed))


def test_most_zones_that_change_do_it_both_ways() -> None:
    zones = {zone for zone, _, _ in clock_changes()}
    both = {zone for zone, _, forward in clock_changes() if forward} & {
        zone for zone, _, forward in clock_changes() if not forward
    }
    assert len(zones) > 200
    assert {"Europe/London", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca"} <= both
