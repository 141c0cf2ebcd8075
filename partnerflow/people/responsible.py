"""Who is responsible at an instant: derived from one Directory snapshot, never stored. DOMAIN: Who, Coverage."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from partnerflow.people.model import Directory, Person, Role, Scope


def covering(
    directory: Directory,
    role: Role,
    scope: Scope,
    at: datetime,
    *,
    load: Callable[[str], int] | None = None,
    excluded: Iterable[str] = (),
) -> Person | None:
    """The present person whom the coverage names for ``role`` and ``scope`` and who still has the role, or None.

    Order (DOMAIN: Coverage): more columns set, then family, country, tier, then the smallest open ``load``, then the
    name. Derivations pass no ``load``, so they break ties by name.
    """
    out = set(excluded)
    rows = [row for row in directory.coverage if row.fits(role, scope.country, scope.family, scope.tier)]
    found = [
        (tuple(-int(x) for x in row.rank()), load(row.person) if load else 0, person.name, person)
        for row in rows
        if (person := directory.people.get(row.person))
        and person.id not in out
        and role in person.roles
        and person.present(at)
    ]
    return min(found, key=lambda entry: entry[:3])[3] if found else None


def all_covering(directory: Directory, role: Role, scope: Scope, at: datetime) -> tuple[Person, ...]:
    """Everyone present with the role whom any fitting row names for it, best row first, then by name."""
    rows = [row for row in directory.coverage if row.fits(role, scope.country, scope.family, scope.tier)]
    rows.sort(key=lambda row: (tuple(-int(x) for x in row.rank()), directory.people[row.person].name))
    people = dict.fromkeys(row.person for row in rows)
    return tuple(p for p in map(directory.person, people) if role in p.roles and p.present(at))


def stand_in(
    directory: Directory, person_id: str, at: datetime, excluded: Iterable[str] = ()
) -> Person | None:
    """The person if present, else the first present delegate: at most three hops, no cycle (DOMAIN: Who).

    Nobody stands in for an excluded person, nor through one: never also not through a delegate (DOMAIN: Approvals).
    """
    seen, current = set(excluded), directory.people.get(person_id)
    for _ in range(4):
        if current is None or current.id in seen:
            return None
        if current.present(at):
            return current
        seen.add(current.id)
        following = current.delegate(at)
        current = directory.people.get(following) if following else None
    return None


def managers(directory: Directory, person_id: str) -> Iterator[Person]:
    """The chain of managers above a person, nearest first, each once."""
    seen, current = {person_id}, directory.people[person_id].manager
    while current and current not in seen and current in directory.people:
        seen.add(current)
        yield directory.people[current]
        current = directory.people[current].manager


def fallback(
    directory: Directory, organisation: str, at: datetime, excluded: Iterable[str] = ()
) -> Person | None:
    """The first present fallback person of an organisation (its last present one cannot leave)."""
    out = set(excluded)
    named = directory.organisations[organisation].fallbacks
    people = (directory.people[f] for f in named if f in directory.people)
    return next((p for p in people if p.present(at) and p.id not in out), None)


def effective(
    directory: Directory, person_id: str, role: Role, scope: Scope, at: datetime, excluded: Iterable[str] = ()
) -> Person | None:
    """Who answers for a stored person now: they, else delegate, manager, coverage, fallback (DOMAIN: Who)."""
    out = tuple(excluded)
    organisation = directory.people[person_id].organisation
    manager = next((m for m in managers(directory, person_id) if m.present(at) and m.id not in out), None)
    return (
        stand_in(directory, person_id, at, out)
        or manager
        or covering(directory, role, scope, at, excluded=out)
        or fallback(directory, organisation, at, out)
    )


def first_contact(directory: Directory, organisation: str, role: Role) -> Person | None:
    """Whom an organisation's mails go to where nobody of it is named yet: its fallback persons first, then by name."""
    known = directory.organisations.get(organisation)
    order = known.fallbacks if known else ()
    found = (p for p in directory.of(organisation) if p.active and role in p.roles)
    return min(
        found, key=lambda p: (order.index(p.id) if p.id in order else len(order), p.name), default=None
    )


def accountable(
    directory: Directory, person_id: str, at: datetime, excluded: Iterable[str] = ()
) -> Person | None:
    """The nearest present manager above a person, delegates included; None at the top of the organisation."""
    out = {*excluded, person_id}
    return next(
        (p for m in managers(directory, person_id) if (p := stand_in(directory, m.id, at, out))), None
    )
