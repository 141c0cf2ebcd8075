"""When people work, as the command line sets it: calendars, teams, and what an iCal file closes, through the desk.

A command's key names the directory's version, so that a repeated request is answered and a later one is decided anew.
"""

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, text

from api.ical import LeftOut, read
from partnerflow import desk
from partnerflow.desk.calendars import SetCalendar, SetTeam
from partnerflow.desk.closures import SERVICE, AddClosures, Closed, ClosedDay
from partnerflow.people import Actor
from partnerflow.store import closures, own_calendars
from partnerflow.store.closures import Owner
from partnerflow.store.codec import decode, text_of
from partnerflow.store.database import EVERY_ORGANISATION, reading
from partnerflow.store.directory import current_version

ACTOR: Final = Actor(person=None, organisation=None, service=SERVICE)


class UnknownOwner(Exception):
    """There is no such organisation, team or person."""


class NotTaken(Exception):
    """The desk refuses it; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of the days from ``since`` to before ``until``, and which events close nothing."""

    closed: Closed
    since: date
    until: date
    left_out: tuple[LeftOut, ...]


def take_over(engine: Engine, content: bytes, owner: Owner, source: str | None, years: int) -> Result:
    """The file's whole days, from today to the end of the ``years``-th year after this one.

    Raises UnusableCalendar, UnknownOwner, NotTaken, and desk.Unavailable when the database is away.
    """
    organisation, zone, today = _where(engine, owner)
    until = date(today.year + years + 1, 1, 1)
    found = read(content, zone, today, until)
    days = tuple(ClosedDay(day, name) for day, name in found.closed)
    command = AddClosures(owner, source or found.source, today, until, days)
    return Result(decode(_send(engine, command, organisation), Closed), today, until, found.left_out)


def put_calendar(engine: Engine, owner: Owner, document: dict[str, Any] | None) -> None:
    """Set the owner's hours and holidays; None: those of what is above the owner. Raises as ``take_over``."""
    organisation, _, _ = _where(engine, owner)
    _send(engine, SetCalendar(owner, document), organisation)


def put_team(engine: Engine, code: str, organisation: str, name: str, members: tuple[str, ...]) -> None:
    """Make a team, or name it and its members anew. Raises NotTaken, desk.NotRecorded and desk.Unavailable."""
    _send(engine, SetTeam(code, name, members), organisation)


def shown(engine: Engine, owner: Owner) -> tuple[dict[str, Any], Owner]:
    """The document that holds for the owner, and whose hours they are; raises UnknownOwner."""
    with reading(engine, EVERY_ORGANISATION) as session:
        found = own_calendars.document(session, owner)
    if found is None:
        raise _unknown(owner)
    return found


def _where(engine: Engine, owner: Owner) -> tuple[str, ZoneInfo, date]:
    with reading(engine, EVERY_ORGANISATION) as session:
        found = closures.standing(session, owner)
        now = session.execute(text("SELECT partnerflow_now()")).scalar_one()
    if found is None:
        raise _unknown(owner)
    organisation, name = found
    zone = ZoneInfo(name)
    return organisation, zone, now.astimezone(zone).date()


def _unknown(owner: Owner) -> UnknownOwner:
    return UnknownOwner(f"there is no {owner.kind.value} {owner.id!r}")


def _send(engine: Engine, command: AddClosures | SetCalendar | SetTeam, organisation: str) -> str:
    with reading(engine, EVERY_ORGANISATION) as session:
        version = current_version(session)
    digest = hashlib.sha256(f"{organisation} {text_of(command)}".encode())
    key = f"calendar:{version}:{digest.hexdigest()[:32]}"
    request = desk.Request(command, ACTOR, key, f"calendar/{organisation}", digest.digest())
    outcome = desk.handle(engine, request)
    if outcome.state is not desk.State.DONE:
        raise NotTaken(decode(outcome.body, dict[str, Any])["detail"])
    return outcome.body
