"""People: seen by their own organisation and the operator, changed by admins; grants by two of them."""

import re
import unicodedata
from typing import Any

from flask import Response

from api.auth import session
from api.openapi import Group
from api.requests import idempotency_key, read_body, read_query
from api.schemas import directory as bodies
from api.schemas.fields import Body
from api.schemas.shown import directory as shown
from api.v1.answers import answer, decide, page, place
from api.v1.directory import READ, WRITE, known, minor, organisation_of, own, persons, row, seen, told
from partnerflow.directory import commands as c
from partnerflow.directory.rows import PersonRow
from partnerflow.people import Directory
from partnerflow.store import directory_listing

group = Group("people", "Named people, their roles, managers and limits.")


@group.route(
    "GET", "/v1/people", query=bodies.PeopleList, answers={200: "A page of people, by name."}, scope=READ
)
def list_people() -> Response:
    """List people: partners see their own organisation's."""
    asked = read_query(bodies.PeopleList())
    mark = place("people", asked["cursor"])
    wanted = {"role": asked["role"], "asked": asked["asked"]}
    after = (mark[0], mark[1]) if mark else None
    rows = directory_listing.list_people(
        session(), own(asked["organisation"]), after, asked["limit"], **wanted
    )
    now = seen()
    return page(
        rows,
        asked["limit"],
        lambda each: shown.person(each, now),
        lambda each: [each.name, each.id],
        "people",
    )


@group.route("GET", "/v1/people/<person>", answers={200: "The person."}, scope=READ)
def read_person(person: str) -> Response:
    """Read a person, by id or e-mail address."""
    found, _ = organisation_of(person, seen().directory)
    return answer(shown.person(row(PersonRow, found, "person")[0], seen()))


@group.route(
    "POST",
    "/v1/people",
    body=bodies.PersonBody,
    answers={201: "The person; roles and limit wait for another admin."},
    scope=WRITE,
    keyed=True,
)
def add_person() -> Response:
    """Add a person."""
    key, sent = idempotency_key(), read_body(bodies.PersonBody())
    return decide(added(sent, known()), f"organisation/{sent['organisation']}", key, told)


def added(sent: dict[str, Any], directory: Directory) -> c.AddPerson:
    """A body's person, as the command; without a limit nothing is within it."""
    limit = minor(sent.pop("authority_limit"), directory) if "authority_limit" in sent else 0
    return c.AddPerson(person_row(persons(sent, directory, "manager"), limit))


def person_row(sent: dict[str, Any], limit: int | None) -> PersonRow:
    """A body's person as a row; without an id it is made of the name."""
    own_hours = sent.pop("calendar", None)
    stated = {name: value for name, value in sent.items() if name not in ("id", "roles")}
    known_as = sent.get("id") or slug(sent["name"]) or slug(sent["email"]) or "person"
    return PersonRow(
        id=known_as,
        roles=tuple(dict.fromkeys(sent["roles"])),
        hours=own_hours,
        authority_limit=limit,
        **stated,
    )


def slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60]


def _register(name: str, body: type[Body], about: str, command: Any) -> None:
    """Give an action of a person its path."""

    def view(person: str) -> Response:
        key, sent = idempotency_key(), read_body(body(), optional=body is bodies.Empty)
        directory = known()
        found, code = organisation_of(person, directory)
        return decide(command(found, sent, directory), f"organisation/{code}", key, told)

    view.__name__, view.__doc__ = f"{name}_person", about
    group.route(
        "POST",
        f"/v1/people/<person>/actions/{name}",
        body=body,
        answers={200: about, 201: about} if name == "leave" else {200: about},
        scope=WRITE,
        keyed=True,
    )(view)


def changed(person: str, sent: dict[str, Any], directory: Directory) -> c.ChangePerson:
    """What is sent of a person, as the command."""
    changes = persons(sent, directory, "manager")
    if "calendar" in changes:
        changes["hours"] = changes.pop("calendar")
    if "authority_limit" in changes:
        changes["authority_limit"] = minor(changes["authority_limit"], directory)
    if "roles" in changes:
        changes["roles"] = tuple(dict.fromkeys(changes["roles"]))
    return c.ChangePerson(person, changes)


def leaving(person: str, sent: dict[str, Any], directory: Directory) -> c.Leave:
    """The same for who leaves."""
    return c.Leave(person, sent["at"], persons(sent, directory, "successor")["successor"])


_register(
    "change", bodies.PersonChange, "Change what is sent; what gives more waits for another admin.", changed
)
_register("leave", bodies.LeaveBody, "Record that they leave, and who succeeds them.", leaving)
_register(
    "confirm_roles", bodies.Empty, "Confirm what another admin asked for.", lambda p, _, __: c.ConfirmRoles(p)
)
_register(
    "clear_undeliverable",
    bodies.Empty,
    "Say that the address takes mails again.",
    lambda p, _, __: c.ClearUndeliverable(p),
)
_register(
    "refuse_roles",
    bodies.Empty,
    "Refuse, or take back, what was asked for.",
    lambda p, _, __: c.RefuseRoles(p),
)
