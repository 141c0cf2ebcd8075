"""API keys: an admin makes and revokes them, everybody exchanges their own. The secret is shown once."""

import secrets
from typing import Any, Final

import msgspec
from flask import Response

from api.auth import digest_of, reader, session
from api.entrance import PREFIX
from api.errors import Problem
from api.openapi import Group
from api.requests import idempotency_key, read_body, read_query
from api.schemas import directory as bodies
from api.schemas.shown import directory as shown
from api.v1.answers import REPLAYED, answer, decide, encode, page, place
from api.v1.directory import READ, WRITE, known, organisation_of, row, seen, told, whom
from partnerflow.directory import rights
from partnerflow.directory.commands import AddKey, RevokeKey, RotateKey
from partnerflow.directory.rows import KeyRow
from partnerflow.people import Directory
from partnerflow.store import directory_listing

group = Group(
    "api-keys", "Keys for systems and scripts: each acts as the person who owns it, within its scopes."
)

NAME: Final = "api-keys"


@group.route(
    "GET", "/v1/api-keys", query=bodies.KeyList, answers={200: "A page of keys, without secrets."}, scope=READ
)
def list_api_keys() -> Response:
    """List keys: admins everybody's, others their own."""
    asked, now = read_query(bodies.KeyList()), seen()
    person = organisation_of(asked["person"], now.directory)[0] if asked["person"] else None
    if not rights.admin(reader().actor, now.directory):
        if person not in (None, reader().person):
            raise Problem("forbidden", "Only admins see other people's keys.")
        person = reader().person
    mark = place(NAME, asked["cursor"])
    rows = directory_listing.list_keys(
        session(), int(mark[0]) if mark else None, asked["limit"], person=person, revoked=asked["revoked"]
    )
    return page(rows, asked["limit"], lambda each: shown.api_key(each, now), lambda each: [each.id], NAME)


@group.route("GET", "/v1/api-keys/<key>", answers={200: "The key, without its secret."}, scope=READ)
def read_api_key(key: str) -> Response:
    """Read what is known of a key."""
    return answer(shown.api_key(_mine(key, seen().directory)[0], seen()))


@group.route(
    "POST",
    "/v1/api-keys",
    body=bodies.KeyBody,
    answers={201: "The key with its secret, this once. One made for somebody else never decides."},
    scope=WRITE,
    keyed=True,
)
def add_api_key() -> Response:
    """Make a key."""
    key, sent = idempotency_key(), read_body(bodies.KeyBody())
    person, code = whom(sent["person"] or reader().person, known(), "/person")
    scopes = None if sent["scopes"] is None else tuple(sorted(set(sent["scopes"])))
    secret = new_secret()
    command = AddKey(person, sent["label"], scopes, digest_of(secret))
    return _with(secret, decide(command, f"organisation/{code}", key, told))


@group.route(
    "POST",
    "/v1/api-keys/<key>/actions/rotate",
    body=bodies.Empty,
    answers={201: "The key that takes its place, with its secret, this once; the old one is revoked."},
    scope=WRITE,
    keyed=True,
)
def rotate_api_key(key: str) -> Response:
    """Exchange one's own key."""
    request_key, _ = idempotency_key(), read_body(bodies.Empty(), optional=True)
    found, code = _mine(key, known())
    secret = new_secret()
    command = RotateKey(found.id, digest_of(secret))
    return _with(secret, decide(command, f"organisation/{code}", request_key, told))


@group.route(
    "POST",
    "/v1/api-keys/<key>/actions/revoke",
    body=bodies.Empty,
    answers={200: "The key, which signs nobody in any more."},
    scope=WRITE,
    keyed=True,
)
def revoke_api_key(key: str) -> Response:
    """Revoke a key, at once."""
    request_key, _ = idempotency_key(), read_body(bodies.Empty(), optional=True)
    found, code = _mine(key, known())
    return decide(RevokeKey(found.id), f"organisation/{code}", request_key, told)


def _mine(key: str, directory: Directory) -> tuple[KeyRow, str]:
    """A key that this reader may know of: others' are the admin's."""
    found, code = row(KeyRow, key, "key")
    if found.person != reader().person and not rights.admin(reader().actor, directory):
        raise Problem("not-found", "There is no such key.")
    return found, code


def new_secret() -> str:
    """What is shown once; only its SHA-256 is kept."""
    return PREFIX + secrets.token_urlsafe(32)


def _with(secret: str, made: Response) -> Response:
    """The secret goes with the first answer alone: what is stored for a replay does not hold it."""
    if made.status_code != 201 or REPLAYED in made.headers:
        return made
    body: dict[str, Any] = msgspec.json.decode(made.get_data())
    made.set_data(encode(body | {"key": secret}))
    return made
