"""Whose key or session it is, said by the statement that opens the reader's transaction: it costs no round trip."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Engine, TextClause, text
from sqlalchemy.orm import Session

from partnerflow.store.database import ONLY_READING, TRANSACTION_SETTINGS
from partnerflow.store.sessions import COARSE, IDLE


@dataclass(frozen=True, slots=True)
class KeyOwner:
    """``kind`` and ``operator`` are the organisation's; ``scopes`` None: all that the person may do. ``stale``: it is a
    session whose last use is to be written again; ``own_hand``: not a key that somebody else made."""

    person: str
    organisation: str
    roles: tuple[str, ...]
    scopes: tuple[str, ...] | None
    kind: str
    operator: bool
    stale: bool = False
    own_hand: bool = True


_OWNER = "p.id, p.organisation, p.roles, {scopes}, o.kind, o.operator, {stale}, {own_hand}"
_PEOPLE = """
JOIN organisation o ON o.code = p.organisation
WHERE {held} AND NOT EXISTS
  (SELECT 1 FROM absence a WHERE a.person = p.id AND a.leaves AND a.since <= partnerflow_now())
"""
# The organisation that the wall lets through is the owner's, so only this statement knows it.
_SETTINGS: Final = TRANSACTION_SETTINGS.replace(":org", "p.organisation")


@dataclass(frozen=True, slots=True)
class Way:
    """One way to be known by a SHA-256: ``find`` outside any transaction, ``open`` as its first statement."""

    find: TextClause
    open: TextClause


def _way(source: str, held: str, scopes: str, stale: str, own_hand: str) -> Way:
    owner, people = (
        _OWNER.format(scopes=scopes, stale=stale, own_hand=own_hand),
        f"FROM {source} {_PEOPLE.format(held=held)}",
    )
    return Way(
        text(f"SELECT {owner} {people}"),
        text(f"SELECT {owner}, {_SETTINGS}, {ONLY_READING} {people}"),
    )


KEYS: Final = _way(
    "api_key k JOIN person p ON p.id = k.person AND p.active",
    "k.hash = :hash AND k.revoked_at IS NULL",
    "k.scopes",
    "false",
    "k.made_by IS NULL OR k.made_by = k.person",
)
# Roles decide what there is to see: who has none has nothing to sign in for.
SESSIONS: Final = _way(
    "session s JOIN person p ON p.id = s.person AND p.active AND p.roles <> '{}'",
    "s.id = :hash AND s.revoked_at IS NULL AND s.expires_at > clock_timestamp()"
    f" AND s.seen_at > clock_timestamp() - interval '{int(IDLE.total_seconds())} s'",
    "CAST(NULL AS text[])",
    f"s.seen_at < clock_timestamp() - interval '{int(COARSE.total_seconds())} s'",
    "true",
)


def find_owner(engine: Engine, digest: bytes, way: Way = KEYS) -> KeyOwner | None:
    """The owner of the key (or session) with this SHA-256, in one statement outside any transaction; None: no such."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        row = connection.execute(way.find, {"hash": digest}).first()
    return _owner(tuple(row)) if row else None


def open_reading(session: Session, digest: bytes, way: Way = KEYS) -> KeyOwner | None:
    """As ``find_owner``; from here on the session's transaction reads, and only, for the owner's organisation.

    Where there is no such key the wall stays up: the transaction sees no row.
    """
    row = session.execute(way.open, {"hash": digest}).first()
    return _owner(tuple(row)) if row else None


@contextmanager
def nobody(engine: Engine) -> Iterator[Session]:
    """A read-only transaction for what concerns no organisation: health and numbers."""
    with Session(engine) as session, session.begin():
        session.execute(text("SELECT set_config('transaction_read_only', 'on', true)"))
        yield session


def _owner(row: tuple[object, ...]) -> KeyOwner:
    person, organisation, roles, scopes, kind, operator, stale, own_hand = row[:8]
    assert isinstance(roles, list)
    held = tuple(scopes) if isinstance(scopes, list) else None
    flags = (bool(operator), bool(stale), bool(own_hand))
    return KeyOwner(str(person), str(organisation), tuple(roles), held, str(kind), *flags)
