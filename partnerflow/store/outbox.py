"""Messages that are owed: claimed by one sender at a time, recorded by attempt, tried again on a schedule.

``queued -> sending -> sent | retrying | parked | dropped``; what is ``held`` goes with its recipient's digest. A claim
holds for 90 s and an attempt ends within 60 s, so two senders never hold one message; whoever dies in between lets the
lease run out. Back-off runs on the machine's clock; a reminder waits for its recipient's hours by the desk's, and is
dropped when it has no point any more by then; a digest waits for its recipient's morning.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from partnerflow.store.messages import DIGEST, GATHERING
from partnerflow.store.wakes import wake

LEASE: Final = timedelta(seconds=90)
SIGN_IN: Final = 3
"""The shape of a mail that signs somebody in: a release that knows nothing of it leaves it alone."""
VERSION: Final = GATHERING
"""The newest shape of ``data`` this code can read; it leaves newer ones to newer code."""

SCHEDULE: Final = tuple(
    timedelta(seconds=seconds) for seconds in (10, 30, 120, 600, 3_600, 4 * 3_600, 12 * 3_600)
)
"""The pause after each failed attempt; after the last one the message is parked."""

OVERDUE: Final = timedelta(minutes=1)
"""So late, a retry has no driver, as while Temporal is away; then the relay makes it."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message to one recipient, claimed: ``attempt`` counts this one, ``data`` makes its words. A digest brings
    what was ``gathered`` for it, oldest first."""

    id: str
    stream: str
    seq: int
    event: str
    recipient: str
    audience: str
    address: str
    data: dict[str, Any]
    created_at: datetime
    attempt: int
    reminds: str | None = None
    reminds_until: datetime | None = None
    gathered: tuple["Delivery", ...] = ()


_ITS_TIME = "(not_before IS NULL OR not_before <= (SELECT partnerflow_now()))"

_CLAIM = text(f"""
UPDATE delivery SET state = 'sending', attempt = attempt + 1, lease_until = clock_timestamp() + :lease,
  next_attempt_at = NULL
WHERE id = :id AND version <= :version AND {_ITS_TIME}
  AND (state IN ('queued', 'retrying') OR state = 'sending' AND lease_until < clock_timestamp())
RETURNING id, stream, seq, event, recipient, audience, address, data, created_at, attempt, reminds, reminds_until
""")  # noqa: S608  our own words

_UNSENT = text(f"""
SELECT id FROM delivery
WHERE version <= :version AND {_ITS_TIME} AND id <> ALL (CAST(:besides AS text[])) AND (state = 'queued'
  OR state = 'sending' AND lease_until < clock_timestamp()
  OR state = 'retrying' AND next_attempt_at < clock_timestamp() - :overdue)
ORDER BY created_at LIMIT :limit
""")  # noqa: S608  as above

_WAITING = text("""
SELECT min(not_before) FROM delivery WHERE state = 'queued' AND not_before > partnerflow_now()
""")

_SENT = text("""
UPDATE delivery SET state = 'sent', sent_at = clock_timestamp(), lease_until = NULL, reason = NULL
WHERE id = :id AND attempt = :attempt AND state = 'sending'
""")

# At its first attempt a digest takes what is held; a later one, also of one that was parked, brings the same.
_GATHER = text("""
UPDATE delivery SET digest = :id WHERE recipient = :recipient AND digest IS NULL AND (state = 'held' OR id = :id)
  AND EXISTS (SELECT 1 FROM delivery d WHERE d.id = :id AND d.digest IS NULL)
""")

_GATHERED = text("""
SELECT id, stream, seq, event, recipient, audience, address, data, created_at, attempt
FROM delivery WHERE digest = :id AND recipient = :recipient AND id <> :id ORDER BY created_at, stream, seq
""")

_GATHERED_SENT = text("""
UPDATE delivery SET state = 'sent', sent_at = clock_timestamp()
WHERE digest = :id AND recipient = :recipient AND state = 'held'
""")

_RETRYING = text("""
UPDATE delivery SET state = 'retrying', lease_until = NULL, reason = :reason,
  next_attempt_at = clock_timestamp() + :pause
