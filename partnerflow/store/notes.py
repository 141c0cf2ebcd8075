"""Notes and postings: written once, never changed; the number, the round and the posting's key are unique."""

from collections.abc import Iterable, Sequence

from sqlalchemy import text
from sqlalchemy.orm import Session

from partnerflow.credits.ledger import Entry
from partnerflow.credits.notes import Note
from partnerflow.store.codec import decode, plain, text_of

_NOTES = text("""
INSERT INTO note (number, issuer, series, year, counter, kind, leg, case_ref, round, invoice, issued_at, currency, net,
                  tax, gross, orgs, data)
SELECT number, issuer, series, year, counter, kind, leg, case_ref, round, invoice, issued_at, currency, net, tax, gross,
       orgs, data
FROM jsonb_to_recordset(CAST(:rows AS jsonb))
  AS r (number text, issuer text, series text, year bigint, counter bigint, kind text, leg text, case_ref text,
        round bigint, invoice text, issued_at timestamptz, currency text, net bigint, tax bigint, gross bigint,
        orgs text[], data jsonb)
""")

_ENTRIES = text("""
WITH rows AS (SELECT * FROM jsonb_to_recordset(CAST(:rows AS jsonb))
  AS r (key text, case_ref text, leg text, currency text, at timestamptz, reason text, reverses text, document text,
        books text, orgs text[], postings jsonb)),
entries AS (INSERT INTO ledger_entry
    (key, case_ref, leg, currency, at, reason, reverses, document, books, orgs, postings)
  SELECT key, case_ref, leg, currency, at, reason, reverses, document, books, orgs, jsonb_array_length(postings)
  FROM rows RETURNING key)
INSERT INTO ledger_posting (entry, no, account, debit, credit, orgs)
SELECT rows.key, p.ordinality, p.value ->> 'account', (p.value ->> 'debit')::bigint, (p.value ->> 'credit')::bigint,
  rows.orgs
FROM rows, jsonb_array_elements(rows.postings) WITH ORDINALITY AS p
""")


def write(session: Session, notes: Sequence[Note], round_no: int, operator: str) -> None:
    """Insert notes of one round; the database refuses a second one per round, leg and kind."""
    if notes:
        session.execute(_NOTES, {"rows": text_of([_row(note, round_no, operator) for note in notes])})


def _row(note: Note, round_no: int, operator: str) -> dict[str, object]:
    _, series, year, counter = note.number.rsplit("-", 3)
    return {
        "number": note.number,
        "issuer": note.issuer.code,
        "series": series,
        "year": int(year),
        "counter": int(counter),
        "kind": note.kind.value,
        "leg": note.leg.value,
        "case_ref": note.case_ref,
        "round": round_no,
        "invoice": note.preceding,
        "issued_at": note.issued_at,
        "currency": note.currency,
        "net": note.net,
        "tax": note.tax,
        "gross": note.gross,
        "orgs": sorted({operator, note.issuer.code, note.recipient.code}),
        "data": note,
    }


def post(session: Session, entries: Iterable[Entry], operator: str) -> None:
    """Write ledger entries with their postings; a deferred trigger refuses what does not balance, or is no exact
    reversal."""
    rows = [
        plain(entry) | {"books": entry.books, "orgs": sorted({entry.books, operator})} for entry in entries
    ]
    if rows:
        session.execute(_ENTRIES, {"rows": text_of(rows)})


_READ = text("SELECT data::text FROM note WHERE number = :number")


def read(session: Session, number: str) -> Note | None:
    found = session.execute(_READ, {"number": number}).scalar_one_or_none()
    return decode(found, Note) if found else None
