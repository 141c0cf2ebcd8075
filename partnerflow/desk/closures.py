"""Closures at the desk: what one source says of an owner's days takes the place of what it said before."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final

from partnerflow.calendars import Calendar, next_open
from partnerflow.desk.work import Work
from partnerflow.people import Directory, Role
from partnerflow.refusals import Refused
from partnerflow.store import closures, directory
from partnerflow.store.closures import Owner

SERVICE: Final = "calendar"
LONGEST_NAME: Final = 200


@dataclass(frozen=True, slots=True)
class ClosedDay:
    """``name`` as readers are told it."""

    day: date
    name: str


@dataclass(frozen=True, slots=True)
class AddClosures:
    """Everything that ``source`` says of the owner's days from ``since`` to before ``until``.

    Days that it closed there before and now does not are open again; days outside stay as they are, so that what is
    past stays explained. ``source`` '' is the hand of an admin.
    """

    owner: Owner
    source: str
    since: date
    until: date
    days: tuple[ClosedDay, ...]


@dataclass(frozen=True, slots=True)
class Closed:
    """How many days were added, renamed, opened again, and stand as they stood."""

    owner: Owner
    source: str
    added: int
    renamed: int
    removed: int
    unchanged: int


def decide(work: Work) -> Closed:
    """Target ``calendar/<organisation>``; ``not-found`` for an owner that is not of this organisation."""
    command: AddClosures = work.request.command
    organisation = locked_organisation(work)
    _check(command)
    found = closures.standing(work.session, command.owner)
    if found is None or found[0] != organisation:
        raise Refused("not-found", f"{organisation} has no {command.owner.kind.value} {command.owner.id}.")
    return _write(work, command, organisation)


def locked_organisation(work: Work) -> str:
    """The organisation of the target, its row locked for an admin or for the command line."""
    actor, organisation = work.request.actor, work.request.target.partition("/")[2]
    if actor.service != SERVICE and Role.ADMIN not in actor.roles:
        raise Refused("forbidden", "Only an admin sets when people work.")
    if not closures.lock(work.session, organisation):
        raise Refused("not-found", f"There is no organisation {organisation}.")
    return organisation


def _check(command: AddClosures) -> None:
    days = [closed.day for closed in command.days]
    if len(set(days)) < len(days):
        raise Refused("invalid-date", "A source names each day once.")
    if not all(command.since <= day < command.until for day in days):
        raise Refused("invalid-date", f"Days lie from {command.since} to before {command.until}.")
    if not all(0 < len(closed.name) <= LONGEST_NAME for closed in command.days):
        raise Refused("invalid-text", f"A closure has a name of at most {LONGEST_NAME} characters.")


def _write(work: Work, command: AddClosures, organisation: str) -> Closed:
    """Only what changes: every statement on the table raises the directory's version."""
    session, owner, source = work.session, command.owner, command.source
    known = closures.of_source(session, owner, source, command.since, command.until)
    wanted = {closed.day: closed.name for closed in command.days}
    added = {day: name for day, name in wanted.items() if day not in known}
    renamed = {day: name for day, name in wanted.items() if day in known and known[day] != name}
    removed = [day for day in known if day not in wanted]

    def write() -> None:
        closures.remove(session, owner, source, removed)
        closures.rename(session, owner, source, renamed)
        closures.add(session, owner, source, added)

    change(work, organisation, write)
    same = len(wanted) - len(added) - len(renamed)
    return Closed(owner, source, len(added), len(renamed), len(removed), same)


def change(work: Work, organisation: str, write: Callable[[], None]) -> None:
    """Write, unless somebody's calendar would be closed for good: no deadline could be reckoned on it."""
    before = _calendars(work.snapshot().directory, organisation)
    work.begin_writing()
    write()
    after = directory.load(work.session, directory.current_version(work.session)).directory
    for name, calendar in _calendars(after, organisation).items():
        known = before.get(name)
        if next_open(calendar, work.at) is None and known and next_open(known, work.at) is not None:
            raise Refused(
                "invalid-date", f"With this {name} would not open in the next three years.", name=name
            )


def _calendars(known: Directory, organisation: str) -> dict[str, Calendar]:
    """Of the organisation and its people, by their names."""
    own = known.organisations[organisation]
    people = {p.name: p.calendar for p in known.people.values() if p.organisation == organisation}
    return {own.name: own.calendar} | people
