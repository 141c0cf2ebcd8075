"""Imports in the record: their progress, the rows that wait, and those that were not booked."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from partnerflow.imports.model import Listed
from partnerflow.imports.staged import KINDS
from partnerflow.store.codec import text_of


@dataclass(frozen=True, slots=True)
class Progress:
    """One import. ``position`` is the last row that was booked or listed; ``rejected`` counts the listed ones."""

    id: str
    kind: str
    state: str
    organisation: str
    person: str
    rows: int
    booked: int
    rejected: int
    position: int


_PROGRESS = "id, kind, state, organisation, person, rows, booked, rejected, position"
_READ = f'SELECT {_PROGRESS} FROM "import" WHERE id = :id'  # noqa: S608  our own words
_BEGIN = text("""
INSERT INTO "import" (id, kind, state, organisation, person, rows)
VALUES (:id, :kind, :state, :organisation, :person, :rows) ON CONFLICT (id) DO NOTHING
""")
_STAGE = text("""
INSERT INTO import_row (import_id, no, data, code, text) SELECT :id, no, data, code, text
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r (no bigint, data jsonb, code text, text text)
""")
_START = text("""
UPDATE "import" SET state = 'running',
  rows = (SELECT count(*) FROM import_row WHERE import_id = :id),
  rejected = (SELECT count(*) FROM import_row WHERE import_id = :id AND code IS NOT NULL)
WHERE id = :id AND state = 'staging'
""")
_STAGED = text("""
SELECT no, data FROM import_row WHERE import_id = :id AND no > :after AND no <= :until AND code IS NULL ORDER BY no
""")
_ADVANCE = text("""
UPDATE "import" SET booked = booked + :booked, rejected = rejected + :rejected, position = :position,
  state = CASE WHEN :position >= rows THEN 'done' ELSE state END WHERE id = :id
""")
_LIST = text("""
INSERT INTO import_row (import_id, no, data, code, text) SELECT :id, no, data, code, text
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r (no bigint, data jsonb, code text, text text)
ON CONFLICT (import_id, no) DO UPDATE SET code = excluded.code, text = excluded.text
""")


def begin(session: Session, **columns: Any) -> None:
    """A new import: id, kind, state, organisation, person, rows. The same again changes nothing."""
    session.execute(_BEGIN, columns)


def read(session: Session, import_id: str, *, lock: bool = False) -> Progress | None:
    row = session.execute(text(_READ + (" FOR UPDATE" if lock else "")), {"id": import_id}).first()
    return Progress(*row) if row else None


def advance(session: Session, import_id: str, position: int, booked: int, listed: Sequence[Listed]) -> None:
    """Count a chunk, and keep its listed rows with their reasons."""
    if listed:
        session.execute(_LIST, {"id": import_id, "rows": text_of(listed)})
    counts = {"id": import_id, "booked": booked, "rejected": len(listed), "position": position}
    session.execute(_ADVANCE, counts)


def stage(session: Session, import_id: str, rows: Sequence[dict[str, Any]]) -> None:
    """Rows as they stream in: {no, data, code, text}; with a code those that cannot be read."""
    session.execute(_STAGE, {"id": import_id, "rows": text_of(rows)})


def start(session: Session, import_id: str) -> None:
    """Everything is staged; rows and those that could not be read are counted."""
    session.execute(_START, {"id": import_id})


def staged(session: Session, import_id: str, after: int, until: int) -> list[tuple[int, dict[str, Any]]]:
    """Number and data of the rows that wait."""
    return [
        (row[0], row[1])
        for row in session.execute(_STAGED, {"id": import_id, "after": after, "until": until})
    ]


_STALE = """
SELECT id FROM "import" WHERE state = 'staging' AND kind = ANY (:kinds)
  AND (id = :id OR created_at < clock_timestamp() - interval '1 day')
"""
_DISCARD_ROWS = text(f"DELETE FROM import_row WHERE import_id IN ({_STALE})")  # noqa: S608  our own words
_DISCARD = text(f'DELETE FROM "import" WHERE id IN ({_STALE})')  # noqa: S608


def discard(session: Session, import_id: str) -> None:
    """Forget an upload that was never started, and those that broke off a day ago."""
    asked = {"id": import_id, "kinds": list(KINDS)}
    session.execute(_DISCARD_ROWS, asked)
    session.execute(_DISCARD, asked)


_LISTED = text("""
SELECT no, code, text, data - 'read' FROM import_row WHERE import_id = :id AND code IS NOT NULL AND no > :after
ORDER BY no LIMIT :limit
""")
_REASONS = text("""
SELECT code, count(*) FROM import_row WHERE import_id = :id AND code IS NOT NULL GROUP BY code ORDER BY 2 DESC, 1
""")


def listed(session: Session, import_id: str, after: int = 0, limit: int = 10_000) -> list[Listed]:
    """Rows that were not booked, in order."""
    rows = session.execute(_LISTED, {"id": import_id, "after": after, "limit": limit})
    return [Listed(row[0], row[1], row[2] or "", row[3]) for row in rows]


def reasons(session: Session, import_id: str) -> dict[str, int]:
    """How many rows were not booked, by the code of the reason."""
    return {row[0]: row[1] for row in session.execute(_REASONS, {"id": import_id})}
