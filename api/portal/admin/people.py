"""People: by organisation, with what waits for a second admin; and one person's page."""

from collections.abc import Iterable
from typing import Any

from flask import Response

from api.auth import engine, reader, session
from api.portal.admin import admin_page, room
from api.portal.admin.asking import asked_for
from api.portal.forms import Said
from api.portal.paging import paged
from api.portal.sign_in.account import BY, device
from api.schemas import directory as bodies
from api.schemas.shown import directory as shown
from api.v1.directory import organisation_of, row, seen
from partnerflow.directory.rows import PersonRow
from partnerflow.directory.rules import OPERATORS, ROLES_OF
from partnerflow.people import Directory, Organisation, Role
from partnerflow.store import directory_listing, sessions
from partnerflow.store.database import EVERY_ORGANISATION, reading


@room.get("/admin/people")
def people() -> Response:
    """Everybody, and first of all whose grants wait."""
    return people_page()


def people_page(said: Said | None = None) -> Response:
    """The list; ``said`` when a new person was refused."""
    now = seen()
    asked = asked_for(bodies.PeopleList())

    def read(mark: list[Any] | None, limit: int) -> list[PersonRow]:
        after = (mark[0], mark[1]) if mark else None
        return directory_listing.list_people(
            session(), asked["organisation"], after, limit, role=asked["role"], asked=None
        )

    found = paged(
        "people", asked, read, lambda each: shown.person(each, now), lambda each: [each.name, each.id]
    )
    return admin_page(
        "people",
        found=found,
        groups=_grouped(found.items),
        waiting=waiting(),
        asked=asked,
        organisations=sorted(now.directory.organisations.values(), key=lambda o: o.name),
        roles=[role.value for role in Role],
        said=said,
        currency=now.directory.operator.currency,
        managers=everybody(now.directory),
    )


def _grouped(items: Iterable[Any]) -> list[tuple[str, list[Any]]]:
    """By organisation, in the order of names."""
    found: dict[str, list[Any]] = {}
    for each in items:
        found.setdefault(each["organisation"], []).append(each)
    return sorted(found.items())


def waiting() -> list[dict[str, Any]]:
    """People for whom a grant waits for a second admin; ``mine``: this reader asked, another one confirms."""
    now = seen()
    rows = directory_listing.list_people(session(), None, None, 200, role=None, asked=True)
    return [
        shown.person(each, now) | {"mine": each.asked is not None and each.asked.by == reader().person}
        for each in rows
    ]


def everybody(directory: Directory) -> list[tuple[str, str]]:
    """(id, name and organisation) of the active, for choices."""
    active = sorted(
        (p for p in directory.people.values() if p.active), key=lambda p: (p.organisation, p.name)
    )
    return [(p.id, f"{p.name}, {directory.organisations[p.organisation].name}") for p in active]


@room.get("/admin/people/<person>")
def person(person: str) -> Response:
    """One person: who they are, what they may, where they are signed in."""
    return person_page(person)


def person_page(person: str, said: Said | None = None) -> Response:
    """The page; ``said`` when something sent from it was refused."""
    now = seen()
    key, code = organisation_of(person, now.directory)
    found = row(PersonRow, key, "person")[0]
    organisation = now.directory.organisations[code]
    return admin_page(
        "person",
        person=shown.person(found, now),
        mails=found.mails,
        locale=found.locale,
        organisation=organisation,
        roles=[role.value for role in roles_of(organisation)],
        managers=[(k, name) for k, name in everybody(now.directory) if k != key],
        sessions=_sessions(key),
        keys=_keys(key, now),
        covers=[row for row in _coverage(now) if row["person"] and row["person"]["id"] == key],
        himself=key == reader().person,
        asked_by_me=found.asked is not None and found.asked.by == reader().person,
        currency=now.directory.operator.currency,
        said=said,
    )


def roles_of(organisation: Organisation) -> tuple[Role, ...]:
    """What its people may be."""
    allowed = ROLES_OF[organisation.kind.value] | (OPERATORS if organisation.operator else frozenset())
    return tuple(role for role in Role if role in allowed)


def _sessions(key: str) -> list[dict[str, Any]]:
    with reading(engine(), EVERY_ORGANISATION) as opened:
        found = sessions.list_open(opened, key)
    return [
        {
            "id": each.id.hex(),
            "device": device(each.agent),
            "by": BY[each.how],
            "address": each.address,
            "created_at": each.created_at,
            "seen_at": each.seen_at,
        }
        for each in found
    ]


def _keys(key: str, now: shown.Seen) -> list[dict[str, Any]]:
    rows = directory_listing.list_keys(session(), None, 50, person=key, revoked=False)
    return [shown.api_key(each, now) for each in rows]


def _coverage(now: shown.Seen) -> list[dict[str, Any]]:
    return [
        shown.coverage(each, now)
        for each in directory_listing.list_coverage(session(), None, 500, role=None, person=None)
    ]
