"""The append-only history: events with their number and a hash chain that shows any change or cut.

``hash`` = SHA-256(previous hash, newline, text), all bytes; before the first event the previous hash is empty.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from partnerflow.events import Stamp
from partnerflow.store.codec import event_text, text_of
from partnerflow.store.orders import Head


@dataclass(frozen=True, slots=True)
class Recorded:
    """One event about to be appended, with the organisations that may read it."""

    stream: str
    event: Any
    at: datetime
    actor: str
    orgs: tuple[str, ...]


# One JSON text instead of an array per column: the client's escaping of arrays costs more than the whole INSERT.
APPEND: Final = """
INSERT INTO event (stream, seq, kind, version, at, actor, orgs, text, hash)
SELECT stream, seq, kind, version, at, actor, string_to_array(orgs, ' '), text, decode(hash, 'base64')
FROM json_to_recordset(CAST(:events AS json))
  AS e (stream text, seq bigint, kind text, version bigint, at timestamptz, actor text, orgs text, text text, hash text)
"""


def chain(head: Head, rows: Sequence[Recorded]) -> tuple[Head, list[dict[str, Any]]]:
    """The rows with number, text and hash, and the stream's new head; the rows are of one stream."""
    found = []
    for row in rows:
        stamp = Stamp(head.seq + 1, row.at, row.actor)
        written = event_text(row.stream, stamp, row.event)
        head = Head(stamp.seq, next_hash(head.hash, written))
        found.append({"row": row, "seq": head.seq, "text": written, "hash": head.hash})
    return head, found


def next_hash(before: bytes, written: str) -> bytes:
    return hashlib.sha256(before + b"\n" + written.encode()).digest()


def columns(chained: Sequence[dict[str, Any]]) -> str:
    """Events of any streams as ``:events`` of APPEND."""
    return text_of([_columns(each) for each in chained])


def _columns(chained: dict[str, Any]) -> dict[str, Any]:
    row = chained["row"]
    return {
        "stream": row.stream,
        "seq": chained["seq"],
        "kind": row.event.KIND,
        "version": row.event.VERSION,
        "at": row.at,
        "actor": row.actor,
        "orgs": " ".join(row.orgs),
        "text": chained["text"],
        "hash": chained["hash"],
    }


_HEAD = text('SELECT version, head FROM "case" WHERE ref = :ref')
_AT = text("SELECT hash FROM event WHERE stream = :ref AND seq = :seq")


def head_of(session: Session, ref: str) -> tuple[int, str]:
    """Number and hash, in hexadecimal, of the last event of a case: also where the reader may not read that event."""
    found = session.execute(_HEAD, {"ref": ref}).one()
    return found.version, bytes(found.head).hex()


def hash_at(session: Session, ref: str, seq: int) -> str | None:
    """The hash of one event, in hexadecimal; None where there is none that this session may read."""
    found = session.scalar(_AT, {"ref": ref, "seq": seq})
    return None if found is None else bytes(found).hex()
