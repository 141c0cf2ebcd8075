"""Signs of whether the whole is well, as numbers: what waits, what failed, what was noticed last.

The lags that ``/readyz`` needs are in ``listing_parts.health``; these ask for a reader who sees every case.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from partnerflow.policy.terms import DECIDING_ROLES

VERIFIED: Final = "verified"
COMPARED: Final = "compared"
MOST_TOLD: Final = 20

_NOTICE = text("""
INSERT INTO watch AS w (name, found, told, wrong_since)
VALUES (:name, :found, :told, CASE WHEN :found > 0 THEN clock_timestamp() END)
ON CONFLICT (name) DO UPDATE SET at = clock_timestamp(), found = excluded.found, told = excluded.told,
  wrong_since = CASE WHEN excluded.found > 0 THEN coalesce(w.wrong_since, clock_timestamp()) END
""")


def notice(session: Session, name: str, found: int, told: Iterable[str] = ()) -> None:
    """Keep what a round found, and when, in place of what it found before."""
    session.execute(_NOTICE, {"name": name, "found": found, "told": list(told)[:MOST_TOLD]})


@dataclass(frozen=True, slots=True)
class Round:
    """What a round of the house found last, ``age`` seconds ago; for ``wrong`` seconds every round found some."""

    name: str
    at: datetime
    age: float
    wrong: float
    found: int
    told: tuple[str, ...]


_ROUNDS = text("""
SELECT name, at, extract(epoch FROM clock_timestamp() - at)::float,
  coalesce(extract(epoch FROM at - wrong_since), 0)::float, found, told
FROM watch
""")


def rounds(session: Session) -> dict[str, Round]:
    """By name; one that never ran is not there."""
    return {
        name: Round(name, at, age, wrong, found, tuple(told))
        for name, at, age, wrong, found, told in session.execute(_ROUNDS)
    }


@dataclass(frozen=True, slots=True)
class Signs:
    """How many: ``overdue`` instants that passed a minute ago and were not settled, ``idle`` open cases on which
    nothing is due, ``ownerless`` open cases whose owner has left or works on none, ``failed_remedies``,
    ``failed_payouts``, ``unknown_payouts`` of which nobody knows for an hour, ``unsent`` messages that should
    have gone, ``retrying`` and ``parked`` ones."""

    overdue: int
    idle: int
    ownerless: int
    failed_remedies: int
    failed_payouts: int
    unknown_payouts: int
    unsent: int
    retrying: int
    parked: int


_SIGNS = text("""
SELECT
  (SELECT count(*) FROM "case" WHERE least(next_due_at, step_due_at) < partnerflow_now() - interval '1 minute')
    + (SELECT count(*) FROM "order" WHERE next_due_at < partnerflow_now() - interval '1 minute'),
  (SELECT count(*) FROM "case" WHERE stage <> 'closed' AND next_due_at IS NULL AND step_due_at IS NULL),
  (SELECT count(*) FROM "case" c JOIN person p ON p.id = c.owner
    WHERE c.stage <> 'closed' AND (NOT p.active OR NOT p.roles && CAST(:working AS text[]))),
  (SELECT count(*) FROM "case" WHERE remedy_open AND state -> 'remedy' ->> 'state' = 'failed'),
  (SELECT count(*) FROM payout WHERE state = 'failed'),
  (SELECT count(*) FROM payout
    WHERE state IN ('submitted', 'unknown') AND since < partnerflow_now() - interval '1 hour'),
  (SELECT count(*) FROM delivery WHERE state IN ('queued', 'sending')
    AND (not_before IS NULL OR not_before <= partnerflow_now())),
  (SELECT count(*) FROM delivery WHERE state = 'retrying'),
  (SELECT count(*) FROM delivery WHERE state = 'parked')
""")


def signs(session: Session) -> Signs:
    """In one statement; the session sees every organisation's cases."""
    return Signs(*session.execute(_SIGNS, {"working": [role.value for role in DECIDING_ROLES]}).one())
