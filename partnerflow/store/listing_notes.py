"""The read side of notes: those issued here, and the credit notes that other issuers stated and somebody confirmed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from partnerflow.cases.model import Case, Issued
from partnerflow.credits.notes import Note
from partnerflow.store.codec import decode, decode_case
from partnerflow.store.listing import SEEN, Sight, seen_by


@dataclass(frozen=True, slots=True)
class Listed:
    """A note beside its case. ``note`` None: another issuer's, of which only ``stated`` is known, and no file is ours.
    ``ready``: its PDF is stored; ``einvoice``: its XML too."""

    number: str
    case: Case
    note: Note | None
    stated: Issued | None
    ready: bool
    einvoice: bool


CREDIT_NOTES: Final = ("credit_note",)
EVERY_KIND: Final = ("credit_note", "debit_note", "rebill")

_OURS: Final = f"""
SELECT n.number, c.ref, c.state::text, n.data::text, d.number IS NOT NULL, d.cii IS NOT NULL
FROM note n JOIN "case" c ON c.ref = n.case_ref LEFT JOIN document d ON d.number = n.number
WHERE {SEEN} AND n.kind = ANY (:kinds)"""  # noqa: S608  our own words

_THEIRS: Final = f"""
SELECT i ->> 'number', c.ref, c.state::text, NULL, false, false
FROM "case" c CROSS JOIN LATERAL jsonb_array_elements(c.state -> 'issued') i
WHERE {SEEN} AND c.state @> '{{"issued": [{{"external": true}}]}}' AND i @> '{{"external": true}}'"""  # noqa: S608


def _page(number: str) -> str:
    return f""" AND (CAST(:case AS text) IS NULL OR c.ref = :case)
  AND (CAST(:after AS text) IS NULL OR ({number}, c.ref) > (:after, :after_ref))
ORDER BY 1, 2 LIMIT :limit"""


_OUR_PAGE, _THEIR_PAGE = _OURS + _page("n.number"), _THEIRS + _page("i ->> 'number'")
_LIST = text(f"({_OUR_PAGE}) UNION ALL ({_THEIR_PAGE}) ORDER BY 1, 2 LIMIT :limit")
_ONE = text(f"{_OURS} AND n.number = :number")
_ONE_OF_THEIRS = text(f"{_THEIRS} AND i ->> 'number' = :number ORDER BY 2 LIMIT 1")


def list_notes(
    session: Session, sight: Sight, case: str | None, after: Sequence[str] | None, limit: int
) -> list[Listed]:
    """Credit notes by number, then case; ``after`` is where the last page ended; at most ``limit`` + 1."""
    last, ref = after or (None, None)
    values = seen_by(sight) | {"case": case, "after": last, "after_ref": ref, "limit": limit + 1}
    rows = session.execute(_LIST, values | {"kinds": list(CREDIT_NOTES)})
    return [_listed(row) for row in rows]


def read_note(
    session: Session, sight: Sight, number: str, kinds: tuple[str, ...] = CREDIT_NOTES
) -> Listed | None:
    """One note that was issued here; None where the reader sees none."""
    row = session.execute(_ONE, seen_by(sight) | {"number": number, "kinds": list(kinds)}).first()
    return _listed(row) if row else None


def read_stated(session: Session, sight: Sight, number: str) -> Listed | None:
    """One credit note of another issuer, by the number it states."""
    row = session.execute(_ONE_OF_THEIRS, seen_by(sight) | {"number": number}).first()
    return _listed(row) if row else None


def with_einvoice(session: Session, ref: str) -> frozenset[str]:
    """The notes of a case whose XML is stored, by number."""
    found = text(
        "SELECT n.number FROM note n JOIN document d USING (number) WHERE n.case_ref = :ref AND d.cii IS NOT NULL"
    )
    return frozenset(session.scalars(found, {"ref": ref}))


def _listed(row: Any) -> Listed:
    number, _, state, data, ready, einvoice = row
    case = decode_case(state)
    note = decode(data, Note) if data else None
    stated = None if note else next(d for d in case.issued if d.external and d.number == number)
    return Listed(number, case, note, stated, ready, einvoice)
