"""Who reads a page: their name, house, zone and language, and the few questions that decide what is offered."""

from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime

from flask import g
from sqlalchemy.orm import Session

from api.auth import Reader, own_reading, reader, session
from partnerflow.people import Directory, Organisation, Person, Role
from partnerflow.store import listing
from partnerflow.store.directory import snapshot


@dataclass(frozen=True, slots=True)
class Me:
    """The reader as pages need them; ``at`` is the instant of the desk's clock at which the page was read."""

    reader: Reader
    person: Person
    organisation: Organisation
    directory: Directory
    at: datetime

    @property
    def zone(self) -> str:
        return self.person.calendar.zone

    @property
    def locale(self) -> str:
        """Their own, else their house's: as their mails are written."""
        return self.directory.locale_of(self.person.id)

    @property
    def partner(self) -> bool:
        """Somebody of a reseller, or of the distributor, who orders and disputes."""
        return bool(self.roles & {Role.BUYER, Role.DESK})

    @property
    def roles(self) -> frozenset[Role]:
        return self.reader.actor.roles

    def has(self, *names: str) -> bool:
        """Whether they have one of these roles, by its name."""
        return any(Role(name) in self.roles for name in names)


def me() -> Me | None:
    """The signed-in reader of this request, also of one that sends a form; None on pages for everybody."""
    if "reader" not in g:
        return None
    if "me" not in g:
        with nullcontext(session()) if "session" in g else own_reading() as opened:
            g.me = _read(opened)
    found: Me = g.me
    return found


def _read(opened: Session) -> Me:
    at, version = listing.now(opened)
    directory = snapshot(opened, version).directory
    person = directory.people[reader().person]
    return Me(reader(), person, directory.organisations[person.organisation], directory, at)


def need_me() -> Me:
    """The signed-in reader; a page that calls this is never shown to anybody else."""
    found = me()
    assert found is not None, "this page is for signed-in people"
    return found
