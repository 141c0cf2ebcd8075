"""Clocks of open cases that follow a published policy: which version moves them, and which cases are left.

At most one version moves clocks at a time; a later one takes over what an earlier one had not come to.
"""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

_IS_MOVING = text("SELECT 1 FROM policy_version WHERE version = :version AND clocks = 'moving' FOR SHARE")

# Those that owe, in the order in which they take effect: the last whose instant has come moves the clocks of all.
_BEGIN = text("""
WITH owing AS (
  SELECT version, row_number() OVER (ORDER BY effective_at DESC, published_at DESC, version DESC) AS place
  FROM policy_version WHERE clocks IS NOT NULL AND effective_at <= :at)
UPDATE policy_version p SET clocks = CASE WHEN o.place = 1 THEN 'moving' ELSE 'overtaken' END
FROM owing o WHERE p.version = o.version
  AND (p.clocks = 'waiting' OR p.clocks = 'moving' AND o.place > 1)
""")

_END = text("UPDATE policy_version SET clocks = 'moved' WHERE version = :version AND clocks = 'moving'")

# A case that was asked is not asked again, whatever it answered: the command's key says that it was.
_OPEN = """
FROM "case" c WHERE c.stage <> 'closed'
  AND coalesce(c.state ->> 'clock_policy_version', c.state ->> 'policy_version') <> :version
  AND NOT EXISTS (
    SELECT 1 FROM command k
    WHERE k.principal = 'service:policy' AND k.key = 'adopt:' || c.ref || ':' || :version AND k.state <> 'running')
"""
_LEFT = text(f"SELECT c.ref {_OPEN} ORDER BY c.next_due_at NULLS LAST, c.ref LIMIT :limit")
_COUNT = text(f"SELECT count(*) {_OPEN}")

_READ = text("SELECT clocks, effective_at, partnerflow_now() FROM policy_version WHERE version = :version")


def read(session: Session, version: int) -> tuple[str | None, datetime | None, datetime] | None:
    """(how far its clocks are, its instant, the desk's clock)."""
    row = session.execute(_READ, {"version": version}).first()
    return (row[0], row[1], row[2]) if row else None


def is_moving(session: Session, version: int) -> bool:
    """Whether it moves clocks; it does so until this transaction ends."""
    return session.execute(_IS_MOVING, {"version": version}).first() is not None


def begin(session: Session, version: int, at: datetime) -> None:
    """Its instant has come: it moves the clocks, and no earlier one does any longer; or a later one does."""
    session.execute(_BEGIN, {"version": version, "at": at})


def end(session: Session, version: int) -> None:
    session.execute(_END, {"version": version})


def key(ref: str, version: str) -> str:
    """Under which a case is asked to follow a version: once."""
    return f"adopt:{ref}:{version}"


def count_left(session: Session, version: int) -> int:
    return int(session.execute(_COUNT, {"version": str(version)}).scalar_one())


def left(session: Session, version: int, limit: int) -> tuple[str, ...]:
    """Open cases whose clocks have not been asked to follow yet, the most urgent first."""
    return tuple(session.execute(_LEFT, {"version": str(version), "limit": limit}).scalars())
