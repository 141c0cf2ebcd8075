"""The entrance: who a request comes from, by key or by the session of its cookie. Both make the same Reader.

A key is ``pf_`` and 32 random bytes; only its SHA-256 is kept. It acts as the natural person who owns it. People in the
portal come with a session's cookie instead, which is read with their roles by one indexed statement at every request.
"""

from contextlib import suppress
from typing import Final
from urllib.parse import urlencode

from flask import Flask, Response, current_app, g, request
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException

from api import cookies, file_links
from api.auth import PUBLIC, Reader, digest_of, engine
from api.cookies import register_cookies
from api.csrf import need_own_page, register_csrf
from api.errors import Problem
from partnerflow.people import Actor, Role
from partnerflow.store.listing_keys import KEYS, SESSIONS, KeyOwner, Way, find_owner, open_reading
from partnerflow.store.sessions import seen

WAY_IN: Final = "sign_in"
"""The blueprint of the pages on which people sign in."""

MACHINES: Final = ("/v1", "/metrics", "/healthz", "/readyz", "/docs")
"""Paths that are no pages: a request without a sign-in is refused there, and led to the sign-in elsewhere."""

PREFIX: Final = "pf_"
SUSPICIOUS: Final = frozenset({"api_key", "apikey", "key", "token", "access_token", "authorization"})
FILES: Final = 32 * 1024 * 1024
"""Bytes of a form with files, of somebody signed in; each file has its own limit."""
READING: Final = frozenset({"GET", "HEAD"})


def register_sign_in(app: Flask) -> None:
    """Ask who it is before every request, and give the reader's transaction back after it."""
    register_cookies(app)
    register_csrf(app)
    app.before_request(_sign_in)
    app.teardown_request(_sign_out)


def _sign_in() -> Response | None:
    """By key, else by the session of the cookie; a page without either leads to the sign-in."""
    if request.endpoint in PUBLIC:
        return None
    if file_links.asked():
        file_links.admit()
        return None
    _refuse_key_in_query()
    if "Authorization" in request.headers:
        _by_key()
        return None
    given = cookies.token()
    owner = _owner(digest_of(given), SESSIONS) if given else None
    if owner is not None:
        _admit(owner)
        if given and owner.stale:
            g.stale = digest_of(given)
        if is_page() and request.mimetype == "multipart/form-data":
            request.max_content_length = FILES
    elif not way_in():
        return _turned_away()
    need_own_page(form=is_page())
    return None


def _by_key() -> None:
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not key.startswith(PREFIX):
        raise Problem("unauthenticated", "Send your key: Authorization: Bearer pf_...")
    owner = _owner(digest_of(key.strip()), KEYS)
    if owner is None:
        raise Problem("unauthenticated", "This key is not known, or it was revoked.")
    _admit(owner)


def _turned_away() -> Response:
    """Machines are told what to send, people are led to where they sign in, and back to the page afterwards."""
    if not is_page():
        raise Problem("unauthenticated", "Send your key: Authorization: Bearer pf_...")
    where = f"/sign-in?{urlencode({'next': _wanted()})}"
    if "HX-Request" in request.headers:
        return Response(status=401, headers={"HX-Redirect": where})
    return Response(status=303, headers={"Location": where})


def is_page() -> bool:
    """Whether this request is for a page of the portal, not for the API."""
    return not request.path.startswith(MACHINES)


def way_in() -> bool:
    """Whether this is a page on which people sign in: it knows who is there already, and needs nobody."""
    return any(name.rpartition(".")[2] == WAY_IN for name in request.blueprints)


def _wanted() -> str:
    """The page to go on with: this one, or of something sent the nearest page above it."""
    if request.method in READING:
        return request.full_path.rstrip("?")
    path = request.path
    while path.strip("/") and not _is_read(path):
        path = path.rpartition("/")[0]
    return path or "/"


def _is_read(path: str) -> bool:
    try:
        current_app.url_map.bind("").match(path, "GET")
    except HTTPException:
        return False
    return True


def _owner(digest: bytes, way: Way) -> KeyOwner | None:
    """A read is answered in the transaction that found its reader; a command finds them outside any."""
    if request.method not in READING:
        return find_owner(engine(), digest, way)
    g.session = Session(engine(), expire_on_commit=False)
    owner = open_reading(g.session, digest, way)
    if owner is None:
        g.pop("session").close()
    return owner


def _admit(owner: KeyOwner) -> None:
    g.reader = reader_of(owner)


def reader_of(owner: KeyOwner) -> Reader:
    """The reader whom a key or a session stands for."""
    known = frozenset(Role)
    roles = frozenset(Role(role) for role in owner.roles if role in known)
    scopes = None if owner.scopes is None else frozenset(owner.scopes)
    return Reader(
        Actor(owner.person, owner.organisation, roles, scopes, owner.own_hand), owner.kind, owner.operator
    )


def _refuse_key_in_query() -> None:
    """A key in an address ends up in logs and histories."""
    if any(
        name.lower() in SUSPICIOUS or value.startswith(PREFIX)
        for name, value in request.args.items(multi=True)
    ):
        raise Problem("unauthenticated", "Send the key in the Authorization header, never in the address.")


def _sign_out(_: BaseException | None) -> None:
    opened = g.pop("session", None)
    if opened is not None:
        opened.close()
    stale = g.pop("stale", None)
    if stale is not None:
        # Nobody's request fails because its time could not be written.
        with suppress(DBAPIError, PoolTimeout):
            seen(engine(), stale)
