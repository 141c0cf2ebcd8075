"""The command table: every command once, answered for good (ARCHITECTURE: A command, step by step)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from partnerflow.store.database import EVERY_ORGANISATION, TRANSACTION_SETTINGS
from partnerflow.store.policy_versions import IN_FORCE


@dataclass(frozen=True, slots=True)
class Received:
    """``at`` is the database's clock in the INSERT, before any lock; ``policy`` the version in force then."""

    id: int
    at: datetime
    directory: int
    policy: int
    case_number: int | None


@dataclass(frozen=True, slots=True)
class Stored:
    fingerprint: bytes
    state: str
    status: int | None
    code: str | None
    answer: str
    etag: str | None
    location: str | None


_BEGIN = text(
    f"SELECT {TRANSACTION_SETTINGS}, pg_try_advisory_xact_lock(hashtextextended(:principal || ' ' || :key, 0)) AS mine"
)

_INSERT = """
INSERT INTO command (principal, key, fingerprint, kind, target) VALUES (:principal, :key, :fingerprint, :kind, :target)
ON CONFLICT (principal, key) DO NOTHING
RETURNING id, received_at, (SELECT version FROM directory_version),
  {policy}, {number}
"""
_RECEIVE = text(_INSERT.format(policy=IN_FORCE, number="CAST(NULL AS bigint)"))
_RECEIVE_OPENING = text(_INSERT.format(policy=IN_FORCE, number="nextval('case_number')"))

_STORED = text("""
SELECT fingerprint, state, status, code, coalesce(answer, ''), etag, location FROM command
WHERE principal = :principal AND key = :key
""")

ANSWER: Final = """
UPDATE command SET state = :state, status = :status, code = :code, answer = :answer, etag = :etag, location = :location,
  target = coalesce(:target, target)
WHERE id = :id
"""


def begin(session: Session, principal: str, key: str) -> bool:
    """Open the transaction and try the lock on principal and key; False: the first of this key still runs."""
    asked = {"org": EVERY_ORGANISATION, "principal": principal, "key": key}
    return bool(session.execute(_BEGIN, asked).one().mine)


def receive(session: Session, *, opening: bool, **row: Any) -> Received | None:
    """Record the command; None when its key is known already."""
    found = session.execute(_RECEIVE_OPENING if opening else _RECEIVE, row).first()
    return Received(*found) if found else None


def stored(session: Session, principal: str, key: str) -> Stored:
    row = session.execute(_STORED, {"principal": principal, "key": key}).one()
    return Stored(bytes(row[0]), *row[1:])
