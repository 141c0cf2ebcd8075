"""Settle first: whatever is commanded, what was due before it is applied first, in order (DOMAIN: Settle first)."""

from dataclasses import replace
from datetime import datetime, timedelta

from partnerflow.calendars import add, next_open
from partnerflow.cases import clocks, responsibility
from partnerflow.cases.events import (
    CaseEscalated,
    ClockBreached,
    ClocksSet,
    ClockWarned,
    InfoReceived,
    OwnerChanged,
)
from partnerflow.cases.model import Case, Clock, ClockState
from partnerflow.cases.talking import resume
from partnerflow.cases.view import Draft
from partnerflow.people import Person, Role, covering

CLOSE = timedelta(seconds=60)
"""A rung that fires this soon after its due instant starts its allowance from the due instant."""


def settle(draft: Draft, *, inclusive: bool = False) -> None:
    """Apply every stored due instant earlier than the draft's (``inclusive``: or equal), at most one rung per clock."""
    climbed: set[str] = set()
    while due := _first_due(draft, climbed, inclusive):
        when, name = due
        clock = draft.case.clock(name)
        assert clock is not None
        if clock.state is ClockState.RUNNING and clock.warnings and clock.warnings[0].at == when:
            _warn(draft, clock)
        elif name in clocks.CLIMBING:
            climbed.add(name)
            fire(draft, clock, when)
        elif name == clocks.PARTNER_ANSWER:
            _lapse(draft, clock)
        else:
            draft.emit(ClockBreached(name, when))
            draft.emit(ClocksSet((replace(clock, state=ClockState.BREACHED),)))


def _first_due(draft: Draft, climbed: set[str], inclusive: bool) -> tuple[datetime, str] | None:
    at = draft.at
    found = (due for due in draft.case.clocks_due if due[1] not in climbed)
    return next((due for due in found if due[0] < at or (inclusive and due[0] == at)), None)


def _warn(draft: Draft, clock: Clock) -> None:
    first, *rest = clock.warnings
    draft.emit(ClockWarned(clock.name, first.percent, clock.due_at or first.at))
    draft.emit(ClocksSet((replace(clock, warnings=tuple(rest)),)))


def _lapse(draft: Draft, clock: Clock) -> None:
    """Silence neither confirms nor withdraws: the points are "not answered", the decider decides on what is there."""
    for question in draft.case.questions:
        if question.open:
            draft.emit(InfoReceived(question.id, None))
    draft.emit(ClocksSet((clocks.done(clock),)))
    resume(draft)


def fire(draft: Draft, clock: Clock, when: datetime, reason: str = "", *, pulled: bool = False) -> None:
    """The next rung: somebody else has it now, with an allowance of their own, and everybody concerned is told."""
    case, view = draft.case, draft.view
    rung, person = responsibility.climb(case, clock.name, clock.rung, view.policy, view.directory, draft.at)
    before = responsibility.holders(case, clock.name)
    step = case.step.id if clock.name == clocks.STEP and case.step else None
    because = reason or f"The deadline of {clock.name.replace('_', ' ')} passed."
    if person is None:
        _exhaust(draft, clock, when, before, step)
        return
    since = when if draft.at - when <= CLOSE else draft.at
    draft.emit(CaseEscalated(clock.name, rung, before, person.id, when, because, pulled, step))
    draft.emit(ClocksSet((_own_allowance(draft, clock, person, since, rung),)))
    if step is None:
        draft.emit(OwnerChanged(person.id, before[0], "rung"))
        _owner_clock(draft, person)


def _own_allowance(draft: Draft, clock: Clock, person: Person, since: datetime, rung: int) -> Clock:
    """A step's rung has the step's full allowance by the new decider's calendar, the others a step's too."""
    view, step = draft.view, draft.case.step
    minutes = view.policy.allowances["step"]
    if clock.name == clocks.STEP and step and step.allowance_minutes:
        minutes = step.allowance_minutes
    by = clock.measured_by if clock.name == clocks.PASS_THROUGH else clocks.by_person(person.id)
    seconds = minutes * clocks.MINUTE
    return clocks.start(clock.name, by, seconds, since, view.directory, view.policy, rung)


def _owner_clock(draft: Draft, person: Person) -> None:
    view = draft.view
    seconds = view.policy.allowances["owner"] * clocks.MINUTE
    by = clocks.by_person(person.id)
    draft.emit(ClocksSet((clocks.start(clocks.OWNER, by, seconds, draft.at, view.directory, view.policy),)))


def _exhaust(draft: Draft, clock: Clock, when: datetime, before: tuple[str, ...], step: str | None) -> None:
    """``hold_and_page``: the executive and the on-call address at once and each working morning (DOMAIN: Ladder)."""
    again = _next_morning(draft, draft.case)
    draft.emit(CaseEscalated(clock.name, clock.rung, before, None, when, "No rung is left.", False, step))
    state = replace(clock, state=ClockState.BREACHED, exhausted=True, due_at=again, warnings=())
    draft.emit(ClocksSet((state,)))


def _next_morning(draft: Draft, case: Case) -> datetime:
    """When the executive's next working day begins."""
    directory = draft.view.directory
    executive = covering(directory, Role.EXECUTIVE, case.scope, draft.at)
    calendar = executive.calendar if executive else directory.operator.calendar
    tonight = draft.at + timedelta(hours=12)
    return next_open(calendar, tonight) or add(calendar, tonight, 1)
