"""A named person as everybody sees them: when they are in, and who answers when not. DOMAIN: Named contacts."""

from dataclasses import dataclass
from datetime import datetime

from partnerflow import calendars, people
from partnerflow.people import Directory, Person


@dataclass(frozen=True, slots=True)
class Contact:
    """A named person as shown: when they are in, and who answers outside their hours (``cover``)."""

    id: str
    name: str
    title: str
    email: str
    phone: str
    hours: str
    zone: str
    available_now: bool
    next_available_at: datetime | None
    cover: str | None
    stands_in_for: str | None = None
    undeliverable_since: datetime | None = None


def contact(person: Person, directory: Directory, at: datetime, stands_in_for: str | None = None) -> Contact:
    present = person.present(at)
    open_now = present and calendars.is_open(person.calendar, at)
    return Contact(
        id=person.id,
        name=person.name,
        title=person.title,
        email=person.email,
        phone=person.phone,
        hours=calendars.describe(person.calendar),
        zone=person.calendar.zone,
        available_now=open_now,
        next_available_at=None if open_now else _next_in(person, at),
        cover=None if open_now else _cover(person, directory, at),
        stands_in_for=stands_in_for,
        undeliverable_since=person.undeliverable_since,
    )


def _next_in(person: Person, at: datetime) -> datetime | None:
    back = person.back_at(at)
    return calendars.next_open(person.calendar, back) if back else None


def _cover(person: Person, directory: Directory, at: datetime) -> str | None:
    """Who answers now: the delegate of an absent person, else a present colleague in hours, nearest manager first."""
    delegate = people.stand_in(directory, person.id, at) if not person.present(at) else None
    above = people.managers(directory, person.id)
    found = delegate or next((m for m in above if m.present(at) and calendars.is_open(m.calendar, at)), None)
    return found.name if found else None
