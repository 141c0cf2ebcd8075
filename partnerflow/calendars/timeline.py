"""A calendar laid out on the UTC time line, in integer microseconds since 1970.

It is worked out in blocks of 32 UTC days that are kept, each with its open spans (merged, cut at the block's
edges) and the running sum of their lengths, so that adding and measuring are a bisection each.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache, partial

from partnerflow.calendars.hours import Calendar
from partnerflow.calendars.local import utc_second, zone_of

SECOND = 1_000_000
_DAYS = 32
_LENGTH = _DAYS * 86_400 * SECOND
_QUIET = 35  # blocks, a little over three years: a calendar that is shut for so long does not open again
_KNOWN = range(-20_000, 90_000)  # what the standard library's years, 1 to 9999, can hold with room to spare


@dataclass(frozen=True, slots=True)
class Block:
    """Open spans `starts[i]` to `ends[i]`, the open time `before[i]` each, and as last entry all of it."""

    starts: tuple[int, ...]
    ends: tuple[int, ...]
    before: tuple[int, ...]

    def open_until(self, at: int) -> int | None:
        """The end of the span that holds `at`."""
        index = bisect_right(self.starts, at) - 1
        return self.ends[index] if index >= 0 and at < self.ends[index] else None

    def worked(self, at: int) -> int:
        """The open time of this block that lies before `at`."""
        index = bisect_right(self.starts, at) - 1
        return self.before[index] + min(at, self.ends[index]) - self.starts[index] if index >= 0 else 0


Timeline = Callable[[int], Block]
"""From the number of a block to the block."""


@lru_cache(maxsize=256)
def timeline(calendar: Calendar) -> Timeline:
    """The calendar's blocks. Kept per calendar, because hashing a calendar costs more than the arithmetic."""
    return lru_cache(maxsize=64)(partial(_block, calendar))


def advance(blocks: Timeline, at: int, length: int) -> int:
    """The first instant by which `length` of open time has passed since `at`; of 0, the next open instant."""
    if not length:
        opening = next_opening(blocks, at)
        return _never(at) if opening is None else opening
    number = at // _LENGTH
    block = blocks(number)
    target, quiet = block.worked(at) + length, 0
    while target > block.before[-1]:
        target -= block.before[-1]
        quiet = 0 if block.starts else quiet + 1
        if quiet > _QUIET:
            return _never(at)
        number += 1
        block = blocks(number)
    # the first span that reaches the target: what ends exactly at closing time is due at closing time
    index = bisect_left(block.before, target) - 1
    return block.starts[index] + target - block.before[index]


def worked(blocks: Timeline, a: int, b: int) -> int:
    """The open time from `a` to `b`, 0 if `b` is not after `a`."""
    if b <= a:
        return 0
    first, last = a // _LENGTH, b // _LENGTH
    whole = sum(blocks(number).before[-1] for number in range(first, last))
    return whole + blocks(last).worked(b) - blocks(first).worked(a)


def spans(blocks: Timeline, low: int, high: int) -> Iterator[tuple[int, int]]:
    """The open spans between the two instants, in order, cut at them and at nothing else."""
    numbers = range(low // _LENGTH, (high - 1) // _LENGTH + 1)
    found = (
        span for number in numbers for span in zip(blocks(number).starts, blocks(number).ends, strict=True)
    )
    return merged((max(start, low), min(end, high)) for start, end in found)


def next_opening(blocks: Timeline, at: int) -> int | None:
    """`at` itself if open, else the next open instant; None if there is none in three years."""
    number = at // _LENGTH
    block = blocks(number)
    if block.open_until(at) is not None:
        return at
    index = bisect_right(block.starts, at)
    if index < len(block.starts):
        return block.starts[index]
    later = (blocks(each) for each in range(number + 1, number + 1 + _QUIET))
    return next((block.starts[0] for block in later if block.starts), None)


def closing(blocks: Timeline, at: int) -> int | None:
    """The end of the open span that holds `at`; None if not open, or open throughout the next three years."""
    number = at // _LENGTH
    end = blocks(number).open_until(at)
    for following in range(number + 1, number + 1 + _QUIET):
        if end != following * _LENGTH:
            return end
        end = blocks(following).open_until(end) or end
    return None


def _block(calendar: Calendar, number: int) -> Block:
    if number not in _KNOWN:
        raise ValueError("no calendar reaches that far")
    low, high = number * _LENGTH, (number + 1) * _LENGTH
    starts: list[int] = []
    ends: list[int] = []
    for start, end in merged(_shifts(calendar, number)):
        if start < high and end > low:
            starts.append(max(start, low))
            ends.append(min(end, high))
    before = [0]
    for start, end in zip(starts, ends, strict=True):
        before.append(before[-1] + end - start)
    return Block(tuple(starts), tuple(ends), tuple(before))


def _shifts(calendar: Calendar, number: int) -> Iterator[tuple[int, int]]:
    """All shifts that can touch the block: zones reach 15 h either way, a shift lasts up to a local day."""
    zone = zone_of(calendar.zone)
    first = date(1970, 1, 1) + timedelta(days=number * _DAYS - 3)
    for day in (first + timedelta(days=step) for step in range(_DAYS + 5)):
        for interval in calendar.hours[day.weekday()] if day not in calendar.closed else ():
            start = utc_second(zone, day, interval.start, is_end=False)
            yield start * SECOND, utc_second(zone, day, interval.until, is_end=True) * SECOND


def merged(spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """In order, without the empty ones, those that touch or overlap made one."""
    held: tuple[int, int] | None = None
    for start, end in sorted(span for span in spans if span[0] < span[1]):
        if held and start <= held[1]:
            held = held[0], max(held[1], end)
            continue
        if held:
            yield held
        held = start, end
    if held:
        yield held


def _never(at: int) -> int:
    day = date(1970, 1, 1) + timedelta(microseconds=at)
    raise ValueError(f"no working time in the three years from {day}")
