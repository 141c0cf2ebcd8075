"""Drivers to wake. A wake carries no data and coalesces on a generation, so that none is ever lost: one that
comes between claim and ``finish`` raises the generation, and ``finish`` then leaves the row.

Whoever deletes "once signalled" without it loses the wake inserted in between.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

CHANNEL: Final = "partnerflow_outbox"
"""NOTIFY here, on an autocommit connection after the commit, when there is something to relay or to send."""


@dataclass(frozen=True, slots=True)
class Claimed:
    workflow_id: str
    generation: int


# The last lock of the deciding transaction; DO UPDATE holds the row until the decision commits.
WAKE: Final = """
INSERT INTO wake (workflow_id) SELECT DISTINCT x FROM unnest(CAST(:ids AS text[])) x ORDER BY x
ON CONFLICT (workflow_id) DO UPDATE SET generation = wake.generation + 1, claimed_until = NULL
"""
_WAKE = text(WAKE)

# Messages last: a thousand that a dead mail server refused must not hold up the cases.
_CLAIM = text("""
WITH c AS MATERIALIZED (
  SELECT workflow_id FROM wake WHERE claimed_until IS NULL OR claimed_until < clock_timestamp()
  ORDER BY starts_with(workflow_id, 'delivery/'), since LIMIT :limit FOR UPDATE SKIP LOCKED)
UPDATE wake w SET claimed_until = clock_timestamp() + interval '30 s'
FROM c WHERE w.workflow_id = c.workflow_id
RETURNING w.workflow_id, w.generation
""")

# A row that is locked is being raised by a decision and so is not ours to delete; nothing here ever waits.
_MINE = """
SELECT w.workflow_id FROM wake w
JOIN unnest(CAST(:ids AS text[]), CAST(:generations AS bigint[])) AS m (workflow_id, generation)
  ON w.workflow_id = m.workflow_id AND w.generation = m.generation
FOR UPDATE OF w SKIP LOCKED
"""
_FINISH = text(f"DELETE FROM wake WHERE workflow_id IN ({_MINE})")  # noqa: S608  our own words
_RELEASE = text(f"UPDATE wake SET claimed_until = NULL WHERE workflow_id IN ({_MINE})")  # noqa: S608


def wake(session: Session, ids: Iterable[str]) -> None:
    """Owe these drivers a wake, by workflow id; the ids' rows stay locked until the transaction ends."""
    wanted = list(ids)
    if wanted:
        session.execute(_WAKE, {"ids": wanted})


def claim(session: Session, limit: int = 50) -> tuple[Claimed, ...]:
    """Take the oldest wakes for 30 s. Commit before any call, so that the lease holds."""
    return tuple(Claimed(*row) for row in session.execute(_CLAIM, {"limit": limit}))


def finish(session: Session, claimed: Sequence[Claimed]) -> None:
    """The drivers know, or the record, read after the claim, shows nothing open."""
    _each(session, _FINISH, claimed)


def release(session: Session, claimed: Sequence[Claimed]) -> None:
    """They could not be told; the next claim takes them without waiting for the lease."""
    _each(session, _RELEASE, claimed)


def _each(session: Session, statement: object, claimed: Sequence[Claimed]) -> None:
    if claimed:
        ids, generations = zip(*((c.workflow_id, c.generation) for c in claimed), strict=True)
        session.execute(statement, {"ids": list(ids), "generations": list(generations)})  # type: ignore[call-overload]
