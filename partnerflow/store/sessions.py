"""Sessions of signed-in people: opened, seen, revoked. Records of work like leases: written outside the desk.

A session says who asks, never what they may do: roles are read with it from the directory at every request, so that who
left or lost them is out at once (ADR 0012). It runs on the machine's clock, not on the desk's.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

LIFETIME: Final = timedelta(hours=12)
"""The longest a session lasts, however much it is used."""
IDLE: Final = timedelta(hours=2)
"""How long it lasts unused."""
COARSE: Final = timedelta(minutes=1)
"""How exactly it is written when it was used last."""
KEPT: Final = timedelta(days=30)
"""How long ended sessions and links stay, for whoever looks back; the log stays for good."""


@dataclass(frozen=True, slots=True)
class Visit:
    """From where somebody comes: their address, and what their browser says it is, shortened."""

    address: str
    agent: str


@dataclass(frozen=True, slots=True)
class Opened:
    """A session that is open."""

    id: bytes
    how: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    agent: str
    address: str


_OPEN = text("""
INSERT INTO session (id, person, how, expires_at, agent, address)
VALUES (:id, :person, :how, clock_timestamp() + :lifetime, :agent, :address)
""")

_STANDS = """revoked_at IS NULL AND expires_at > clock_timestamp()
  AND seen_at > clock_timestamp() - CAST(:idle AS interval)"""

_LIST = text(f"""
SELECT id, how, created_at, seen_at, expires_at, agent, address FROM session
WHERE person = :person AND {_STANDS} ORDER BY seen_at DESC, id
""")  # noqa: S608  our own words

_SEEN = text("""
UPDATE session SET seen_at = clock_timestamp()
WHERE id = :id AND seen_at < clock_timestamp() - CAST(:coarse AS interval)
""")

_REVOKE = text("""
UPDATE session SET revoked_at = clock_timestamp()
WHERE id = :id AND person = :person AND revoked_at IS NULL RETURNING id
""")

_REVOKE_OTHERS = text("""
UPDATE session SET revoked_at = clock_timestamp()
WHERE person = :person AND id <> :kept AND revoked_at IS NULL AND expires_at > clock_timestamp() RETURNING id
""")

_LOG = text("""
INSERT INTO sign_in_event (person, what, how, address, agent) VALUES (:person, :what, :how, :address, :agent)
""")

_SWEEP = (
    text("DELETE FROM session WHERE expires_at < clock_timestamp() - CAST(:kept AS interval)"),
    text("DELETE FROM sign_in_link WHERE expires_at < clock_timestamp() - CAST(:kept AS interval)"),
    text("DELETE FROM sign_in_brake WHERE until < clock_timestamp() - CAST(:kept AS interval)"),
)


def open_session(session: Session, digest: bytes, person: str, how: str, visit: Visit) -> None:
    """A new session under the SHA-256 of its token; logged. What ran out long ago is swept on the way."""
    for sweep in _SWEEP:
        session.execute(sweep, {"kept": KEPT})
    said = {"id": digest, "person": person, "how": how, "lifetime": LIFETIME}
    session.execute(_OPEN, said | {"agent": visit.agent, "address": visit.address})
    log(session, "signed-in", how, visit, person)


def list_open(session: Session, person: str) -> tuple[Opened, ...]:
    """A person's open sessions, the one used last first."""
    rows = session.execute(_LIST, {"person": person, "idle": IDLE})
    return tuple(Opened(bytes(row[0]), *row[1:]) for row in rows)


def revoke(session: Session, digest: bytes, person: str) -> bool:
    """End one session of this person, at once; False: it is none of theirs, or ended already."""
    return session.execute(_REVOKE, {"id": digest, "person": person}).first() is not None


def revoke_others(session: Session, person: str, kept: bytes) -> int:
    """End all of a person's sessions but one; how many there were."""
    return len(session.execute(_REVOKE_OTHERS, {"person": person, "kept": kept}).all())


def log(session: Session, what: str, how: str, visit: Visit, person: str | None) -> None:
    """One line of the log of sign-ins: who, what, how, from where; when is the database's clock."""
    said = {"person": person, "what": what, "how": how}
    session.execute(_LOG, said | {"address": visit.address, "agent": visit.agent})


def seen(engine: Engine, digest: bytes) -> None:
    """Write that a session is used, at most once a minute; outside every transaction."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(_SEEN, {"id": digest, "coarse": COARSE})
