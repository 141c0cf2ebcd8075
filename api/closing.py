"""Taking over an iCal file: what it closes from today on replaces what the same source closed before.

The command's key names the directory's version, so that a repeated request is answered and a later one is decided anew.
"""

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, text

from api.ical import Days, LeftOut, read
from partnerflow import desk
from partnerflow.desk.closures import SERVICE, AddClosures, Closed, ClosedDay
from partnerflow.people import Actor
from partnerflow.store import closures
from partnerflow.store.closures import Owner
from partnerflow.store.codec import decode, text_of
from partnerflow.store.database import EVERY_ORGANISATION, reading
from partnerflow.store.directory import snapshot

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
    organisation, zone, today, version = _where(engine, owner)
    until = date(today.year + years + 1, 1, 1)
    found = read(content, zone, today, until)
    command = AddClosures(owner, source or found.source, today, until, _days(found))
    digest = hashlib.sha256(text_of(command).encode())
    key = f"closures:{version}:{digest.hexdigest()[:32]}"
    request = desk.Request(command, ACTOR, key, f"calendar/{organisation}", digest.digest(), _told)
    outcome = desk.handle(engine, request)
    if outcome.state is not desk.State.DONE:
        raise NotTaken(decode(outcome.body, dict[str, object])["detail"])
    return Result(decode(outcome.body, Closed), today, until, found.left_out)


def _where(engine: Engine, owner: Owner) -> tuple[str, ZoneInfo, date, int]:
    with reading(engine, EVERY_ORGANISATION) as session:
        found = closures.standing(session, owner)
        version = snapshot(session).version
        now = session.execute(text("SELECT partnerflow_now()")).scalar_one()
    if found is None:
        raise UnknownOwner(f"there is no {owner.kind.value} {owner.id!r}")
    organisation, name = found
    zone = ZoneInfo(name)
    return organisation, zone, now.astimezone(zone).date(), version


def _days(found: Days) -> tuple[ClosedDay, ...]:
    return tuple(ClosedDay(day, name) for day, name in found.closed)


def _told(closed: Closed) -> desk.Answer:
    return desk.Answer(200, text_of(closed))
