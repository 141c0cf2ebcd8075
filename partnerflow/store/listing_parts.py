"""The read side of what hangs on a case: its history, the messages it owes; and the whole's health."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Happened:
    """One event as it is stored."""

    seq: int
    kind: str
    at: datetime
    actor: str
    data: dict[str, Any]


_HISTORY = text("""
SELECT seq, kind, at, actor, data FROM event WHERE stream = :stream AND seq > :after ORDER BY seq LIMIT :limit
""")


def history(session: Session, stream: str, after: int, limit: int) -> list[Happened]:
    """Events of one stream in order, those the reader's organisation may read; at most ``limit`` + 1."""
    rows = session.execute(_HISTORY, {"stream": stream, "after": after, "limit": limit + 1})
    return [Happened(*row) for row in rows]


_DELIVERIES = """
SELECT id, stream, seq, event, recipient, audience, state, attempt, created_at, not_before, next_attempt_at, sent_at,
  reason
FROM delivery WHERE (CAST(:state AS text) IS NULL OR state = :state)
  AND (CAST(:after_id AS text) IS NULL OR (created_at, id) < (CAST(:after_at AS timestamptz), :after_id))
ORDER BY created_at DESC, id DESC LIMIT :limit
"""


def list_deliveries(
    session: Session, state: str | None, after: tuple[datetime, str] | None, limit: int
) -> list[dict[str, Any]]:
    """Messages without their content or address, newest first; at most ``limit`` + 1."""
    at, last = after or (None, None)
    rows = session.execute(
        text(_DELIVERIES), {"state": state, "after_at": at, "after_id": last, "limit": limit + 1}
    )
    return [dict(row) for row in rows.mappings()]


_HEALTH = text("""
SELECT (SELECT version_num FROM alembic_version),
  coalesce(extract(epoch FROM clock_timestamp() - (SELECT min(since) FROM wake)), 0)::float,
  coalesce(extract(epoch FROM greatest(
    clock_timestamp() - (SELECT min(created_at) FROM delivery WHERE state = 'queued' AND not_before IS NULL),
    partnerflow_now() - (SELECT min(not_before) FROM delivery
      WHERE state = 'queued' AND not_before <= partnerflow_now()))), 0)::float,
  (SELECT count(*) FROM delivery WHERE state = 'parked'),
  (SELECT count(*) FROM inbound_mail WHERE state = 'quarantined'),
  (SELECT count(*) FROM person WHERE undeliverable IS NOT NULL AND active)
""")


@dataclass(frozen=True, slots=True)
class Health:
    """``schema`` is the revision the database stands at, lags are seconds the oldest entry waits."""

    schema: str
    wake_lag: float
    message_lag: float
    parked: int
    quarantined: int
    undeliverable: int


def health(session: Session) -> Health:
    return Health(*session.execute(_HEALTH).one())
