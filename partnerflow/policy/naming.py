"""Persons whom a policy names must be there to decide: of the operator, active, and more than an admin.

What a document says is judged without a directory; this is judged with one. FAULTS: Who may do what.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from partnerflow.people import Directory, Role
from partnerflow.policy.document import Policy, PolicyFault


def unnamable(document: Mapping[str, Any], policy: Policy, directory: Directory) -> tuple[PolicyFault, ...]:
    """A fault for every person a step names who could not decide it; ``policy`` is what ``document`` states."""
    return tuple(
        PolicyFault(path, why)
        for path, person in _named(document, policy)
        if (why := _why_not(person, directory))
    )


def _named(document: Mapping[str, Any], policy: Policy) -> Iterator[tuple[str, str]]:
    """(path, person) of every person named."""
    for i, route in enumerate(policy.routes):
        for j, step in enumerate(route.steps):
            path = f"routes[{i}].steps[{j}].person"
            listed = step.persons and not isinstance(document["routes"][i]["steps"][j]["person"], str)
            for k, person in enumerate(step.persons):
                yield (f"{path}[{k}]" if listed else path), person


def _why_not(person: str, directory: Directory) -> str | None:
    known = directory.people.get(person)
    if known is None:
        meant = directory.named(person)
        return f"there is no person {person!r}" + (f"; {meant.id} has this address" if meant else "")
    if known.organisation != directory.operator.code:
        return f"{person!r} is not one of the operator's people"
    if not known.active:
        return f"{person!r} has left"
    if known.roles <= {Role.ADMIN}:
        return f"{person!r} is only an admin, who never decides"
    return None
