"""Days on which an organisation, a team or a person is closed, each kept by the source it came from."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from partnerflow.store.directory import snapshot
from partnerflow.store.tables import directory as t


class OwnerKind(StrEnum):
    ORGANISATION = "organisation"
    TEAM = "team"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose days they are: the code of an organisation or a team, or a person's id. Written ``team:berlin``."""

    kind: OwnerKind
    id: str

    def __str__(self) -> str:
        return f"{self.kind.value}:{self.id}"


def standing(session: Session, owner: Owner) -> tuple[str, str] | None:
    """The organisation the owner is, or belongs to, and the time zone of its days; None if there is no such owner."""
    team, known = None, snapshot(session).directory
    if owner.kind is OwnerKind.PERSON:
        person = known.people.get(owner.id)
        return (person.organisation, person.calendar.zone) if person else None
    if owner.kind is OwnerKind.TEAM:
        team = session.get(t.Team, owner.id)
    code = team.organisation if team else owner.id
    if code not in known.organisations or (owner.kind is OwnerKind.TEAM and team is None):
        return None
    return code, (team.zone if team else None) or known.organisations[code].zone


def lock(session: Session, organisation: str) -> bool:
    """Directory writes lock their organisation's row only, and none that refers to it; False if there is none."""
    locking = select(t.Organisation.code).where(t.Organisation.code == organisation)
    return session.scalar(locking.with_for_update(key_share=True)) is not None


def of_source(session: Session, owner: Owner, source: str, since: date, until: date) -> dict[date, str]:
    """Day -> name of what the source closes from ``since`` to before ``until``."""
    wanted = select(t.Closure.day, t.Closure.name).where(*_those(owner, source), *_within(since, until))
    return {day: name for day, name in session.execute(wanted)}  # noqa: C416  (rows are no pairs to mypy)


def listed(session: Session, owner: Owner, since: date, until: date) -> list[tuple[date, str, str]]:
    """(day, name, source) of the owner's own closures in that time, in order."""
    column = getattr(t.Closure, owner.kind.value)
    wanted = select(t.Closure.day, t.Closure.name, t.Closure.source).where(
        column == owner.id, *_within(since, until)
    )
    return [
        (row[0], row[1], row[2]) for row in session.execute(wanted.order_by(t.Closure.day, t.Closure.source))
    ]


def add(session: Session, owner: Owner, source: str, days: Mapping[date, str]) -> None:
    rows = [{owner.kind.value: owner.id, "source": source, "day": day, "name": days[day]} for day in days]
    if rows:
        session.execute(insert(t.Closure), rows)


def rename(session: Session, owner: Owner, source: str, days: Mapping[date, str]) -> None:
    for day, name in days.items():
        row = update(t.Closure).where(*_those(owner, source), t.Closure.day == day)
        session.execute(row.values(name=name))


def remove(session: Session, owner: Owner, source: str, days: Iterable[date]) -> None:
    if gone := list(days):
        session.execute(delete(t.Closure).where(*_those(owner, source), t.Closure.day.in_(gone)))


def _those(owner: Owner, source: str) -> tuple[Any, ...]:
    column = getattr(t.Closure, owner.kind.value)
    return column == owner.id, t.Closure.source == source


def _within(since: date, until: date) -> tuple[Any, ...]:
    return t.Closure.day >= since, t.Closure.day < until
