"""Closures at the desk: what one source says of an owner's days takes the place of what it said before."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from partnerflow.calendars import Calendar, next_open
from partnerflow.desk.work import Work
from partnerflow.people import Actor, Directory, Role
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
    organisation = work.request.target.partition("/")[2]
    if not _may(work.request.actor):
        raise Refused("forbidden", "Only an admin sets the days on which people are closed.")
    _check(command)
    if not closures.lock(work.session, organisation):
        raise Refused("not-found", f"There is no organisation {organisation}.")
    found = closures.standing(work.session, command.owner)
    if found is None or found[0] != organisation:
        raise Refused("not-found", f"{organisation} has no {command.owner.kind.value} {command.owner.id}.")
    return _write(work, command, organisation)


def _may(actor: Actor) -> bool:
    return actor.service == SERVICE or Role.ADMIN in actor.roles


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
    before = work.snapshot().directory
    work.begin_writing()
    closures.remove(session, owner, source, removed)
    closures.rename(session, owner, source, renamed)
    closures.add(session, owner, source, added)
    if added:
        after = directory.load(session, directory.current_version(session)).directory
        _still_open(before, after, organisation, work.at)
    same = len(wanted) - len(added) - len(renamed)
    return Closed(owner, source, len(added), len(renamed), len(removed), same)


def _still_open(before: Directory, after: Directory, organisation: str, at: datetime) -> None:
    """Nobody's calendar may be closed for good: no deadline could be reckoned on it."""
    for name, calendar in _calendars(after, organisation).items():
        known = _calendars(before, organisation).get(name)
        if next_open(calendar, at) is None and known is not None and next_open(known, at) is not None:
            raise Refused(
                "invalid-date", f"With these days {name} would not open in the next three years.", name=name
            )


def _calendars(known: Directory, organisation: str) -> dict[str, Calendar]:
    """Of the organisation and its people, by their names."""
    own = known.organisations[organisation]
    people = {p.name: p.calendar for p in known.people.values() if p.organisation == organisation}
    return {own.name: own.calendar} | people
