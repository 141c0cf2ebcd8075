"""The people an event is told to, derived for the instant of the draft: effective persons, never stale names."""

from collections.abc import Iterable, Iterator

from partnerflow.cases import responsibility
from partnerflow.cases.view import Draft
from partnerflow.people import Person

Told = Iterator[tuple[str, Iterable[Person | None]]]


def partner(draft: Draft) -> tuple[Person, ...]:
    return responsibility.partner_people(draft.case, draft.view.directory)


def owner(draft: Draft) -> Person:
    return responsibility.owner(draft.case, draft.view.directory, draft.at)


def manager(draft: Draft) -> Person | None:
    return responsibility.accountable_manager(draft.case, draft.view.directory, draft.at)


def distributor(draft: Draft) -> Person | None:
    return responsibility.distributor_contact(draft.case, draft.view.directory, draft.at)


def people(draft: Draft, ids: Iterable[str]) -> tuple[Person, ...]:
    known = draft.view.directory.people
    return tuple(known[person] for person in ids if person in known)


def still_here(draft: Draft, ids: Iterable[str]) -> tuple[Person, ...]:
    """Without those who have left: nobody writes to them any more."""
    return tuple(person for person in people(draft, ids) if not person.gone(draft.at))


def others(draft: Draft, people: Iterable[Person | None]) -> tuple[Person, ...]:
    """Without whoever did it: they know."""
    return tuple(person for person in people if person and person.id != draft.actor.person)


def happened(draft: Draft, kind: type) -> bool:
    return any(isinstance(event, kind) for event in draft.events)
