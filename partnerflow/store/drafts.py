"""Drafts of disputes: kept as they were typed until they are sent. Records of work like sessions, not decisions: they
are written outside the desk, and only their writer ever reads them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import msgspec
from sqlalchemy import text
from sqlalchemy.orm import Session

KEPT: Final = timedelta(days=30)
"""How long one that nobody touches stays."""
MOST: Final = 50
"""How many a person has at once; the oldest make room."""


@dataclass(frozen=True, slots=True)
class Draft:
    """``fields`` by their names; ``opened``: the case that came of each order."""

    id: str
    fields: Mapping[str, str]
    opened: Mapping[str, str]
    saved_at: datetime


_SAVE = text("""
INSERT INTO dispute_draft (id, person, fields) VALUES (:id, :person, CAST(:fields AS jsonb))
ON CONFLICT (id) DO UPDATE SET fields = excluded.fields, saved_at = clock_timestamp()
  WHERE dispute_draft.person = excluded.person
""")

_CLEAN = text("""
DELETE FROM dispute_draft WHERE person = :person AND (saved_at < clock_timestamp() - CAST(:kept AS interval)
  OR id IN (SELECT id FROM dispute_draft WHERE person = :person ORDER BY saved_at DESC OFFSET :most))
""")

_OF = "SELECT id, fields, opened, saved_at FROM dispute_draft WHERE person = :person"


def save(session: Session, draft_id: str, person: str, fields: Mapping[str, str]) -> None:
    """Keep what was typed; of another person's draft nothing changes."""
    values = {"id": draft_id, "person": person, "fields": msgspec.json.encode(fields).decode()}
    session.execute(_SAVE, values)
    session.execute(_CLEAN, {"person": person, "kept": KEPT, "most": MOST})


def read(session: Session, draft_id: str, person: str) -> Draft | None:
    row = session.execute(text(f"{_OF} AND id = :id"), {"person": person, "id": draft_id}).first()
    return Draft(*row) if row else None


def listed(session: Session, person: str) -> list[Draft]:
    """The newest first."""
    rows = session.execute(text(f"{_OF} ORDER BY saved_at DESC, id"), {"person": person})
    return [Draft(*row) for row in rows]


def note_opened(session: Session, draft_id: str, person: str, order: str, ref: str) -> None:
    """That sending this draft opened a case on an order: sending it again leaves that order alone."""
    change = "UPDATE dispute_draft SET opened = opened || jsonb_build_object(CAST(:order AS text), CAST(:ref AS text))"
    values = {"id": draft_id, "person": person, "order": order, "ref": ref}
    session.execute(text(f"{change} WHERE id = :id AND person = :person"), values)


def drop(session: Session, draft_id: str, person: str) -> None:
    session.execute(
        text("DELETE FROM dispute_draft WHERE id = :id AND person = :person"),
        {"id": draft_id, "person": person},
    )
