"""The trail for whoever audits: who did what to which record, and when. Neither the data of an event nor the answer
of a command: no amount and no word of a case.

Events and commands are on the desk's clock, sign-ins on the machine's.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

LATELY: Final = "interval '7 days'"
"""How far back is looked where nobody says since when."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked for; None is anything. ``until`` is not within; ``text`` is a part of actor, kind or record."""

    actor: str | None = None
    kind: str | None = None
    record: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    text: str | None = None


def _within(column: str, clock: str) -> str:
    return f"""{column} >= coalesce(CAST(:since AS timestamptz), {clock} - {LATELY})
  AND {column} < coalesce(CAST(:until AS timestamptz), 'infinity')"""


_EVENTS = text(f"""
SELECT at, stream AS record, seq, kind, actor FROM event
WHERE {_within("at", "partnerflow_now()")}
  AND (CAST(:actor AS text) IS NULL OR actor = :actor) AND (CAST(:kind AS text) IS NULL OR kind = :kind)
  AND (CAST(:record AS text) IS NULL OR stream = :record)
  AND (CAST(:text AS text) IS NULL OR actor ILIKE :text OR kind ILIKE :text OR stream ILIKE :text)
  AND (CAST(:after_at AS timestamptz) IS NULL OR (at, stream, seq) < (:after_at, :after_record, :after_no))
ORDER BY at DESC, stream DESC, seq DESC LIMIT :limit
""")  # noqa: S608  our own words

_COMMANDS = text(f"""
SELECT received_at AS at, target AS record, id AS seq, kind, regexp_replace(principal, '^person:', '') AS actor,
  state, code
FROM command
WHERE {_within("received_at", "partnerflow_now()")}
  AND (CAST(:actor AS text) IS NULL OR principal IN (:actor, 'person:' || CAST(:actor AS text)))
  AND (CAST(:kind AS text) IS NULL OR kind = :kind)
  AND (CAST(:record AS text) IS NULL OR target = :record)
  AND (CAST(:text AS text) IS NULL OR principal ILIKE :text OR kind ILIKE :text OR target ILIKE :text)
  AND (CAST(:after_at AS timestamptz) IS NULL OR (received_at, id) < (:after_at, :after_no))
ORDER BY received_at DESC, id DESC LIMIT :limit
""")  # noqa: S608  as above

_SIGN_INS = text(f"""
SELECT at, how AS record, id AS seq, what AS kind, coalesce(person, '') AS actor, address, agent FROM sign_in_event
WHERE {_within("at", "clock_timestamp()")}
  AND (CAST(:actor AS text) IS NULL OR person = :actor) AND (CAST(:kind AS text) IS NULL OR what = :kind)
  AND (CAST(:record AS text) IS NULL OR how = :record)
  AND (CAST(:text AS text) IS NULL OR person ILIKE :text OR what ILIKE :text OR address ILIKE :text)
  AND (CAST(:after_at AS timestamptz) IS NULL OR (at, id) < (:after_at, :after_no))
ORDER BY at DESC, id DESC LIMIT :limit
""")  # noqa: S608  as above

_BY: Final = {"events": _EVENTS, "commands": _COMMANDS, "sign-ins": _SIGN_INS}


def found(
    session: Session, trail: str, asked: Asked, after: tuple[datetime, str, int] | None, limit: int
) -> list[dict[str, Any]]:
    """Of ``events``, ``commands`` or ``sign-ins``, newest first: {at, record, seq, kind, actor} and what only this
    trail has; at most ``limit`` + 1."""
    at, record, no = after or (None, None, None)
    values = {name: getattr(asked, name) for name in Asked.__slots__}
    values["text"] = None if asked.text is None else f"%{_plain(asked.text)}%"
    place = {"after_at": at, "after_record": record, "after_no": no, "limit": limit + 1}
    return [dict(row) for row in session.execute(_BY[trail], values | place).mappings()]


def _plain(words: str) -> str:
    """What LIKE would read as a pattern is meant as it stands."""
    return words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
