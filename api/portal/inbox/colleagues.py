"""To whom a step can go on: colleagues who may decide it, and departments."""

from datetime import datetime

from partnerflow.cases import responsibility
from partnerflow.cases.model import Case, Step
from partnerflow.people import Directory, Person, Role

DEPARTMENTS = tuple(
    role.value
    for role in (Role.CASE_MANAGER, Role.CHANNEL_MANAGER, Role.LICENSING, Role.FINANCE, Role.EXECUTIVE)
)
"""Where a step can be redirected to; the desk refuses what makes no sense."""


def colleagues(case: Case, step: Step, directory: Directory, at: datetime) -> list[Person]:
    """Present people of the operator with a role this step names, who have no part in the round."""
    roles = frozenset(responsibility.roles_of(step)) or frozenset({Role.CHANNEL_MANAGER})
    out = {*responsibility.excluded(case, directory, step), *step.deciders}
    here = directory.of(directory.operator.code)
    found = [p for p in here if p.present(at) and p.roles & roles and p.id not in out]
    return sorted(found, key=lambda person: person.name)
