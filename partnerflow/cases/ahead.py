"""The ladder still ahead: who would get a case at each rung, and when, if nobody acted (DOMAIN: Ladder).

A rung is resolved when it fires; what is told here is what it comes to as things stand now.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from partnerflow.cases import clocks, responsibility
from partnerflow.cases.model import Case, Clock, Holder, Step
from partnerflow.cases.parts import RUNG
from partnerflow.people import Directory, Person
from partnerflow.policy.document import Policy


@dataclass(frozen=True, slots=True)
class Rung:
    """``at`` None: the clock is paused, so nobody can say."""

    person: Person
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Ahead:
    """``ends_at``: when the last of them would be at its end, and who is paged then."""

    rungs: tuple[Rung, ...]
    ends_at: datetime | None
    paged: Person | None


NOBODY = Ahead((), None, None)


def ahead(case: Case, policy: Policy, directory: Directory, at: datetime) -> Ahead:
    """Every rung that is left of the clock that climbs at this stage."""
    clock = responsibility.climbing_clock(case)
    if clock is None or clock.exhausted:
        return NOBODY
    found = tuple(_rungs(case, clock, policy, directory, at))
    last = found[-1] if found else None
    ends = _next(clock, case, last.person, last.at, policy, directory) if last else clock.due_at
    return Ahead(found, ends, responsibility.executive(case, directory, ends or at))


def _rungs(case: Case, clock: Clock, policy: Policy, directory: Directory, at: datetime) -> Iterator[Rung]:
    due, rung, when = clock.due_at, clock.rung, at
    for _ in policy.ladder(clock.name).rungs[clock.rung :]:
        rung, person = responsibility.climb(case, clock.name, rung, policy, directory, when)
        if person is None:
            return
        yield Rung(person, due)
        due = _next(clock, case, person, due, policy, directory)
        case, when = _held(case, clock, person), due or when


def _next(
    clock: Clock, case: Case, person: Person, since: datetime | None, policy: Policy, directory: Directory
) -> datetime | None:
    """The end of a rung's own allowance, by the calendar of whoever it names."""
    if since is None:
        return None
    minutes, step = policy.allowances[clocks.STEP], case.step
    if clock.name == clocks.STEP and step and step.allowance_minutes:
        minutes = step.allowance_minutes
    by = clock.measured_by if clock.name == clocks.PASS_THROUGH else clocks.by_person(person.id)
    seconds = minutes * clocks.MINUTE
    return clocks.start(clock.name, by, seconds, since, directory, policy, 1).due_at


def _held(case: Case, clock: Clock, person: Person) -> Case:
    """The case as it would be held after the rung."""
    step, last = case.step, case.round
    if clock.name != clocks.STEP or step is None or last is None:
        return replace(case, owner=person.id)
    steps = tuple(_with(person, each, clock) if each.id == step.id else each for each in last.steps)
    return replace(case, rounds=(*case.rounds[:-1], replace(last, steps=steps)))


def _with(person: Person, step: Step, clock: Clock) -> Step:
    holder = Holder((person.id,), clock.due_at or clock.started_at, named_by=RUNG)
    return replace(step, holders=(*step.holders, holder), rung=step.rung + 1)
