"""Whom a step names when its turn comes, and who gets it where that is nobody. DOMAIN: Approvals, Ladder."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from partnerflow import people
from partnerflow.cases import clocks, responsibility
from partnerflow.cases.model import Case, Holder, Step, StepStatus
from partnerflow.cases.view import Draft
from partnerflow.people import Directory, Person, Role
from partnerflow.policy.terms import StepMode


@dataclass(frozen=True, slots=True)
class Found:
    """Who decides a step; ``stands_for``: who of them came for whom."""

    persons: tuple[Person, ...]
    stands_for: dict[str, str] = field(default_factory=dict)


def named(case: Case, step: Step, draft: Draft) -> tuple[Person, ...]:
    """Who decides the step when it starts: by role, person or manager; the absent and the excluded are skipped."""
    return found(case, step, draft).persons


def found(case: Case, step: Step, draft: Draft) -> Found:
    """As ``named``, and who of them came for whom."""
    directory, at = draft.view.directory, draft.at
    out = responsibility.unnamable(case, directory, step)
    if roles := responsibility.roles_of(step):
        return Found(_in_roles(case, step, roles, draft, out))
    if step.manager_of:
        base = case.owner if step.manager_of == "owner" else case.requester
        above = people.accountable(directory, base, at, out)
        return Found((above,) if above else ())
    return _in_person(directory, step, asked_for(step), at, out)


def asked_for(step: Step) -> tuple[str, ...]:
    """The persons a step names by name."""
    return step.persons or ((step.person,) if step.person else ())


def _in_person(
    directory: Directory, step: Step, asked: Sequence[str], at: datetime, out: frozenset[str]
) -> Found:
    """Those asked by name, or who stands in for them. Where all must agree, an absent one without a delegate has their
    manager, and nobody comes for two."""
    several = step.mode != StepMode.ANY
    found: dict[str, Person] = {}
    stands_for: dict[str, str] = {}
    for name in asked:
        taken = out | ({*found, *asked} - {name} if several else set())
        person = people.stand_in(directory, name, at, taken)
        if person is None and several and name not in out:
            person = people.accountable(directory, name, at, taken)
        if person and person.id not in found:
            found[person.id] = person
            stands_for |= {person.id: name} if person.id != name else {}
    return Found(tuple(found.values()), stands_for)


def _in_roles(
    case: Case, step: Step, roles: tuple[Role, ...], draft: Draft, out: frozenset[str]
) -> tuple[Person, ...]:
    """Of ``any`` the best covered person of each role, of ``all`` and ``n`` everybody whom the coverage names."""
    directory, at = draft.view.directory, draft.at
    if step.mode == StepMode.ANY:
        best = (people.covering(directory, role, case.scope, at, excluded=out) for role in roles)
        found = [person for person in best if person]
    else:
        every = (p for role in roles for p in people.all_covering(directory, role, case.scope, at))
        found = [person for person in every if person.id not in out]
    return tuple({person.id: person for person in found}.values())


def usual(draft: Draft, step: Step) -> tuple[str, ...]:
    """Whom the step would name if nobody were absent or excluded: its person, or the coverage's first."""
    case, directory = draft.case, draft.view.directory
    if step.manager_of:
        return (case.owner if step.manager_of == "owner" else case.requester,)
    if asked := asked_for(step):
        return asked
    role = next(iter(responsibility.roles_of(step)), Role.CHANNEL_MANAGER)
    covered = people.covering(directory, role, case.scope, draft.at)
    return (covered.id,) if covered else ()


def first_rung(draft: Draft, step: Step) -> tuple[int, Person | None]:
    """Climb from whom the step would usually name; at the top the executive's manager, else nobody."""
    case, view = draft.case, draft.view
    probe = replace(step, status=StepStatus.PENDING, holders=(Holder(usual(draft, step), draft.at),))
    steps = tuple(probe if each.id == step.id else each for each in case.rounds[-1].steps)
    pending = replace(case, rounds=(*case.rounds[:-1], replace(case.rounds[-1], steps=steps)))
    return responsibility.climb(pending, clocks.STEP, 0, view.policy, view.directory, draft.at)
