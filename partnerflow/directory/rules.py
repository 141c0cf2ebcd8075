"""What no change of the directory may lead to. Each rule looks at the directory as it would be. DOMAIN: Who.

A change is judged over all the time to come, not only over its first instant: an absence recorded today may leave an
organisation with nobody in three weeks.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from partnerflow.directory.rows import AbsenceRow, PersonRow
from partnerflow.people import Absence, Directory, Person, Role
from partnerflow.refusals import Refused

LONGEST_AGO: Final = timedelta(days=7)
"""An absence is recorded afterwards at most by so much: derivations of the past were made without it."""
FURTHEST_AHEAD: Final = timedelta(days=2 * 366)

OPERATORS: Final = frozenset(Role) - {Role.BUYER, Role.DESK}
ROLES_OF: Final = {
    "reseller": frozenset({Role.BUYER}),
    "distributor": frozenset({Role.DESK}),
    "vendor": frozenset(),
}
"""The roles a partner's people may have; the operator's have its own beside them."""


def with_absences(directory: Directory, person: str, rows: Iterable[AbsenceRow]) -> Directory:
    """The directory if these were all of the person's absences."""
    absences = tuple(Absence(r.since, r.until, r.delegate, r.id, r.leaves) for r in rows)
    return with_person(directory, replace(directory.people[person], absences=absences))


def with_person(directory: Directory, person: Person) -> Directory:
    return replace(directory, people=directory.people | {person.id: person})


def with_fallbacks(directory: Directory, code: str, fallbacks: tuple[str, ...]) -> Directory:
    known = replace(directory.organisations[code], fallbacks=fallbacks)
    return replace(directory, organisations=directory.organisations | {code: known})


def refuse_dates(at: datetime, since: datetime, until: datetime | None) -> None:
    """``invalid-date``: the end comes after the beginning and is still to come; neither lies far away."""
    if until is not None and until <= since:
        raise Refused("invalid-date", "The absence must end after it begins.", pointer="/until")
    if until is not None and until <= at:
        raise Refused("invalid-date", "The absence would be over already.", pointer="/until")
    if since < at - LONGEST_AGO:
        days = LONGEST_AGO.days
        raise Refused("invalid-date", f"It may have begun at most {days} days ago.", pointer="/since")
    if since > at + FURTHEST_AHEAD:
        raise Refused("invalid-date", "It begins more than two years ahead.", pointer="/since")


def refuse_overlap(row: AbsenceRow, others: Iterable[AbsenceRow]) -> None:
    """Two absences at once would leave open who stands in."""
    for other in others:
        if other.id != row.id and not other.leaves and not row.leaves and _overlap(row, other):
            raise Refused(
                "invalid-date",
                f"Absence {other.id} covers a part of this time already: change that one.",
                pointer="/since",
            )


def _overlap(one: AbsenceRow, other: AbsenceRow) -> bool:
    return (other.until is None or one.since < other.until) and (one.until is None or other.since < one.until)


def refuse_delegate(after: Directory, row: AbsenceRow) -> None:
    """A colleague who is there at all, and no circle: at no instant of the absence does the chain of delegates lead
    back to somebody who is away."""
    if row.delegate is None:
        return
    person, delegate = after.people[row.person], after.people.get(row.delegate)
    if delegate is None or delegate.organisation != person.organisation or not delegate.active:
        raise Refused("invalid-parameter", "Name a colleague of the same organisation.", pointer="/delegate")
    if delegate.id == person.id:
        raise Refused("invalid-parameter", "Nobody stands in for themselves.", pointer="/delegate")
    if any(a.leaves and a.since <= row.since for a in delegate.absences):
        raise Refused("invalid-parameter", f"{delegate.name} will have left by then.", pointer="/delegate")
    colleagues = tuple(after.of(person.organisation))
    for instant in instants(colleagues, row.since, row.until):
        if _goes_round(after, person, instant):
            said = f"{delegate.name} is away then too, and their delegate leads back: name somebody else."
            raise Refused("invalid-parameter", said, pointer="/delegate")


