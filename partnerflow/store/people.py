"""Rows of the directory as commands change them: read and written under the lock of their organisation."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any, TypeVar

import msgspec
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from partnerflow.directory.rows import AbsenceRow, CoverageRow, KeyRow, OrganisationRow, PersonRow
from partnerflow.store.codec import plain
from partnerflow.store.orders import Head
from partnerflow.store.tables import Base
from partnerflow.store.tables import directory as t

Row = TypeVar("Row", OrganisationRow, PersonRow, AbsenceRow, CoverageRow, KeyRow)
AnyRow = OrganisationRow | PersonRow | AbsenceRow | CoverageRow | KeyRow

_TABLES: dict[type, type[Base]] = {
    OrganisationRow: t.Organisation,
    PersonRow: t.Person,
    AbsenceRow: t.Absence,
    CoverageRow: t.Coverage,
    KeyRow: t.ApiKey,
}


def lock(session: Session, code: str) -> tuple[OrganisationRow, Head] | None:
    """The organisation, locked against every other change of its directory; orders and cases may refer to it."""
    asked = select(t.Organisation).where(t.Organisation.code == code).with_for_update(key_share=True)
    found = session.scalars(asked).one_or_none()
    return (_row(OrganisationRow, found), Head(found.version, bytes(found.head))) if found else None


def read(session: Session, kind: type[Row], key: str | int) -> Row | None:
    """One row, as it is now."""
    found = session.get(_TABLES[kind], key, populate_existing=True)
    return _row(kind, found) if found else None


def absences_of(session: Session, person: str) -> tuple[AbsenceRow, ...]:
    rows = session.scalars(select(t.Absence).where(t.Absence.person == person).order_by(t.Absence.since))
    return tuple(_row(AbsenceRow, row) for row in rows)


def open_keys(session: Session, person: str) -> int:
    """How many keys of theirs are not revoked."""
    asked = select(func.count()).where(t.ApiKey.person == person, t.ApiKey.revoked_at.is_(None))
    return session.scalar(asked) or 0


def add(session: Session, row: AnyRow, **hidden: bytes) -> AnyRow:
    """A new row; absences, coverage and keys get their id here. ``hidden``: columns that no history tells."""
    values = _columns(row) | hidden
    if isinstance(row, AbsenceRow | CoverageRow | KeyRow):
        del values["id"]
    made = _TABLES[type(row)](**values)
    session.add(made)
    session.flush()
    written: AnyRow = _read_back(type(row), made)
    return written


def change(session: Session, row: AnyRow, *, changed_at: datetime | None = None) -> None:
    """The row as it is to stand; ``changed_at``: a right may have been taken, so that cases have to follow."""
    key = row.code if isinstance(row, OrganisationRow) else row.id
    found = session.get(_TABLES[type(row)], key)
    assert found is not None
    for name, value in _columns(row).items():
        setattr(found, name, value)
    if changed_at is not None:
        setattr(found, "changed_at", changed_at)  # noqa: B010  only persons have it
    session.flush()


def remove(session: Session, row: AbsenceRow | CoverageRow) -> None:
    session.delete(session.get_one(_TABLES[type(row)], row.id))
    session.flush()


def write_head(session: Session, code: str, head: Head) -> None:
    """Number and hash of the organisation's last event."""
    found = session.get_one(t.Organisation, code)
    found.version, found.head = head.seq, head.hash
    session.flush()


def address_known(session: Session, email: str, besides: str) -> bool:
    """Whether somebody else has this e-mail address, in whatever case it is written."""
    other = select(t.Person.id).where(func.lower(t.Person.email) == email.lower(), t.Person.id != besides)
    return session.scalars(other).first() is not None


def free_id(session: Session, wanted: str) -> str:
    """``wanted``, or the first of ``wanted-2``, ``wanted-3`` that nobody has."""
    asked = select(t.Person.id).where(t.Person.id.regexp_match(f"^{wanted}(-[0-9]+)?$"))
    taken = set(session.scalars(asked))
    found, number = wanted, 1
    while found in taken:
        number += 1
        found = f"{wanted}-{number}"
    return found


def team_of(session: Session, code: str) -> str | None:
    """The organisation of a team; None: there is no such team."""
    return session.scalars(select(t.Team.organisation).where(t.Team.code == code)).one_or_none()


_ASK = text("UPDATE directory_sync SET asked = asked + 1")


def ask_to_follow(session: Session) -> None:
    """The cases have to look who has them."""
    session.execute(_ASK)


def _row(kind: type[Row], found: Any) -> Row:
    made: Row = _read_back(kind, found)
    return made


def _read_back(kind: Any, found: Any) -> Any:
    return msgspec.convert({each.name: getattr(found, each.name) for each in fields(kind)}, kind)


def _columns(row: AnyRow) -> dict[str, Any]:
    found: Mapping[str, Any] = {each.name: getattr(row, each.name) for each in fields(row)}
    return {
        name: list(value)
        if isinstance(value, tuple)
        else plain(value)
        if name in ("asked", "undeliverable") and value
        else value
        for name, value in found.items()
    }
