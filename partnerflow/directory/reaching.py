"""Whom a message goes to when its recipient's address does not take it (DOMAIN: Who)."""

from collections.abc import Iterator
from datetime import datetime

from partnerflow import people
from partnerflow.people import Directory, Person


def reached_instead(directory: Directory, person_id: str, at: datetime) -> Person | None:
    """Delegate, managers, fallback persons, then any colleague of the same organisation who shares a role: the first
    who is present and whose own address works. Never somebody of another organisation."""
    person = directory.people[person_id]
    return next(
        (
            other
            for other in _others(directory, person, at)
            if other.id != person_id
            and other.organisation == person.organisation
            and other.present(at)
            and other.undeliverable_since is None
        ),
        None,
    )


def _others(directory: Directory, person: Person, at: datetime) -> Iterator[Person]:
    delegate = directory.people.get(person.delegate(at) or "")
    if delegate:
        yield delegate
    yield from people.managers(directory, person.id)
    fallbacks = directory.organisations[person.organisation].fallbacks
    yield from (directory.people[f] for f in fallbacks if f in directory.people)
    alike = (other for other in directory.of(person.organisation) if other.roles & person.roles)
    yield from sorted(alike, key=lambda other: other.name)
