"""Whose key it is, said by the statement that opens the reader's transaction: it costs no round trip."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from partnerflow.store.database import TRANSACTION_SETTINGS


@dataclass(frozen=True, slots=True)
class KeyOwner:
    """``kind`` and ``operator`` are the organisation's; ``scopes`` None: all that the person may do."""

    person: str
    organisation: str
    roles: tuple[str, ...]
    scopes: tuple[str, ...] | None
    kind: str
    operator: bool


_OWNER = "k.person, p.organisation, p.roles, k.scopes, o.kind, o.operator"
_OF_HASH = """
FROM api_key k JOIN person p ON p.id = k.person AND p.active JOIN organisation o ON o.code = p.organisation
WHERE k.hash = :hash AND k.revoked_at IS NULL
  AND NOT EXISTS (SELECT 1 FROM absence a WHERE a.person = p.id AND a.leaves AND a.since <= partnerflow_now())
"""
# The organisation that the wall lets through is the key owner's, so only this statement knows it.
_SETTINGS: Final = TRANSACTION_SETTINGS.replace(":org", "p.organisation")
_FIND = text(f"SELECT {_OWNER} {_OF_HASH}")
_OPEN = text(f"SELECT {_OWNER}, {_SETTINGS}, set_config('transaction_read_only', 'on', true) {_OF_HASH}")


def find_owner(engine: Engine, digest: bytes) -> KeyOwner | None:
    """The owner of the key with this SHA-256, in one statement outside any transaction; None: no such key."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        row = connection.execute(_FIND, {"hash": digest}).first()
    return _owner(tuple(row)) if row else None


def open_reading(session: Session, digest: bytes) -> KeyOwner | None:
    """As ``find_owner``; from here on the session's transaction reads, and only, for the owner's organisation.

    Where there is no such key the wall stays up: the transaction sees no row.
    """
    row = session.execute(_OPEN, {"hash": digest}).first()
    return _owner(tuple(row)) if row else None


@contextmanager
def nobody(engine: Engine) -> Iterator[Session]:
    """A read-only transaction for what concerns no organisation: health and numbers."""
    with Session(engine) as session, session.begin():
        session.execute(text("SELECT set_config('transaction_read_only', 'on', true)"))
        yield session


def _owner(row: tuple[object, ...]) -> KeyOwner:
    person, organisation, roles, scopes, kind, operator = row[:6]
    assert isinstance(roles, list)
    held = tuple(scopes) if isinstance(scopes, list) else None
    return KeyOwner(str(person), str(organisation), tuple(roles), held, str(kind), bool(operator))
