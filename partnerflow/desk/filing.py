"""One organisation's directory under its lock: what it was, what is filed, what is owed for it."""

from dataclasses import dataclass, field
from typing import Any, Final

from partnerflow.desk.work import Work
from partnerflow.directory import commands as c
from partnerflow.directory.rows import (
    AbsenceRow,
    AbsenceSet,
    CoverageRow,
    CoverageSet,
    Event,
    KeyRow,
    KeySet,
    OrganisationRow,
    PersonRow,
)
from partnerflow.people import Directory
from partnerflow.refusals import Refused
from partnerflow.store import people
from partnerflow.store.directory import snapshot
from partnerflow.store.history import Recorded
from partnerflow.store.orders import Head

DRIVER: Final = "people/sync"
"""The driver that lets the cases follow."""

Row = OrganisationRow | PersonRow | AbsenceRow | CoverageRow | KeyRow


@dataclass(slots=True)
class Filing:
    """``directory`` is as it was under the lock, before anything of this command."""

    work: Work
    organisation: OrganisationRow
    head: Head
    directory: Directory
    events: list[Event] = field(default_factory=list)

    @classmethod
    def of(cls, work: Work, organisation: OrganisationRow, head: Head) -> "Filing":
        """Read after the lock was taken: what was changed meanwhile is seen. Nothing is written yet, so that what one
        process remembers as this version is never undone."""
        return cls(work, organisation, head, snapshot(work.session).directory)

    @property
    def code(self) -> str:
        return self.organisation.code

    def person(self, person_id: str) -> PersonRow:
        """Of this organisation, or ``not-found``."""
        found = people.read(self.work.session, PersonRow, person_id)
        if found is None or found.organisation != self.code:
            raise Refused("not-found", "There is no such person.")
        return found

    def absence(self, absence_id: int) -> AbsenceRow:
        found = people.read(self.work.session, AbsenceRow, absence_id)
        if found is None or self.directory.people[found.person].organisation != self.code:
            raise Refused("not-found", "There is no such absence.")
        return found

    def coverage(self, coverage_id: int) -> CoverageRow:
        found = people.read(self.work.session, CoverageRow, coverage_id)
        if found is None or self.directory.people[found.person].organisation != self.code:
            raise Refused("not-found", "There is no such row of the coverage.")
        return found

    def key(self, key_id: int) -> KeyRow:
        found = people.read(self.work.session, KeyRow, key_id)
        if found is None or self.directory.people[found.person].organisation != self.code:
            raise Refused("not-found", "There is no such key.")
        return found

    def key_of(self, command: Any) -> KeyRow | None:
        """The row that a command is about."""
        return self.key(command.key) if isinstance(command, c.RevokeKey | c.RotateKey) else None

    def absence_of(self, command: Any) -> AbsenceRow | None:
        """The row that a command is about."""
        return self.absence(command.absence) if isinstance(command, c.ChangeAbsence | c.EndAbsence) else None

    def file(self, event: Event, *, takes_a_right: bool = False, digest: bytes | None = None) -> None:
        """Write the row and remember its event. ``digest``: of a new key's secret."""
        self.work.begin_writing()
        session, row = self.work.session, event.row
        if event.what in ("added", "recorded", "leaving"):
            hidden = {"hash": digest} if digest is not None else {}
            event = _numbered(event, people.add(session, row, **hidden))
        elif isinstance(event, AbsenceSet | CoverageSet) and event.what in ("cancelled", "removed"):
            people.remove(session, event.row)
        else:
            people.change(session, row, changed_at=self.work.at if takes_a_right else None)
        self.events.append(event)

    @property
    def last(self) -> Any:
        """The row as it was filed last, with its number."""
        return self.events[-1].row

    def write(self) -> None:
        """Append to the organisation's history, and have the cases follow: but for a choice of mails, which moves
        nobody."""
        if not self.events:
            return
        work = self.work
        operators = {o.code for o in self.directory.organisations.values() if o.operator}
        orgs = tuple(sorted({self.code, *operators}))
        stream, actor = f"organisation/{self.code}", work.request.actor.name
        rows = [Recorded(stream, event, work.at, actor, orgs) for event in self.events]
        people.write_head(work.session, self.code, work.append(self.head, rows))
        if all(isinstance(event, KeySet) for event in self.events):
            return
        if any(event.what != "mails_chosen" for event in self.events):
            people.ask_to_follow(work.session)
            work.wake(DRIVER)


def _numbered(event: Event, row: Any) -> Event:
    return type(event)(event.what, row)
