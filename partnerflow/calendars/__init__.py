"""Working time across zones, lunch, holidays, night shifts and clock changes (DOMAIN: Deadlines).

Every instant is an aware datetime and every answer is in UTC; a naive one raises ValueError. Intervals are
half-open, a local time that does not exist means the first that does, and one that occurs twice means the
first as a start and the second as an end. A shift belongs to the local day on which it begins: a closed day
drops the shifts that begin on it and keeps the tail of the night shift before.
"""

from partnerflow.calendars.arithmetic import (
    Pause,
    add,
    add_length,
    add_with_pauses,
    closes,
    is_open,
    next_open,
    used,
    used_with_pauses,
    worked,
)
from partnerflow.calendars.explanation import ClockChange, Day, Explanation, Span, explain
from partnerflow.calendars.hours import (
    Calendar,
    DayKind,
    DayReason,
    Interval,
    always,
    describe,
    week,
    with_closures,
)
from partnerflow.calendars.local import (
    add_months,
    end_of_local_day,
    first_instant,
    local_day,
    local_text,
    same_time,
)

__all__ = [
    "Calendar",
    "ClockChange",
    "Day",
    "DayKind",
    "DayReason",
    "Explanation",
    "Interval",
    "Pause",
    "Span",
    "add",
    "add_length",
    "add_months",
    "add_with_pauses",
    "always",
    "closes",
    "describe",
    "end_of_local_day",
    "explain",
    "first_instant",
    "is_open",
    "local_day",
    "local_text",
    "next_open",
    "same_time",
    "used",
    "used_with_pauses",
    "week",
    "with_closures",
    "worked",
]
