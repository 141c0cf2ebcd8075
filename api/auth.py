"""Who asks, once they are known (``entrance`` sees to that): the Reader, and the transaction they read in.

Every route wants a key or a session unless it is named here as public.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, cast

from flask import current_app, g
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from api.errors import Problem
from partnerflow.people import Actor, Directory, Role
from partnerflow.store.database import reading as reading_transaction
from partnerflow.store.listing import Sight

PUBLIC: Final = frozenset(
    {"health.healthz", "health.readyz", "api-docs.openapi_json", "docs.docs", "portal.assets.static"}
)
"""Endpoints that need no key: they show nothing of anybody."""

STAFF: Final = frozenset(
    {Role.CASE_MANAGER, Role.LICENSING, Role.CHANNEL_MANAGER, Role.FINANCE, Role.EXECUTIVE}
)


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
