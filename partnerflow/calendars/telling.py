"""An explanation as lines for people and as plain members for JSON; instants as text in RFC 3339."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from partnerflow.calendars.explanation import ClockChange, Day, Explanation, Span
from partnerflow.calendars.hours import DayKind, describe
from partnerflow.calendars.local import MONTHS, WEEKDAYS, day_begins, local_text, zone_of

HEADS = ("Day", "Counted, or why not", "this day", "in all")
SATURDAY = 5
_MINUTE = timedelta(minutes=1)


def rfc3339(at: datetime, zone: str = "") -> str:
    """With Z, in UTC; or, if a zone is given, as its clock shows it, with its offset."""
    if not zone:
        return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    local = at.astimezone(zone_of(zone))
    offset = local.utcoffset() or timedelta()
    if offset % _MINUTE:  # local mean times of long ago, which RFC 3339 cannot write
        local = at.astimezone(timezone(offset // _MINUTE * _MINUTE))
    return local.isoformat()


def members(told: Explanation) -> dict[str, Any]:
    """``due_at`` in UTC and ``due_local`` (null while held), and one step per local day; instants within are local.

    A step: ``day``, ``open``, ``paused`` and ``counted`` as lists of {from, to}, ``counted_seconds`` of this day,
    ``total_seconds`` up to its end, ``reasons`` as {kind, name}, ``clock_change`` as {at, from_offset, to_offset}.
    """
    zone = told.calendar.zone
    due = told.due
    return {
        "due_at": rfc3339(due) if due else None,
        "due_local": rfc3339(due, zone) if due else None,
        "held_since": rfc3339(told.held_since) if told.held_since else None,
        "steps": [_step(day, zone) for day in told.days],
    }


def _step(day: Day, zone: str) -> dict[str, Any]:
    return {
        "day": day.day.isoformat(),
        "open": _spans(day.open, zone),
        "paused": _spans(day.paused, zone),
        "counted": _spans(day.counted, zone),
        "counted_seconds": _seconds(day.length),
        "total_seconds": _seconds(day.total),
        "reasons": [{"kind": reason.kind.value, "name": reason.name} for reason in day.reasons],
        "clock_change": _change(day.change) if day.change else None,
    }


def _change(change: ClockChange) -> dict[str, str]:
    before, after = _offset(change.before), _offset(change.after)
    return {"at": rfc3339(change.at), "from_offset": before, "to_offset": after}


def _spans(spans: tuple[Span, ...], zone: str) -> list[dict[str, str]]:
    return [{"from": rfc3339(span.begins, zone), "to": rfc3339(span.ends, zone)} for span in spans]


def _seconds(length: timedelta) -> int | float:
    whole, rest = divmod(length, timedelta(seconds=1))
    return length.total_seconds() if rest else whole


def lines(told: Explanation) -> Iterator[str]:
    """For reading: the calendar, a line per day (days of the same kind on which nothing counts share one), the end."""
    zone = told.calendar.zone
    yield f"Calendar   {describe(told.calendar)}"
    yield f"From       {_instant(told.start, zone)}"
    yield f"Allowance  {_length(timedelta(seconds=told.seconds))}"
    yield ""
    yield from _table([HEADS, *_rows(told)])
    yield ""
    if told.due:
        yield f"Due        {_instant(told.due, zone)}"
        return
    assert told.held_since is not None
    left = _length(timedelta(seconds=told.seconds) - told.total)
    yield f"Held       since {_instant(told.held_since, zone)}, with {left} left: the pause is open"


def _table(rows: list[tuple[str, str, str, str]]) -> Iterator[str]:
    first, second, third, fourth = (max(map(len, column)) for column in zip(*rows, strict=True))
    for name, text, here, total in rows:
        yield f"{name:<{first}}  {text:<{second}}  {here:>{third}}  {total:>{fourth}}".rstrip()


def _rows(told: Explanation) -> Iterator[tuple[str, str, str, str]]:
    """As HEADS says."""
    run: list[Day] = []
    for day in told.days:
        if run and (_is_quiet(day) and _is_quiet(run[0]) and _text(day, told) == _text(run[0], told)):
            run.append(day)
            continue
        if run:
            yield _row(run, told)
        run = [day]
    yield _row(run, told)


def _is_quiet(day: Day) -> bool:
    return not day.open and not day.counted


def _row(run: list[Day], told: Explanation) -> tuple[str, str, str, str]:
    last = run[-1]
    name = _name(run[0]) if len(run) == 1 else f"{_name(run[0])} - {_name(last)}"
    here, total = (_length(last.length), _length(last.total)) if last.counted else ("", "")
    return name, _text(last, told), here, total


def _name(day: Day) -> str:
    """With the year: an allowance may run over several."""
    return f"{WEEKDAYS[day.day.weekday()]} {day.day.day} {MONTHS[day.day.month - 1]} {day.day.year}"


def _text(day: Day, told: Explanation) -> str:
    zone = told.calendar.zone
    opened, counted, paused = (_clocks(spans, day, zone) for spans in (day.open, day.counted, day.paused))
    parts = []
    if opened:
        parts.append(counted if counted == opened else f"{counted or 'nothing'} of {opened}")
    parts += _words(day)
    if paused:
        parts.append(f"paused {paused}")
    if day.change:
        parts.append(_change_words(day.change))
    return "; ".join(parts)


def _words(day: Day) -> Iterator[str]:
    weekday = day.day.weekday()
    words = {
        DayKind.CLOSURE: "closed",
        DayKind.EXTRA: "extra day off",
        DayKind.HOLIDAY: "holiday",
        DayKind.NO_HOURS: "weekend" if weekday >= SATURDAY else f"no hours on {WEEKDAYS[weekday]}",
        DayKind.WORKED: "no day off",
    }
    for reason in day.reasons:
        yield f"{words[reason.kind]}: {reason.name}" if reason.name else words[reason.kind]


def _change_words(change: ClockChange) -> str:
    moved = timedelta(seconds=abs(change.after - change.before))
    way = "forward" if change.after > change.before else "back"
    at = change.at + timedelta(seconds=change.before)
    offsets = f"UTC{_offset(change.before)} to UTC{_offset(change.after)}"
    return f"at {at:%H:%M} clocks go {way} {_length(moved)} ({offsets})"


def _clocks(spans: tuple[Span, ...], day: Day, zone: str) -> str:
    midnight = day_begins(zone_of(zone), day.day + timedelta(days=1))
    return ", ".join(
        f"{_time(span.begins, zone)}-{'24:00' if span.ends == midnight else _time(span.ends, zone)}"
        for span in spans
    )


def _time(at: datetime, zone: str) -> str:
    local = at.astimezone(zone_of(zone))
    return local.strftime("%H:%M:%S" if local.second or local.microsecond else "%H:%M")


def _instant(at: datetime, zone: str) -> str:
    local = at.astimezone(zone_of(zone))
    day = f"{WEEKDAYS[local.weekday()]} {local.day} {MONTHS[local.month - 1]} {local.year}"
    name = local_text(at, zone).rpartition(" ")[2]
    return f"{day} {_time(at, zone)} {name} ({rfc3339(at)})"


def _length(length: timedelta) -> str:
    """Minutes, and what is left in seconds: "29 min 45 s"."""
    minutes, rest = divmod(length, _MINUTE)
    return f"{minutes} min {rest.total_seconds():g} s" if rest else f"{minutes} min"


def _offset(seconds: int) -> str:
    sign, minutes = "-" if seconds < 0 else "+", abs(seconds) // 60
    return f"{sign}{minutes // 60:02}:{minutes % 60:02}"