WHERE id = :id AND attempt = :attempt AND state = 'sending' RETURNING id
""")

_DROPPED = text("""
UPDATE delivery SET state = 'dropped', lease_until = NULL, reason = :reason
WHERE id = :id AND attempt = :attempt AND state = 'sending'
""")

_PARKED = text("""
UPDATE delivery SET state = 'parked', lease_until = NULL, reason = :reason
WHERE id = :id AND attempt = :attempt AND state = 'sending'
""")


_RETURNED = text("""
UPDATE delivery SET state = 'parked', lease_until = NULL, next_attempt_at = NULL, reason = :reason
WHERE id = :id AND state IN ('sent', 'parked', 'retrying')
""")


def unsent(session: Session, besides: list[str], limit: int) -> tuple[str, ...]:
    """What nobody sends, oldest first: not tried yet, left by a dead sender, overdue for want of a driver."""
    found = {"version": VERSION, "besides": besides, "overdue": OVERDUE, "limit": limit}
    return tuple(session.scalars(_UNSENT, found))


def claim(session: Session, delivery_id: str) -> Delivery | None:
    """Take one message for the length of an attempt; None when it has gone, is parked, or somebody has it."""
    found = {"id": delivery_id, "lease": LEASE, "version": VERSION}
    row = session.execute(_CLAIM, found).one_or_none()
    claimed = Delivery(*row) if row else None
    return _gather(session, claimed) if claimed and claimed.event == DIGEST else claimed


def _gather(session: Session, digest: Delivery) -> Delivery:
    whose = {"id": digest.id, "recipient": digest.recipient}
    session.execute(_GATHER, whose)
    return replace(digest, gathered=tuple(Delivery(*row) for row in session.execute(_GATHERED, whose)))


def record_sent(session: Session, delivery: Delivery) -> None:
    """It was accepted at this attempt."""
    session.execute(_SENT, {"id": delivery.id, "attempt": delivery.attempt})
    if delivery.event == DIGEST:
        session.execute(_GATHERED_SENT, {"id": delivery.id, "recipient": delivery.recipient})


def record_dropped(session: Session, delivery: Delivery, reason: str) -> None:
    """It was a reminder, and has no point any more."""
    session.execute(_DROPPED, {"id": delivery.id, "attempt": delivery.attempt, "reason": reason})


def next_waiting(session: Session) -> datetime | None:
    """When the next of the reminders that wait may go, by the desk's clock."""
    found: datetime | None = session.scalar(_WAITING)
    return found


def park_returned(session: Session, delivery_id: str, reason: str) -> None:
    """It was accepted, and came back later."""
    session.execute(_RETURNED, {"id": delivery_id, "reason": reason})


def record_failed(session: Session, delivery: Delivery, reason: str, *, permanent: bool) -> None:
    """It did not go: tried again by its driver, or parked when that cannot help or was tried often enough."""
    mine = {"id": delivery.id, "attempt": delivery.attempt, "reason": reason}
    if permanent or delivery.attempt > len(SCHEDULE):
        session.execute(_PARKED, mine)
    elif session.execute(_RETRYING, mine | {"pause": SCHEDULE[delivery.attempt - 1]}).one_or_none():
        wake(session, [f"delivery/{delivery.id}"])


GIVEN_UP: Final = ("parked", "retrying")
"""States in which a person may have a message sent again at once."""

_STATE = text("SELECT state FROM delivery WHERE id = :id FOR UPDATE")
_AGAIN = text("""
UPDATE delivery SET state = 'queued', attempt = 0, reason = NULL, next_attempt_at = NULL, lease_until = NULL
WHERE id = :id
""")
_SHOWN = text("""
SELECT id, stream, seq, event, recipient, audience, state, attempt, created_at, not_before, next_attempt_at, sent_at,
  reason
FROM delivery WHERE id = :id
""")


def state_of(session: Session, delivery_id: str) -> str | None:
    """Its row is locked; None: there is no such message."""
    found: str | None = session.scalar(_STATE, {"id": delivery_id})
    return found


def queue_again(session: Session, delivery_id: str) -> None:
    """As if it had never been tried: the next sender takes it."""
    session.execute(_AGAIN, {"id": delivery_id})


def shown(session: Session, delivery_id: str) -> dict[str, Any]:
    """A message without its content or address."""
    return dict(session.execute(_SHOWN, {"id": delivery_id}).mappings().one())
