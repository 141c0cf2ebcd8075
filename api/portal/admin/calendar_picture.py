"""A calendar as a picture: a year of months, each day worked or free and why; and the hours of its weekdays."""

import calendar as months
from dataclasses import dataclass
from datetime import date

from partnerflow.calendars import Calendar, DayKind

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True, slots=True)
class DayPicture:
    """``kind``: worked, or why not (no_hours, holiday, extra_day, closure); ``name`` of the holiday or closure."""

    day: date
    kind: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class MonthPicture:
    """Weeks from Monday to Sunday; None is a day of another month."""

    first: date
    weeks: tuple[tuple[DayPicture | None, ...], ...]


def year_of(shown: Calendar, year: int) -> tuple[MonthPicture, ...]:
    """The calendar is resolved for that year."""
    weeks = months.Calendar()
    return tuple(
        MonthPicture(
            date(year, month, 1),
            tuple(
                tuple(_day(shown, day) if day.month == month else None for day in week)
                for week in weeks.monthdatescalendar(year, month)
            ),
        )
        for month in range(1, 13)
    )


def _day(shown: Calendar, day: date) -> DayPicture:
    reasons = shown.reasons.get(day, ())
    name = " / ".join(reason.name for reason in reasons if reason.name)
    if day in shown.closed:
        kinds = [reason.kind for reason in reasons]
        kind = DayKind.CLOSURE if DayKind.CLOSURE in kinds else kinds[0] if kinds else DayKind.EXTRA
        return DayPicture(day, kind.value, name)
    return DayPicture(day, "worked" if shown.hours[day.weekday()] else DayKind.NO_HOURS.value, name)


def named(year: tuple[MonthPicture, ...]) -> list[DayPicture]:
    """Holidays, closures and extra days, in order: what a weekday's hours alone do not say."""
    ordinary = ("worked", DayKind.NO_HOURS.value)
    days = (day for month in year for week in month.weeks for day in week if day)
    return [day for day in days if day.name or day.kind not in ordinary]


def hours_of(shown: Calendar) -> list[tuple[str, str]]:
    """(weekday, its intervals)."""
    return [
        (name, ", ".join(map(str, intervals))) for name, intervals in zip(WEEKDAYS, shown.hours, strict=True)
    ]
