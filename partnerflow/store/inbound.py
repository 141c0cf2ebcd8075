"""Mails that came in: staged before they are acknowledged, claimed by one worker at a time, settled once.

What they do to a case goes through the desk under a key made of the mail, so that a mail worked on twice does it once.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from partnerflow.store.outbox import Delivery

LEASE: Final = timedelta(seconds=90)
MOST_ATTEMPTS: Final = 5
"""After so many a mail that nobody can read is put aside for a person."""

_STAGE = text("""
INSERT INTO inbound_mail (id, digest, channel, envelope_from, recipient, raw)
VALUES (:id, :digest, :channel, :envelope_from, :recipient, :raw) ON CONFLICT (digest) DO NOTHING RETURNING id
""")

_CLAIM = text("""
UPDATE inbound_mail m SET attempt = attempt + 1, lease_until = clock_timestamp() + :lease
FROM (SELECT id FROM inbound_mail
  WHERE state IN ('staged', 'released') AND (lease_until IS NULL OR lease_until < clock_timestamp())
  ORDER BY received_at LIMIT 1 FOR UPDATE SKIP LOCKED) found
WHERE m.id = found.id
RETURNING m.id, m.channel, m.envelope_from, m.recipient, m.raw, m.state, m.attempt, m.case_ref, m.sender, m.reason,
  m.decided_by, m.decided_because
""")

_SETTLE = text("""
UPDATE inbound_mail SET state = :state, lease_until = NULL, origin = :origin, sender = :sender, subject = :subject,
  case_ref = :case_ref, person = :person, outcome = :outcome, reason = :reason, settled_at = clock_timestamp()
WHERE id = :id AND attempt = :attempt AND state IN ('staged', 'released')
""")

_RECENT = text("""
SELECT count(*) FROM inbound_mail WHERE sender = :sender AND state = 'taken'
  AND received_at > clock_timestamp() - interval '1 hour'
""")

_DELIVERY = text("""
SELECT id, stream, seq, event, recipient, audience, address, data, created_at, attempt, reminds, reminds_until
FROM delivery WHERE id = :id
""")

_SHOWN = (
    "id, channel, envelope_from, recipient, received_at, state, origin, sender, subject, case_ref, person, outcome,"
    " reason, settled_at, decided_by, decided_because, decided_at, octet_length(raw) AS size"
)
_LIST = text(f"""
SELECT {_SHOWN} FROM inbound_mail WHERE (CAST(:state AS text) IS NULL OR state = :state)
  AND (CAST(:after_id AS text) IS NULL OR (received_at, id) < (CAST(:after_at AS timestamptz), :after_id))
ORDER BY received_at DESC, id DESC LIMIT :limit
""")  # noqa: S608  our own words

_READ = text(f"SELECT {_SHOWN} FROM inbound_mail WHERE id = :id")  # noqa: S608  as above

_LOCK = text(f"SELECT {_SHOWN} FROM inbound_mail WHERE id = :id FOR UPDATE")  # noqa: S608  as above

_DECIDE = text("""
UPDATE inbound_mail SET state = :state, decided_by = :by, decided_because = :because, decided_at = :at,
  case_ref = coalesce(:case_ref, case_ref), attempt = 0, lease_until = NULL WHERE id = :id
""")


@dataclass(frozen=True, slots=True)
class Staged:
    """A mail, claimed; ``state`` is ``staged``, or ``released`` with who let it through and why it had waited."""

    id: str
    channel: str
    envelope_from: str | None
    recipient: str
    raw: bytes
    state: str
    attempt: int
    case_ref: str | None = None
    sender: str | None = None
    reason: str | None = None
    decided_by: str | None = None
    decided_because: str | None = None


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of it: ``state`` taken, ignored or quarantined."""

    state: str
    origin: str = ""
    sender: str = ""
    subject: str = ""
    case_ref: str | None = None
    person: str | None = None
    outcome: str | None = None
    reason: str | None = None


def stage(
    session: Session, digest: bytes, channel: str, envelope_from: str | None, recipient: str, raw: bytes
) -> bool:
    """Keep a mail; False when it is here already."""
    values = {"id": digest.hex()[:32], "digest": digest, "channel": channel, "recipient": recipient[:320]}
    sent = {"envelope_from": envelope_from and envelope_from[:320], "raw": raw}
    return session.execute(_STAGE, values | sent).one_or_none() is not None


def claim(session: Session) -> Staged | None:
    """The oldest mail that nobody works on, for the length of a lease."""
    row = session.execute(_CLAIM, {"lease": LEASE}).one_or_none()
    return Staged(*row) if row else None


def settle(session: Session, mail: Staged, found: Settled) -> None:
    """What became of it, by whoever still holds it."""
    values = {name: getattr(found, name) for name in Settled.__slots__}
    session.execute(_SETTLE, values | {"id": mail.id, "attempt": mail.attempt})


def taken_lately(session: Session, sender: str) -> int:
    """How many mails of a sender were taken in the last hour."""
    return int(session.execute(_RECENT, {"sender": sender}).scalar_one())


def read_delivery(session: Session, delivery_id: str) -> Delivery | None:
    """The mail of ours that is answered, or came back."""
    row = session.execute(_DELIVERY, {"id": delivery_id}).one_or_none()
    return Delivery(*row) if row else None


def list_mails(
    session: Session, state: str | None, after: tuple[datetime, str] | None, limit: int
) -> list[dict[str, Any]]:
    """Without their words, newest first; at most ``limit`` + 1."""
    at, last = after or (None, None)
    values = {"state": state, "after_at": at, "after_id": last, "limit": limit + 1}
    return [dict(row) for row in session.execute(_LIST, values).mappings()]


def read(session: Session, mail_id: str, *, lock: bool = False) -> dict[str, Any] | None:
    row = session.execute(_LOCK if lock else _READ, {"id": mail_id}).mappings().one_or_none()
    return dict(row) if row else None


def decide(
    session: Session,
    mail_id: str,
    state: str,
    by: str,
    because: str,
    at: datetime,
    case_ref: str | None = None,
) -> None:
    """A person lets it through or puts it away."""
    values = {"id": mail_id, "state": state, "by": by, "because": because, "at": at, "case_ref": case_ref}
    session.execute(_DECIDE, values)
