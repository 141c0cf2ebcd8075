"""Whom a step names when its turn comes, and who gets it where that is nobody. DOMAIN: Approvals, Ladder."""

from dataclasses import replace

from partnerflow import people
from partnerflow.cases import clocks, responsibility
from partnerflow.cases.model import Case, Holder, Step, StepStatus
from partnerflow.cases.view import Draft
from partnerflow.people import Person, Role
from partnerflow.policy.terms import StepMode


def named(case: Case, step: Step, draft: Draft) -> tuple[Person, ...]:
    """Who decides the step when it starts: by role, person or manager; the absent and the excluded are skipped."""
    directory, at = draft.view.directory, draft.at
    out = responsibility.unnamable(case, directory, step)
    if roles := responsibility.roles_of(step):
        return _in_roles(case, step, roles, draft, out)
    if step.manager_of:
        base = case.owner if step.manager_of == "owner" else case.requester
        found = people.accountable(directory, base, at, out)
        return (found,) if found else ()
    asked = step.persons or ((step.person,) if step.person else ())
    present = (people.stand_in(directory, person, at, out) for person in asked)
    return tuple({person.id: person for person in present if person}.values())


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
    if step.person or step.persons:
        return step.persons or ((step.person,) if step.person else ())
    role = next(iter(responsibility.roles_of(step)), Role.CHANNEL_MANAGER)
    covered = people.covering(directory, role, case.scope, draft.at)
    return (covered.id,) if covered else ()


def first_rung(draft: Draft, step: Step) -> tuple[int, Person | None]:
    """Climb from whom the step would usually name; at the top the executive's manager, else nobody."""
    case, view = draft.case, draft.view
    probe = replace(step, status=StepStatus.PENDING, holders=(Holder(usual(draft, step), draft.at),))
    pending = replace(case, rounds=(*case.rounds[:-1], replace(case.rounds[-1], steps=(probe,))))
    return responsibility.climb(pending, clocks.STEP, 0, view.policy, view.directory, draft.at)