def _goes_round(directory: Directory, person: Person, at: datetime) -> bool:
    seen: set[str] = set()
    current: Person | None = person
    while current is not None and not current.present(at):
        if current.id in seen:
            return True
        seen.add(current.id)
        current = directory.people.get(current.delegate(at) or "")
    return False


def instants(people: Iterable[Person], since: datetime, until: datetime | None = None) -> list[datetime]:
    """``since`` and every later instant before ``until`` at which one of these comes or goes: between two of them
    nothing changes."""
    edges = (edge for person in people for a in person.absences for edge in (a.since, a.until))
    return sorted({since, *(e for e in edges if e and e > since and (until is None or e < until))})


def unattended(directory: Directory, code: str, since: datetime) -> datetime | None:
    """The first instant from ``since`` on at which no fallback person of the organisation is present."""
    people = list(_fallbacks(directory, code))
    return next((at for at in instants(people, since) if not any(p.present(at) for p in people)), None)


def refuse_last_fallback(before: Directory, after: Directory, code: str, since: datetime) -> None:
    """``last-fallback``: at some instant to come nobody of the fallback persons would be there, where somebody was."""
    was, will = list(_fallbacks(before, code)), list(_fallbacks(after, code))
    for at in instants((*was, *will), since):
        if not any(p.present(at) for p in will) and any(p.present(at) for p in was):
            raise Refused(
                "last-fallback",
                f"From {at:%d %B %Y %H:%M} UTC no fallback person of {after.organisations[code].name} would be there:"
                " name another one first.",
                **{"from": f"{at:%Y-%m-%dT%H:%M:%SZ}"},
            )


def _fallbacks(directory: Directory, code: str) -> Iterator[Person]:
    known = directory.organisations.get(code)
    return (directory.people[f] for f in (known.fallbacks if known else ()) if f in directory.people)


def refuse_fallbacks(directory: Directory, code: str, fallbacks: tuple[str, ...]) -> None:
    strangers = [
        f for f in fallbacks if f not in directory.people or directory.people[f].organisation != code
    ]
    if not fallbacks or strangers:
        said = (
            "Name at least one person of the organisation."
            if not fallbacks
            else f"{strangers[0]} is not of it."
        )
        raise Refused("invalid-parameter", said, pointer="/fallbacks")


def refuse_manager(directory: Directory, row: PersonRow) -> None:
    """A colleague, and nobody is above themselves."""
    if row.manager is None:
        return
    known = directory.people.get(row.manager)
    if known is None or known.organisation != row.organisation:
        raise Refused(
            "invalid-parameter", "The manager is a colleague of the same organisation.", pointer="/manager"
        )
    current: str | None = row.manager
    seen: set[str] = set()
    while current is not None and current not in seen:
        if current == row.id:
            raise Refused("invalid-parameter", "Nobody can be above themselves.", pointer="/manager")
        seen.add(current)
        current = directory.people[current].manager


def refuse_roles(
    directory: Directory, organisation: str, kind: str, roles: Iterable[str], operator: bool
) -> None:
    """Which roles an organisation's people may have (DOMAIN: Organisation)."""
    allowed = ROLES_OF[kind] | (OPERATORS if operator else frozenset())
    strange = [role for role in roles if role not in allowed]
    if strange:
        known = directory.organisations.get(organisation)
        name = known.name if known else organisation
        raise Refused("invalid-parameter", f"{strange[0]} is no role of {name}.", pointer="/roles")


def refuse_coverage(directory: Directory, role: str, person: str) -> None:
    """Whoever covers a role has it; what is only asked for does not count yet."""
    known = directory.people.get(person)
    if known is None or not known.active:
        raise Refused("invalid-parameter", "There is no such person.", pointer="/person")
    if role not in known.roles:
        raise Refused("invalid-parameter", f"{known.name} does not have the role {role}.", pointer="/person")
