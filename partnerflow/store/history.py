"""The append-only history: events with their number and a hash chain that shows any change or cut.

``hash`` = SHA-256(previous hash, newline, text), all bytes; before the first event the previous hash is empty.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from partnerflow.events import Stamp
from partnerflow.store.codec import event_text
from partnerflow.store.orders import Head


@dataclass(frozen=True, slots=True)
class Recorded:
    """One event about to be appended, with the organisations that may read it."""

    stream: str
    event: Any
    at: datetime
    actor: str
    orgs: tuple[str, ...]


_APPEND = text("""
INSERT INTO event (stream, seq, kind, version, at, actor, orgs, text, hash)
SELECT stream, seq, kind, version, at, actor, string_to_array(orgs, ' '), text, hash
FROM unnest(CAST(:streams AS text[]), CAST(:seqs AS bigint[]), CAST(:kinds AS text[]), CAST(:versions AS bigint[]),
            CAST(:ats AS timestamptz[]), CAST(:actors AS text[]), CAST(:orgs AS text[]), CAST(:texts AS text[]),
            CAST(:hashes AS bytea[]))
  AS e (stream, seq, kind, version, at, actor, orgs, text, hash)
""")


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


def append(session: Session, chained: Sequence[dict[str, Any]]) -> None:
    """Write events of any streams in one statement."""
    if not chained:
        return
    rows = [c["row"] for c in chained]
    session.execute(
        _APPEND,
        {
            "streams": [r.stream for r in rows],
            "seqs": [c["seq"] for c in chained],
            "kinds": [r.event.KIND for r in rows],
            "versions": [r.event.VERSION for r in rows],
            "ats": [r.at for r in rows],
            "actors": [r.actor for r in rows],
            "orgs": [" ".join(r.orgs) for r in rows],
            "texts": [c["text"] for c in chained],
            "hashes": [c["hash"] for c in chained],
        },
    )
