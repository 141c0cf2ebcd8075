"""What of a licence's term is left at an instant, counted in days, months or hours, and when less of it is.

Days and months are local ones of the term's zone, hours are elapsed ones. What counts is the instant at which the
complete request was received. DOMAIN: Orders (eligibility).
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from partnerflow.calendars import add_months, first_instant, local_day, same_time
from partnerflow.money import TermPart
from partnerflow.policy.reading import Gathering, Place
from partnerflow.policy.terms import ProrationUnit

NOMINAL_DAYS: Final = 30
"""Of a month, where the policy counts nominal ones."""
LONGEST_FREE: Final = 87_600
_HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Proration:
    """``charged``: the unit in which it is cancelled counts as used. The first ``free_hours`` from the purchase come
    back in full (half-open). ``nominal``: months of 30 days, else the term's real length."""

    unit: ProrationUnit
    charged: bool = True
    free_hours: int = 0
    nominal: bool = False


@dataclass(frozen=True, slots=True)
class Term:
    """``months`` from ``starts_at``, by the calendar of an IANA ``zone``."""

    starts_at: datetime
    months: int
    zone: str


@dataclass(frozen=True, slots=True)
class Left:
    """``falls_at``: when less of the term is left, or the free hours are over; None where nothing is left to fall."""

    part: TermPart
    falls_at: datetime | None


def read_proration(place: Place) -> Proration:
    members = place.members(["unit"], ["day_of_cancellation", "free_hours", "term"])
    day, free, term = members["day_of_cancellation"], members["free_hours"], members["term"]
    gathering = Gathering()
    found = Proration(
        gathering.get(lambda: members["unit"].term(ProrationUnit)),
        day.value is None or gathering.get(lambda: day.one_of(["charged", "free"])) == "charged",
        0 if free.value is None else gathering.get(lambda: free.whole(low=0, high=LONGEST_FREE)),
        term.value is not None and gathering.get(lambda: term.one_of(["real", "nominal"])) == "nominal",
    )
    gathering.done()
    return found


def left(rule: Proration, term: Term, bought_at: datetime, at: datetime) -> Left:
    """What is left of the term at ``at``; ``bought_at`` is the purchase that the free hours count from."""
    first = local_day(term.starts_at, term.zone)
    of = _length(rule, term, first)
    free_until = bought_at + rule.free_hours * _HOUR
    if max(at, bought_at) < free_until:
        return Left(TermPart(of, of, rule.unit.value), free_until)
    begun, falls_at = _begun(rule, term, first, max(at, term.starts_at))
    rest = max(0, of - begun - rule.charged)
    return Left(TermPart(rest, of, rule.unit.value), falls_at if rest else None)


def words(part: TermPart) -> str:
    """``116 of 365 days unused``."""
    unit = f" {part.unit}s" if part.unit else ""
    return f"{part.left:,} of {part.of:,}{unit} unused"


def _length(rule: Proration, term: Term, first: date) -> int:
    end = add_months(first, term.months)
    match rule.unit:
        case ProrationUnit.MONTH:
            return term.months
        case ProrationUnit.DAY:
            return NOMINAL_DAYS * term.months if rule.nominal else (end - first).days
        case ProrationUnit.HOUR:
            ends_at = same_time(term.starts_at, term.zone, end)
            real = -((term.starts_at - ends_at) // _HOUR)  # an hour that has begun is one
            return 24 * NOMINAL_DAYS * term.months if rule.nominal else real


def _begun(rule: Proration, term: Term, first: date, at: datetime) -> tuple[int, datetime]:
    """The whole units that are over at ``at``, and when the one that runs will be."""
    if rule.unit is ProrationUnit.HOUR:
        hours = (at - term.starts_at) // _HOUR
        return hours, term.starts_at + (hours + 1) * _HOUR
    today = local_day(at, term.zone)
    if rule.unit is ProrationUnit.DAY:
        days = (today - first).days
        return days, first_instant(first + timedelta(days=days + 1), term.zone)
    if rule.nominal:
        months = (today - first).days // NOMINAL_DAYS
        return months, first_instant(first + timedelta(days=NOMINAL_DAYS * (months + 1)), term.zone)
    months = 12 * (today.year - first.year) + today.month - first.month
    months -= add_months(first, months) > today
    return months, first_instant(add_months(first, months + 1), term.zone)
