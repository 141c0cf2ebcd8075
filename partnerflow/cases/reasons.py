"""Why a person was named, and why another was not: said when it happens and recorded with it.

Nothing here chooses anybody; it says by which rule the rooms that choose (naming, responsibility, opening) came to whom
they did. DOMAIN: Coverage, Approvals ("Never"), Ladder.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime

from partnerflow import people
from partnerflow.cases import responsibility
from partnerflow.cases.grounds import ABOVE, COVERAGE, FALLBACK, MANAGER_OF, PERSON, Named, PassedOver
from partnerflow.cases.model import Case, Step
from partnerflow.people import Coverage, Directory, Role, Scope
from partnerflow.policy.document import Policy
from partnerflow.policy.terms import MANAGER


def of_step(
    case: Case, step: Step, found: Sequence[str], directory: Directory, at: datetime
) -> tuple[Named, ...]:
    """Why each of those whom the step itself named."""
    return tuple(_of_step(case, step, person, directory, at) for person in found)


def of_rung(
    case: Case, rung: str, person: str, base: Iterable[str], directory: Directory, at: datetime
) -> Named:
    """Why a rung named this person: the manager of whoever had it, or the coverage of its role."""
    if rung == MANAGER:
        held = next((b for b in base if _above(directory, b, person, at)), None)
        return _manager(directory, held, person, at) if held else Named(person, ABOVE)
    row = covered(directory, Role(rung), case.scope, person)
    return row or Named(person, ABOVE)


def climbed(
    case: Case, clock: str, rung: int, person: str, policy: Policy, directory: Directory, at: datetime
) -> Named:
    """Why the ladder of a clock led to this person at its ``rung``-th rung (from 1)."""
    rungs = policy.ladder(clock).rungs
    return of_rung(case, rungs[rung - 1], person, responsibility.holders(case, clock), directory, at)


def of_owner(directory: Directory, scope: Scope, person: str) -> Named:
    """Why a new case has this owner: by coverage, else the operator's fallback person."""
    return covered(directory, Role.CASE_MANAGER, scope, person) or Named(person, FALLBACK)


def covered(directory: Directory, role: Role, scope: Scope, person: str) -> Named | None:
    """The row of the coverage that names the person for the role here: of several, the one with most columns set."""
    rows = [row for row in _fitting(directory, role, scope) if row.person == person]
    if not rows:
        return None
    best = max(rows, key=Coverage.rank)
    return Named(person, COVERAGE, role.value, best.country, best.family, best.tier)


def passed_over(
    case: Case, step: Step, found: Iterable[str], directory: Directory, at: datetime
) -> tuple[PassedOver, ...]:
    """Whom the step would have named as well, had they been there and free to decide."""
    named = set(found)
    meant = dict.fromkeys(person for person in _meant(case, step, directory) if person not in named)
    why = ((person, why_not(case, step, person, directory, at)) for person in meant)
    return tuple(PassedOver(person, reason) for person, reason in why if reason)


def why_not(case: Case, step: Step | None, person: str, directory: Directory, at: datetime) -> str | None:
    """Why somebody may not be named for a step at an instant; None if nothing stands against it."""
    return _excluded_as(case, step, person, directory) or _away(directory, person, at)


def _excluded_as(case: Case, step: Step | None, person: str, directory: Directory) -> str | None:
    """The first of the grounds there is; several may hold."""
    claim = case.fact("justification")
    grounds: dict[str, Collection[str | None]] = {
        "requester": (case.requester,),
        "opened_for": (case.opened_for, *case.handed),
        "asked_for_the_exception": (claim.by,) if claim else (),
        "appealed": (case.appeal.by,) if case.appeal else (),
        "proposer": {put.by for put in (*case.earlier, case.proposal) if put},
        "beneficiary": responsibility.beneficiaries(case, directory),
        "only_admin": {p.id for p in directory.people.values() if p.roles == {Role.ADMIN}},
        "answered_already": {d.by for d in step.decisions} if step else (),
        "decided_another_step": _decided_here(case, step),
        "decided_before": responsibility.excluded(case, directory, step),
    }
    return next((why for why, people_ in grounds.items() if person in people_), None)


def _decided_here(case: Case, step: Step | None) -> set[str]:
    steps = case.round.steps if case.round and case.round.state == "open" else ()
    others = (each for each in steps if step is None or each.id != step.id)
    return {who for each in others for d in each.decisions for who in (d.by, d.instead_of) if who}


def _away(directory: Directory, person: str, at: datetime) -> str | None:
    known = directory.people.get(person)
    if known is None or not known.active:
        return "left"
    return None if known.present(at) else "absent"


def _of_step(case: Case, step: Step, person: str, directory: Directory, at: datetime) -> Named:
    for role in responsibility.roles_of(step):
        if row := covered(directory, role, case.scope, person):
            return row
    if step.manager_of:
        return _manager(directory, base_of(case, step), person, at)
    asked = step.persons or ((step.person,) if step.person else ())
    return Named(person, PERSON, instead_of=_stood_for(asked, person, directory, at))


def base_of(case: Case, step: Step) -> str:
    """Whose manager the step names."""
    return case.owner if step.manager_of == "owner" else case.requester


def _stood_for(asked: Sequence[str], person: str, directory: Directory, at: datetime) -> str | None:
    """Whose delegate came: the first of those named for whom this person stands in."""
    if person in asked:
        return None
    standing = ((named, people.stand_in(directory, named, at)) for named in asked)
    return next((named for named, who in standing if who and who.id == person), None)


def _manager(directory: Directory, base: str, person: str, at: datetime) -> Named:
    """The manager of ``base``, or who stands in for a manager."""
    chain = [manager.id for manager in people.managers(directory, base)]
    return Named(person, MANAGER_OF, base, instead_of=_stood_for(chain, person, directory, at))


def _above(directory: Directory, base: str, person: str, at: datetime) -> bool:
    chain = [manager.id for manager in people.managers(directory, base)]
    return person in chain or _stood_for(chain, person, directory, at) is not None


def _fitting(directory: Directory, role: Role, scope: Scope) -> Iterator[Coverage]:
    return (row for row in directory.coverage if row.fits(role, scope.country, scope.family, scope.tier))


def _meant(case: Case, step: Step, directory: Directory) -> Iterator[str]:
    """Everybody the step's words fit, whether they can decide or not."""
    for role in responsibility.roles_of(step):
        yield from (row.person for row in _fitting(directory, role, case.scope))
    if step.manager_of:
        yield from (manager.id for manager in people.managers(directory, base_of(case, step)))
    yield from step.persons or ((step.person,) if step.person else ())
