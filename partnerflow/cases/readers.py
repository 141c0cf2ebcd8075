"""Who may read a case (FAULTS: "Who may do what"): its partner's and its distributor's people by role, the operator's
by region, and in any region whoever is or was involved."""

from datetime import datetime
from typing import Final

from partnerflow.cases import responsibility
from partnerflow.cases.model import Case
from partnerflow.people import Directory, Person, Role

PARTNERS: Final = frozenset({Role.BUYER, Role.DESK})
STAFF: Final = frozenset(
    {Role.CASE_MANAGER, Role.LICENSING, Role.CHANNEL_MANAGER, Role.FINANCE, Role.EXECUTIVE}
)


def involved(case: Case) -> list[str]:
    """Whoever is or was owner, decider, rung or requester may read it, and whom the partner's side was handed to."""
    steps = [step for r in case.rounds for step in r.steps]
    people = {
        case.owner,
        case.requester,
        case.opened_for,
        *case.handed,
        *(p for s in steps for h in s.holders for p in h.persons),
        *(p for r in case.rounds for persons in r.had.values() for p in persons),
    }
    return sorted(person for person in people if person)


def may_read(case: Case, person: Person, directory: Directory, at: datetime) -> bool:
    """Whether somebody may read it with all its words; one who is only admin, or has left, may not."""
    if person.gone(at):
        return False
    if person.organisation == directory.operator.code and person.roles & STAFF:
        return _in_region(case, person, directory) or person.id in _concerned(case, directory, at)
    return person.organisation in (case.reseller, case.distributor) and (
        bool(person.roles & PARTNERS) or person.id in involved(case)
    )


def _in_region(case: Case, person: Person, directory: Directory) -> bool:
    if Role.FINANCE in person.roles:
        return True
    rows = [row.country for row in directory.coverage if row.person == person.id]
    return None in rows or case.scope.country in rows


def _concerned(case: Case, directory: Directory, at: datetime) -> set[str]:
    manager = responsibility.accountable_manager(case, directory, at)
    deciding = responsibility.deciders(case, case.step, directory, at) if case.step else ()
    named = (responsibility.owner(case, directory, at), manager, *deciding)
    return {*involved(case), *(person.id for person in named if person)}
