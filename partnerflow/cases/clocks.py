"""Starting, pausing and resuming clocks. Due instants are computed once, in UTC, from the calendar of whoever must act.

Allowances here are working seconds. DOMAIN: Deadlines.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from partnerflow import calendars
from partnerflow.calendars import Calendar
from partnerflow.cases import grounds
from partnerflow.cases.grounds import Basis
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
    basis: Basis | None = None,
) -> Clock:
    """A running clock with its warnings and its due instant. ``basis`` None: the number is the policy's."""
    clock = Clock(
        name=name,
        measured_by=measured_by,
        allowance=seconds,
        started_at=at,
        due_at=None,
        state=ClockState.RUNNING,
        warnings=tuple(ClockWarning(percent, at) for percent in policy.warnings),
        rung=rung,
        basis=basis or Basis(grounds.POLICY, numbers_of(policy)),
    )
    return _run(clock, at, calendar_of(directory, measured_by))


def again(clock: Clock, at: datetime, directory: Directory, policy: Policy) -> Clock:
    """An ended clock running on with what it has left, and the warnings that are still to come."""
    to_come = (p for p in policy.warnings if clock.allowance * p // 100 > clock.used)
    warnings = tuple(ClockWarning(percent, at) for percent in to_come)
    return resume(replace(clock, warnings=warnings), at, directory)


def pause(clock: Clock, at: datetime, because: str, directory: Directory) -> Clock:
    """Stopped: no warning, no breach; the used seconds are kept."""
    kept = _keeping(clock, at, directory)
    return replace(kept, state=ClockState.PAUSED, due_at=None, paused_because=because)


def resume(clock: Clock, at: datetime, directory: Directory) -> Clock:
    """Running on with what was left."""
    running = replace(clock, state=ClockState.RUNNING, paused_because=None)
    return _run(running, at, calendar_of(directory, clock.measured_by))


def moved(clock: Clock, seconds: int, at: datetime, directory: Directory, policy: Policy) -> Clock:
    """On another allowance, with what was used kept; a warning that lies behind by now is not given again."""
    kept = replace(_keeping(clock, at, directory), allowance=seconds, basis=_moved_basis(clock, policy))
    if clock.state is not ClockState.RUNNING:
        return kept
    to_come = (percent for percent in policy.warnings if seconds * percent // 100 > kept.used)
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


def stopped(clock: Clock, at: datetime, directory: Directory) -> Clock:
    """Done, with what it used: it may run on with the rest (``again``)."""
    return done(_keeping(clock, at, directory))


def numbers_of(policy: Policy) -> int:
    """The version whose allowances these are: the case's own, or the one its clocks were moved to."""
    return policy.allowances_of or policy.version


def _moved_basis(clock: Clock, policy: Policy) -> Basis:
    return Basis(clock.basis.source if clock.basis else grounds.POLICY, numbers_of(policy))


def used(clock: Clock, at: datetime, directory: Directory) -> int:
    """Whole working seconds used up to ``at``, at most the allowance."""
    return _spent(clock, at, directory) // timedelta(seconds=1)


def _spent(clock: Clock, at: datetime, directory: Directory) -> timedelta:
    """To the microsecond, so that a pause neither gives nor takes anything."""
    whole = timedelta(seconds=clock.allowance)
    if clock.state is not ClockState.RUNNING:
        return whole if clock.state is ClockState.BREACHED else clock.spent
    since = clock.resumed_at or clock.started_at
    return min(whole, clock.spent + calendars.worked(calendar_of(directory, clock.measured_by), since, at))


def _keeping(clock: Clock, at: datetime, directory: Directory) -> Clock:
    used_, rest = divmod(_spent(clock, at, directory), timedelta(seconds=1))
    return replace(clock, used=used_, used_rest=rest.microseconds)


def _run(clock: Clock, at: datetime, calendar: Calendar) -> Clock:
    def when(percent: int) -> datetime:
        left = timedelta(seconds=clock.allowance * percent // 100) - clock.spent
        return calendars.add_length(calendar, at, max(timedelta(), left))

    warnings = tuple(ClockWarning(warning.percent, when(warning.percent)) for warning in clock.warnings)
    return replace(clock, resumed_at=at, ended_at=None, due_at=when(100), warnings=warnings)


def step_seconds(
    case: Case, own_minutes: int | None, steps_left: int, at: datetime, policy: Policy, directory: Directory
) -> int:
    """The allowance of a step, in seconds."""
    return step_allowance(case, own_minutes, steps_left, at, policy, directory)[0]


def step_allowance(
    case: Case, own_minutes: int | None, steps_left: int, at: datetime, policy: Policy, directory: Directory
) -> tuple[int, Basis]:
    """The allowance of a step in seconds, and where it comes from: its own, or an equal share of the decision time left
    among the steps left if that is less, but no less than the minimum; the full one once the decision clock has
    breached (DOMAIN: Deadlines)."""
    full, version = MINUTE * (own_minutes or policy.allowances["step"]), numbers_of(policy)
    decision = case.clock(DECISION)
    if decision is None or decision.state in (ClockState.BREACHED, ClockState.DONE) or decision.rung:
        return full, Basis(grounds.FULL, version)
    left = decision.allowance - used(decision, at, directory)
    least = min(full, MINUTE * policy.allowances["step_minimum"])
    found = min(full, max(left // steps_left, least))
    if found == full:
        return full, Basis(grounds.OWN if own_minutes else grounds.POLICY, version, left, steps_left)
    return found, Basis(grounds.SHARE if found > least else grounds.MINIMUM, version, left, steps_left)


def rung_basis(policy: Policy) -> Basis:
    """Only a rung starts anew (DOMAIN: Ladder)."""
    return Basis(grounds.RUNG, numbers_of(policy))
