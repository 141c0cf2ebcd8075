"""A clock with its arithmetic: what it measures, by whose calendar, how much of what, and what counted on each day."""

from datetime import datetime
from typing import Any

from api.schemas.shown.plain import instant
from partnerflow.calendars import Explanation, describe
from partnerflow.calendars.telling import members, rfc3339
from partnerflow.cases import clocks
from partnerflow.cases.clock_explanation import MEASURES, Explained, Paused, allowance_words
from partnerflow.cases.pauses import Point
from partnerflow.people import Directory


def summary(told: Explained, directory: Directory) -> dict[str, Any]:
    """As the list shows it."""
    clock = told.clock
    return {
        "name": clock.name,
        "measures": MEASURES[clock.name],
        "state": clock.state.value,
        "rung": clock.rung,
        "policy_version": told.basis.policy_version,
        "allowance_minutes": clock.allowance // clocks.MINUTE,
        "used_minutes": told.used // clocks.MINUTE,
        "started_at": instant(clock.started_at),
        "due_at": instant(clock.due_at),
        "due_local": _local(clock.due_at, told.calendar.zone),
        "ended_at": instant(clock.ended_at),
        "paused_because": clock.paused_because,
        "calendar": _calendar(told, directory),
    }


def whole(told: Explained, directory: Directory) -> dict[str, Any]:
    """With every number it is made of. ``reckoned_due_at`` is what the history gives: the stored ``due_at``, unless it
    ended or climbed before, or the calendar was changed since (``agrees`` false)."""
    clock = told.clock
    return summary(told, directory) | {
        "allowance": {
            "seconds": clock.allowance,
            "source": told.basis.source,
            "decision_seconds_left": told.basis.left,
            "steps_left": told.basis.steps,
            "text": allowance_words(told),
        },
        "used_seconds": told.used,
        "warnings": [{"percent": w.percent, "at": instant(w.at), "given": w.given} for w in told.warnings],
        "pauses": [_pause(each, directory) for each in told.pauses],
        "reckoned_due_at": instant(told.due),
        "reckoned_due_local": _local(told.due, told.calendar.zone),
        "agrees": told.agrees,
        "next_page_at": instant(clock.due_at) if clock.exhausted else None,
        "held_since": instant(told.told.held_since),
        "holidays": _days_off(told.told),
        "steps": members(told.told)["steps"],
    }


def _calendar(told: Explained, directory: Directory) -> dict[str, Any]:
    kind, _, key = told.clock.measured_by.partition(":")
    of = directory.people[key].name if kind == "person" else directory.organisations[key].name
    return {"kind": kind, "of": of, "hours": describe(told.calendar), "zone": told.calendar.zone}


def _pause(paused: Paused, directory: Directory) -> dict[str, Any]:
    stop = paused.stop
    return {
        "from": instant(stop.since),
        "to": instant(stop.until),
        "because": stop.because,
        "asked_by": name(stop.by, directory),
        "points": [_point(each, directory) for each in stop.points],
        "used_minutes": paused.used // clocks.MINUTE,
        "longest_minutes": paused.longest // clocks.MINUTE,
    }


def _point(point: Point, directory: Directory) -> dict[str, Any]:
    return {
        "kind": point.kind,
        "id": point.id,
        "text": point.text,
        "by": name(point.by, directory),
        "since": instant(point.since),
        "until": instant(point.until),
    }


def _days_off(told: Explanation) -> list[dict[str, Any]]:
    """The holidays, closures and extra days on the way: weekends are no news."""
    return [
        {"day": day.day.isoformat(), "kind": reason.kind.value, "name": reason.name}
        for day in told.days
        for reason in day.reasons
        if reason.kind.value != "no_hours"
    ]


def name(person: str | None, directory: Directory) -> str | None:
    """As everybody reads it; services of ours are Partnerflow."""
    if person is None:
        return None
    known = directory.people.get(person)
    return known.name if known else "Partnerflow"


def _local(at: datetime | None, zone: str) -> str | None:
    return rfc3339(at.replace(microsecond=0), zone) if at else None
