"""Who asks. Every route wants a key unless it is named here as public.

A key is ``pf_`` and 32 random bytes; only its SHA-256 is kept. It acts as the natural person who owns it.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, cast

from flask import Flask, current_app, g, request
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from api.errors import Problem
from partnerflow.people import Actor, Directory, Role
from partnerflow.store.database import reading as reading_transaction
from partnerflow.store.listing import Sight
from partnerflow.store.listing_keys import KeyOwner, find_owner, open_reading

PUBLIC: Final = frozenset(
    {"health.healthz", "health.readyz", "api-docs.openapi_json", "docs.docs", "portal.assets.static"}
)
"""Endpoints that need no key: they show nothing of anybody."""

PREFIX: Final = "pf_"
SUSPICIOUS: Final = frozenset({"api_key", "apikey", "key", "token", "access_token", "authorization"})
STAFF: Final = frozenset(
    {Role.CASE_MANAGER, Role.LICENSING, Role.CHANNEL_MANAGER, Role.FINANCE, Role.EXECUTIVE}
)
READING: Final = frozenset({"GET", "HEAD"})


@dataclass(frozen=True, slots=True)
class Reader:
    """The signed-in person as answers see them; ``kind`` is their organisation's (FAULTS: Who may do what)."""

    actor: Actor
    kind: str
    operator: bool

    @property
    def person(self) -> str:
        return self.actor.person or ""

    @property
    def organisation(self) -> str:
        return self.actor.organisation or ""

    @property
    def sees_upstream(self) -> bool:
        """Resellers never see the vendor -> distributor leg."""
        return self.kind != "reseller"

    @property
    def staff(self) -> bool:
        """One of the operator's people who work on cases."""
        return self.operator and bool(self.actor.roles & STAFF)

    @property
    def admin_only(self) -> bool:
        """Metadata only: an admin has no business with amounts and words."""
        return Role.ADMIN in self.actor.roles and not self.staff

    def countries(self, directory: Directory) -> tuple[str, ...] | None:
        """The reader's region: the countries of their coverage rows; None: every country."""
        if not self.staff or Role.FINANCE in self.actor.roles:
            return None
        rows = [row.country for row in directory.coverage if row.person == self.person]
        return None if None in rows else tuple(sorted({country for country in rows if country}))

    def sight(self, directory: Directory) -> Sight:
        return Sight(self.person, self.countries(directory))


def register_sign_in(app: Flask) -> None:
    """Ask for a key before every request, and give the reader's transaction back after it."""
    app.before_request(_sign_in)
    app.teardown_request(_sign_out)


def engine() -> Engine:
    return cast(Engine, current_app.extensions["engine"])


def reader() -> Reader:
    return cast(Reader, g.reader)


def session() -> Session:
    """The reader's read-only transaction: it sees what their organisation may see."""
    return cast(Session, g.session)


@contextmanager
def own_reading() -> Iterator[Session]:
    """The same for a command, which holds no transaction of its own."""
    with reading_transaction(engine(), reader().organisation) as opened:
        yield opened


def need_scope(scope: str) -> None:
    """Refuse a key that is not made for this; a key without scopes may do all that its owner may."""
    scopes = reader().actor.scopes
    if scopes is not None and scope not in scopes:
        raise Problem("forbidden", f"This key lacks the scope {scope}.")


def digest_of(key: str) -> bytes:
    """What is kept of a key."""
    return hashlib.sha256(key.encode()).digest()


def _sign_in() -> None:
    if request.endpoint in PUBLIC:
        return
    _refuse_key_in_query()
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not key.startswith(PREFIX):
        raise Problem("unauthenticated", "Send your key: Authorization: Bearer pf_...")
    owner = _owner(digest_of(key.strip()))
    if owner is None:
        raise Problem("unauthenticated", "This key is not known, or it was revoked.")
    g.reader = _reader(owner)


def _owner(digest: bytes) -> KeyOwner | None:
    """A read is answered in the transaction that found its reader; a command finds them outside any."""
    if request.method not in READING:
        return find_owner(engine(), digest)
    g.session = Session(engine(), expire_on_commit=False)
    return open_reading(g.session, digest)


def _reader(owner: KeyOwner) -> Reader:
    known = frozenset(Role)
    roles = frozenset(Role(role) for role in owner.roles if role in known)
    scopes = None if owner.scopes is None else frozenset(owner.scopes)
    return Reader(Actor(owner.person, owner.organisation, roles, scopes), owner.kind, owner.operator)


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
