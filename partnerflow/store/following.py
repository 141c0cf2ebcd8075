"""How far stored owners and deciders have followed who comes and goes, and which cases may still have to.

Finding them is cheap: only cases whose stored owner or pending decider is away, gone, or lost a right lately.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from partnerflow.cases import succession
from partnerflow.people import Directory
from partnerflow.store.codec import decode_case


@dataclass(frozen=True, slots=True)
class Standing:
    """``behind``: something was asked that is not followed. ``next_at`` is the next coming or going."""

    now: datetime
    asked: int
    behind: bool
    next_at: datetime | None


NEXT: Final = """
(SELECT min(edge) FROM absence a, LATERAL (VALUES (a.since), (a.until)) AS e (edge)
  WHERE edge > s.done_until AND (a.leaves OR EXISTS (SELECT 1 FROM "case" WHERE stage <> 'closed')))
"""
"""The first instant after the last one followed at which somebody leaves, or comes or goes while there are open cases
that may have to follow; of a ``directory_sync s``."""

_STANDING = text(f"SELECT partnerflow_now(), s.asked, s.asked > s.done, {NEXT} FROM directory_sync s")  # noqa: S608

_LEAVING = text("""
SELECT p.id, p.organisation, max(a.id) FROM person p JOIN absence a ON a.person = p.id
WHERE a.leaves AND a.since <= partnerflow_now() AND (p.active OR p.roles <> '{}') GROUP BY p.id ORDER BY p.id
""")

# A right that was taken is looked for a little before the last pass: whoever wrote it may have committed after it.
_CANDIDATES = text("""
WITH gone AS MATERIALIZED (
  SELECT array_agg(p.id) AS ids FROM person p
  WHERE NOT p.active OR p.changed_at > (SELECT done_until FROM directory_sync) - interval '10 minutes'
    OR EXISTS (SELECT 1 FROM absence a WHERE a.person = p.id AND a.since <= partnerflow_now()
      AND (a.until IS NULL OR a.until > partnerflow_now())))
SELECT c.ref, c.version, c.state::text FROM "case" c, gone
WHERE c.stage <> 'closed' AND c.ref > :after AND (c.owner = ANY (gone.ids)
  OR EXISTS (SELECT 1 FROM approval p WHERE p.case_ref = c.ref AND p.status = 'pending' AND p.deciders && gone.ids))
ORDER BY c.ref LIMIT :limit
""")

_MARK = text("""
UPDATE directory_sync SET done = greatest(done, :asked), done_until = greatest(done_until, :until)
""")


def standing(session: Session) -> Standing:
    return Standing(*session.execute(_STANDING).one())


def leaving(session: Session) -> tuple[tuple[str, str, int], ...]:
    """(person, organisation, absence) of those whose instant has come."""
    return tuple((row[0], row[1], row[2]) for row in session.execute(_LEAVING))


@dataclass(frozen=True, slots=True)
class Candidates:
    """``refs`` have to follow, each with its version; ``last`` is the last case looked at, None: there is no other."""

    refs: tuple[tuple[str, int], ...]
    last: str | None


def candidates(session: Session, directory: Directory, at: datetime, after: str, limit: int) -> Candidates:
    """The next open cases, by reference, whose stored people are not the effective ones."""
    rows = session.execute(_CANDIDATES, {"after": after, "limit": limit}).all()
    behind = tuple((row[0], row[1]) for row in rows if succession.behind(decode_case(row[2]), directory, at))
    return Candidates(behind, rows[-1][0] if len(rows) == limit else None)


def mark(session: Session, asked: int, until: datetime) -> None:
    """Followed so far; never backwards."""
    session.execute(_MARK, {"asked": asked, "until": until})
