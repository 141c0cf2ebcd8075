"""Whose calendar says what: documents of organisations, teams and persons, read and written as they are kept."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from partnerflow.store.closures import Owner, OwnerKind
from partnerflow.store.tables import directory as t


def document(session: Session, owner: Owner) -> tuple[dict[str, Any], Owner] | None:
    """What holds for the owner, as a calendar document, and whose hours they are; None if there is no such owner."""
    person = session.get(t.Person, owner.id) if owner.kind is OwnerKind.PERSON else None
    team_code = person.team if person else owner.id if owner.kind is OwnerKind.TEAM else None
    team = session.get(t.Team, team_code) if team_code else None
    above = person.organisation if person else team.organisation if team else owner.id
    organisation = session.get(t.Organisation, above)
    if organisation is None or (owner.kind is OwnerKind.PERSON and person is None):
        return None
    if owner.kind is OwnerKind.TEAM and team is None:
        return None
    said, whose = _hours(person, team, organisation)
    closed = _closures(session, person, team, organisation)
    return said | ({"closures": closed} if closed else {}), whose


def _hours(
    person: t.Person | None, team: t.Team | None, organisation: t.Organisation
) -> tuple[dict[str, Any], Owner]:
    if person and person.hours:
        return {"holidays": {}} | person.hours, Owner(OwnerKind.PERSON, person.id)
    said: dict[str, Any] = {name: getattr(organisation, name) for name in ("zone", "hours", "holidays")}
    own = {name: getattr(team, name) for name in said if team and getattr(team, name) is not None}
    whose = (
        Owner(OwnerKind.TEAM, team.code) if team and own else Owner(OwnerKind.ORGANISATION, organisation.code)
    )
    return said | own, whose


def _closures(
    session: Session, person: t.Person | None, team: t.Team | None, organisation: t.Organisation
) -> dict[str, str]:
    mine = or_(
        t.Closure.organisation == organisation.code,
        t.Closure.team == (team.code if team else None),
        t.Closure.person == (person.id if person else None),
    )
    found: dict[str, list[str]] = {}
    for row in session.scalars(select(t.Closure).where(mine).order_by(t.Closure.day, t.Closure.name)):
        found.setdefault(row.day.isoformat(), []).append(row.name)
    return {day: " / ".join(dict.fromkeys(names)) for day, names in found.items()}


def write(session: Session, owner: Owner, said: dict[str, Any] | None) -> None:
    """``said`` {zone, hours, holidays}; None for a team or a person: what is above them holds again."""
    own = said or {"zone": None, "hours": None, "holidays": None}
    if owner.kind is OwnerKind.PERSON:
        session.get_one(t.Person, owner.id).hours = said
    elif owner.kind is OwnerKind.TEAM:
        team = session.get_one(t.Team, owner.id)
        team.zone, team.hours, team.holidays = own["zone"], own["hours"], own["holidays"]
    else:
        organisation = session.get_one(t.Organisation, owner.id)
        organisation.zone, organisation.hours = own["zone"], own["hours"]
        organisation.holidays = own["holidays"]
    session.flush()


def write_team(session: Session, code: str, organisation: str, name: str, members: Iterable[str]) -> None:
    """A new team, or another name and other members of a known one."""
    team = session.get(t.Team, code)
    if team is None:
        session.add(t.Team(code=code, organisation=organisation, name=name))
    elif team.name != name:
        team.name = name
    session.flush()
    wanted = sorted(members)
    leaving = update(t.Person).where(t.Person.team == code, t.Person.id.not_in(wanted))
    joining = update(t.Person).where(
        t.Person.id.in_(wanted), or_(t.Person.team.is_(None), t.Person.team != code)
    )
    session.execute(leaving.values(team=None))
    session.execute(joining.values(team=code))


def strangers(session: Session, organisation: str, people: Iterable[str]) -> list[str]:
    """Those that are no persons of the organisation."""
    wanted = set(people)
    known = select(t.Person.id).where(t.Person.id.in_(wanted), t.Person.organisation == organisation)
    return sorted(wanted - set(session.scalars(known)))


def organisation_of_team(session: Session, code: str) -> str | None:
    team = session.get(t.Team, code)
    return team.organisation if team else None


@dataclass(frozen=True, slots=True)
class Kept:
    """Somebody with hours of their own: ``name`` as readers are told it, of ``organisation``."""

    owner: Owner
    name: str
    organisation: str


def kept(session: Session) -> tuple[Kept, ...]:
    """Every organisation, every team, and the active persons who have hours of their own; by name."""
    organisations = select(t.Organisation.code, t.Organisation.name).order_by(t.Organisation.name)
    teams = select(t.Team.code, t.Team.name, t.Team.organisation).order_by(t.Team.name)
    persons = select(t.Person.id, t.Person.name, t.Person.organisation).order_by(t.Person.name)
    own = persons.where(t.Person.active, func.jsonb_typeof(t.Person.hours) == "object")
    return (
        *(
            Kept(Owner(OwnerKind.ORGANISATION, row[0]), row[1], row[0])
            for row in session.execute(organisations)
        ),
        *(Kept(Owner(OwnerKind.TEAM, row[0]), row[1], row[2]) for row in session.execute(teams)),
        *(Kept(Owner(OwnerKind.PERSON, row[0]), row[1], row[2]) for row in session.execute(own)),
    )
