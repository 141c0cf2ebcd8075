"""What the desk asks of a calendar: when is it due, how much was used, is it open (DOMAIN: Deadlines)."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from partnerflow.calendars import timeline as line
from partnerflow.calendars.hours import Calendar
from partnerflow.calendars.local import aware

Pause = tuple[datetime, datetime | None]
"""From (inclusive) and to (exclusive, None: still open)."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_LONGEST = 100 * 366 * 86_400  # a mistyped allowance must not keep a transaction busy until the year 9999


def add(calendar: Calendar, start: datetime, seconds: int) -> datetime:
    """The instant by which `seconds` of working time have passed since `start`, in UTC.

    Outside working time the count begins at the next opening (0 seconds answer with it); what ends exactly at
    closing time is due at closing time. ValueError if the calendar does not open for three years.
    """
    return instant(line.advance(line.timeline(calendar), micros(start), _allowance(seconds)))


def add_length(calendar: Calendar, start: datetime, length: timedelta) -> datetime:
    """As `add`, of a length that is no whole number of seconds: what a pause has left of an allowance."""
    _allowance(length // timedelta(seconds=1))
    return instant(line.advance(line.timeline(calendar), micros(start), length // _MICROSECOND))


def worked(calendar: Calendar, a: datetime, b: datetime) -> timedelta:
    """As `used`, to the microsecond: what a pause keeps, so that nothing is lost from one to the next."""
    return line.worked(line.timeline(calendar), micros(a), micros(b)) * _MICROSECOND


def used(calendar: Calendar, a: datetime, b: datetime) -> int:
    """Whole working seconds from `a` to `b`; 0 if `b` is not after `a`. The inverse of `add`."""
    return line.worked(line.timeline(calendar), micros(a), micros(b)) // line.SECOND


def add_with_pauses(
    calendar: Calendar, start: datetime, seconds: int, pauses: Sequence[Pause]
) -> datetime | None:
    """As `add`, with nothing counting during the pauses; None while an open pause holds it.

    Pauses come in any order and may overlap.
    """
    blocks, at, left = line.timeline(calendar), micros(start), _allowance(seconds)
    for begin, end in pauses_in_order(pauses):
        due = line.advance(blocks, at, left)
        if due < begin or (due == begin and left):
            return instant(due)
        if end is None:
            return None
        left -= line.worked(blocks, at, begin)
        at = max(at, end)
    return instant(line.advance(blocks, at, left))


def used_with_pauses(calendar: Calendar, a: datetime, b: datetime, pauses: Sequence[Pause]) -> int:
    """As `used`, without the working time inside pauses; an open pause reaches to `b`."""
    blocks, at, last = line.timeline(calendar), micros(a), micros(b)
    total = 0
    for begin, end in pauses_in_order(pauses):
        total += line.worked(blocks, at, min(begin, last))
        at = max(at, last if end is None else end)
    return (total + line.worked(blocks, at, last)) // line.SECOND


def is_open(calendar: Calendar, at: datetime) -> bool:
    """Whether `at` is working time; a closing instant is not."""
    instant = micros(at)
    return line.next_opening(line.timeline(calendar), instant) == instant


def next_open(calendar: Calendar, at: datetime) -> datetime | None:
    """`at` itself, in UTC, if open, else the next opening; None if there is none in three years."""
    opening = line.next_opening(line.timeline(calendar), micros(at))
    return None if opening is None else instant(opening)


def closes(calendar: Calendar, at: datetime) -> datetime | None:
    """When the working time around `at` ends; None if closed at `at`, or open for the next three years."""
    closing = line.closing(line.timeline(calendar), micros(at))
    return None if closing is None else instant(closing)


def pauses_in_order(pauses: Sequence[Pause]) -> Iterator[tuple[int, int | None]]:
    """In microseconds by their beginning, without the empty ones."""
    spans = ((micros(begin), None if end is None else micros(end)) for begin, end in pauses)
    for begin, end in sorted(spans, key=lambda span: span[0]):
        if end is not None and end < begin:
            raise ValueError(f"a pause from {instant(begin)} cannot end at {instant(end)}")
        if end != begin:
            yield begin, end


def _allowance(seconds: int) -> int:
    if not 0 <= seconds <= _LONGEST:
        raise ValueError(f"an allowance is 0 to {_LONGEST} seconds, not {seconds}")
    return seconds * line.SECOND


def micros(at: datetime) -> int:
    """The instant on the time line: microseconds since 1970."""
    return (aware(at) - _EPOCH) // _MICROSECOND


def instant(at: int) -> datetime:
    """The instant, in UTC, of a point of the time line."""
    return _EPOCH + at * _MICROSECOND
