"""Starting, pausing and resuming clocks. Due instants are computed once, in UTC, from the calendar of whoever must act.

Allowances here are working seconds. DOMAIN: Deadlines.
"""

from dataclasses import replace
from datetime import datetime

from partnerflow import calendars
from partnerflow.calendars import Calendar
from partnerflow.cases.model import Case, Clock, ClockState, ClockWarning
from partnerflow.people import Directory
from partnerflow.policy.document import Policy

MINUTE = 60
OWNER, FIRST_RESPONSE, NEXT_UPDATE = "owner", "first_response", "next_update"
DECISION, STEP, PASS_THROUGH = "decision", "step", "pass_through"
PARTNER_ANSWER, VAT_NOTE = "partner_answer", "vat_note"
CLIMBING = (STEP, DECISION, PASS_THROUGH)
"""Only these have a ladder (DOMAIN: Ladder)."""
PAUSED_BY_QUESTION = (DECISION, STEP)


def calendar_of(directory: Directory, measured_by: str) -> Calendar:
    """The calendar behind ``person:<id>`` or ``organisation:<code>``."""
    kind, _, name = measured_by.partition(":")
    return directory.people[name].calendar if kind == "person" else directory.organisations[name].calendar


def by_person(person: str) -> str:
    return f"person:{person}"


def by_organisation(code: str) -> str:
    return f"organisation:{code}"


def start(
    name: str,
    measured_by: str,
    seconds: int,
    at: datetime,
    directory: Directory,
    policy: Policy,
    rung: int = 0,
) -> Clock:
    """A running clock with its warnings and its due instant."""
    clock = Clock(
        name=name,
        measured_by=measured_by,
        allowance=seconds,
        started_at=at,
        due_at=None,
        state=ClockState.RUNNING,
        warnings=tuple(ClockWarning(percent, at) for percent in policy.warnings),
        rung=rung,
    )
    return _run(clock, at, calendar_of(directory, measured_by))


def again(clock: Clock, at: datetime, directory: Directory, policy: Policy) -> Clock:
    """An ended clock running on with what it has left, and the warnings that are still to come."""
    to_come = (p for p in policy.warnings if clock.allowance * p // 100 > clock.used)
    warnings = tuple(ClockWarning(percent, at) for percent in to_come)
    return resume(replace(clock, warnings=warnings), at, directory)


def pause(clock: Clock, at: datetime, because: str, directory: Directory) -> Clock:
    """Stopped: no warning, no breach; the used seconds are kept."""
    spent = used(clock, at, directory)
    return replace(clock, state=ClockState.PAUSED, due_at=None, used=spent, paused_because=because)


def resume(clock: Clock, at: datetime, directory: Directory) -> Clock:
    """Running on with what was left."""
    running = replace(clock, state=ClockState.RUNNING, paused_because=None)
    return _run(running, at, calendar_of(directory, clock.measured_by))


def moved(clock: Clock, seconds: int, at: datetime, directory: Directory, policy: Policy) -> Clock:
    """On another allowance, with what was used kept; a warning that lies behind by now is not given again."""
    spent = used(clock, at, directory)
    kept = replace(clock, allowance=seconds, used=spent)
    if clock.state is not ClockState.RUNNING:
        return kept
    to_come = (percent for percent in policy.warnings if seconds * percent // 100 > spent)
    running = replace(kept, warnings=tuple(ClockWarning(percent, at) for percent in to_come))
    return _run(running, at, calendar_of(directory, clock.measured_by))


def allowance_in(clock: Clock, before: Policy, now: Policy) -> int:
    """The allowance a clock has under another policy; unchanged where it was a share or a date of its own."""
    name = STEP if clock.rung and clock.name in (STEP, DECISION, PASS_THROUGH) else clock.name
    if name not in now.allowances or clock.allowance != before.allowances[name] * MINUTE:
        return clock.allowance
    return now.allowances[name] * MINUTE


def done(clock: Clock) -> Clock:
    return replace(clock, state=ClockState.DONE, due_at=None, warnings=(), paused_because=None)


def used(clock: Clock, at: datetime, directory: Directory) -> int:
    """Working seconds used up to ``at``, at most the allowance."""
    if clock.state is not ClockState.RUNNING:
        return clock.allowance if clock.state is ClockState.BREACHED else clock.used
    since = clock.resumed_at or clock.started_at
    spent = calendars.used(calendar_of(directory, clock.measured_by), since, max(at, since))
    return min(clock.allowance, clock.used + spent)


def _run(clock: Clock, at: datetime, calendar: Calendar) -> Clock:
    def when(percent: int) -> datetime:
        return calendars.add(calendar, at, max(0, clock.allowance * percent // 100 - clock.used))

    warnings = tuple(ClockWarning(warning.percent, when(warning.percent)) for warning in clock.warnings)
    return replace(clock, resumed_at=at, due_at=when(100), warnings=warnings)


def step_seconds(
    case: Case, own_minutes: int | None, steps_left: int, at: datetime, policy: Policy, directory: Directory
) -> int:
    """The allowance of a step: its own, or an equal share of the decision time left among the steps left if that is
    less, but no less than the minimum; the full one once the decision clock has breached (DOMAIN: Deadlines)."""
    full = MINUTE * (own_minutes or policy.allowances["step"])
    decision = case.clock(DECISION)
    if decision is None or decision.state in (ClockState.BREACHED, ClockState.DONE) or decision.rung:
        return full
    share = (decision.allowance - used(decision, at, directory)) // steps_left
    return min(full, max(share, min(full, MINUTE * policy.allowances["step_minimum"])))
