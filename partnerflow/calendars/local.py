"""Local time: from the clock on the wall to UTC and back, and instants as people read them."""

from bisect import bisect_left
from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = timedelta(seconds=1)


@lru_cache(maxsize=1024)
def zone_of(name: str) -> ZoneInfo:
    """The IANA zone of that name; ValueError if there is none."""
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError) as fault:
        raise ValueError(f"unknown time zone {name!r}") from fault


def utc_second(zone: ZoneInfo, day: date, second: int, *, is_end: bool) -> int:
    """UTC second since 1970 of the local time `second` seconds after the midnight on which `day` begins.

    DOMAIN: Deadlines. A local time that does not exist means the first that does; one that occurs twice means
    the first as a start and the second as an end.
    """
    wall = datetime.combine(day, time(), UTC) + second * _SECOND
    local = (wall - _EPOCH) // _SECOND
    # PEP 495: the two folds differ only near a clock change, and are the offsets before and after it
    before, after = (_offset(wall.replace(tzinfo=zone, fold=fold)) for fold in (0, 1))
    if before < after:
        return _jump(zone, local - after, local - before, before=before)
    return local - (after if is_end else before)


def day_begins(zone: ZoneInfo, day: date) -> datetime:
    """The first instant of the local day, in UTC; that of the next day for one that a clock change leaves out."""
    return _EPOCH + utc_second(zone, day, 0, is_end=False) * _SECOND


def clock_change(zone: ZoneInfo, begins: datetime, ends: datetime) -> tuple[datetime, int, int] | None:
    """When the offset changes from ``begins`` (inclusive) to ``ends`` (exclusive), and the offsets before and after.

    In seconds east of UTC; at most one change is found, as many as a day has.
    """
    low, high = ((at - _EPOCH) // _SECOND - 1 for at in (begins, ends))
    before, after = _offset_at(zone, low), _offset_at(zone, high)
    if before == after:
        return None
    return _EPOCH + _jump(zone, low, high, before=before) * _SECOND, before, after


def aware(at: datetime) -> datetime:
    """`at` itself; ValueError if it has no zone."""
    if at.utcoffset() is None:
        raise ValueError(f"an instant needs its zone, this one has none: {at.isoformat()}")
    return at


def local_day(at: datetime, zone: str) -> date:
    """The calendar day of an instant in a zone."""
    return aware(at).astimezone(zone_of(zone)).date()


def first_instant(day: date, zone: str) -> datetime:
    """The instant, in UTC, at which a local day begins."""
    return day_begins(zone_of(zone), day)


def same_time(at: datetime, zone: str, day: date) -> datetime:
    """The instant, in UTC, at which the clock on the wall shows on ``day`` what it shows at ``at``: the end of a term
    that began then."""
    wall = aware(at).astimezone(zone_of(zone)).time()
    second = wall.hour * 3_600 + wall.minute * 60 + wall.second
    found = _EPOCH + utc_second(zone_of(zone), day, second, is_end=True) * _SECOND
    return found + timedelta(microseconds=wall.microsecond)


def add_months(day: date, months: int) -> date:
    """The same day ``months`` later, or the month's last day where it has no such day."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def end_of_local_day(at: datetime, zone: str, days: int) -> datetime:
    """The midnight, in UTC, that ends the `days`-th local day after that of `at` (0: the same day)."""
    if days < 0:
        raise ValueError(f"days are counted forwards, not {days}")
    place = zone_of(zone)
    day = aware(at).astimezone(place).date() + timedelta(days=days)
    return _EPOCH + utc_second(place, day, 86_400, is_end=True) * _SECOND


def local_text(instant: datetime, zone: str, reference: datetime | None = None) -> str:
    """Such as "Tue 5 Jan 09:30 GMT", rounded down; with the year if that of `reference` is another."""
    place = zone_of(zone)
    local = aware(instant).astimezone(place)
    differs = reference is not None and aware(reference).astimezone(place).year != local.year
    year = f" {local.year}" if differs else ""
    name = f"{WEEKDAYS[local.weekday()]} {local.day} {MONTHS[local.month - 1]}{year}"
    return f"{name} {local:%H:%M} {_zone_text(local)}"


def _zone_text(local: datetime) -> str:
    """Many zones have no letters in the database, only "+01"."""
    name = local.tzname() or ""
    if name.isalpha():
        return name
    sign, minutes = "-" if _offset(local) < 0 else "+", abs(_offset(local)) // 60
    return f"UTC{sign}{minutes // 60:02}:{minutes % 60:02}" if minutes else "UTC"


def _jump(zone: ZoneInfo, low: int, high: int, *, before: int) -> int:
    """The first UTC second after `low`, and not after `high`, at which the offset is no longer `before`."""
    seconds = range(low + 1, high + 1)
    return seconds[bisect_left(seconds, 1, key=lambda second: int(_offset_at(zone, second) != before))]


def _offset_at(zone: ZoneInfo, utc_second: int) -> int:
    return _offset((_EPOCH + utc_second * _SECOND).astimezone(zone))


def _offset(local: datetime) -> int:
    return (local.utcoffset() or timedelta()) // _SECOND
