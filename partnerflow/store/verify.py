"""Proving the record against itself: the hash chain, the fold, the people, the ledger, the ceilings, the numbers.

Reads only, and never more than one stream at a time; sums are made by the database. FAULTS: the oracle, 2 to 4 and 8.
"""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

import msgspec
from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from partnerflow.cases.evolve import evolve as evolve_case
from partnerflow.directory.rows import CALENDARS, ROWS
from partnerflow.directory.rows import fold as fold_rows
from partnerflow.events import Stamp
from partnerflow.orders.fold import evolve as evolve_order
from partnerflow.store.codec import decode, decode_case, decode_event, decode_order, instant, plain
from partnerflow.store.history import next_hash
from partnerflow.store.verify_ledger import ledger_faults
from partnerflow.store.verify_people import people_faults
from partnerflow.store.verify_sums import SUMS

BATCH = 500

_RECORDS = """
SELECT 'order/' || id AS stream, version, head, state FROM "order"
UNION ALL SELECT ref, version, head, state FROM "case"
UNION ALL SELECT 'organisation/' || o.code, version, head,
  jsonb_build_object('organisation:' || o.code, to_jsonb(o))
  || coalesce((SELECT jsonb_object_agg('person:' || p.id, to_jsonb(p)) FROM person p
      WHERE p.organisation = o.code), '{}')
  || coalesce((SELECT jsonb_object_agg('absence:' || a.id, to_jsonb(a)) FROM absence a
      WHERE (SELECT organisation FROM person WHERE id = a.person) = o.code), '{}')
  || coalesce((SELECT jsonb_object_agg('coverage:' || c.id, to_jsonb(c)) FROM coverage c
      WHERE (SELECT organisation FROM person WHERE id = c.person) = o.code), '{}')
  || coalesce((SELECT jsonb_object_agg('key:' || k.id, to_jsonb(k) - 'hash') FROM api_key k
      WHERE (SELECT organisation FROM person WHERE id = k.person) = o.code), '{}')
FROM organisation o WHERE version > 0
"""

_EVENTS = text(f"""
SELECT e.stream, e.seq, e.kind, e.version, e.at, e.actor, e.text, e.hash, r.head, r.state::text AS state
FROM event e LEFT JOIN ({_RECORDS}) r ON r.stream = e.stream AND r.version = e.seq
ORDER BY e.stream, e.seq
""")  # noqa: S608  (our own words)

_HEADLESS = text(f"""
SELECT r.stream, r.version, (SELECT max(seq) FROM event e WHERE e.stream = r.stream) AS last FROM ({_RECORDS}) r
WHERE NOT EXISTS (SELECT 1 FROM event e WHERE e.stream = r.stream AND e.seq = r.version) ORDER BY r.stream
""")  # noqa: S608


def verify(session: Session) -> tuple[str, ...]:
    """Every fault found, one sentence each, naming the record; empty when all is well. The session must see every
    organisation (``unit_of_work`` does), and better stands on one snapshot (REPEATABLE READ) while others write."""
    return tuple(_faults(session))


def _faults(session: Session) -> Iterator[str]:
    yield from _streams(session)
    for row in session.execute(_HEADLESS):
        yield f"{row.stream}: its record stands at event {row.version}, but its history ends with {row.last or 'none'}"
    yield from people_faults(session)
    yield from ledger_faults(session)
    for sentence, query in SUMS:
        for fault in session.execute(query).mappings():
            yield sentence.format(**fault)


def _streams(session: Session) -> Iterator[str]:
    rows = session.execute(_EVENTS, execution_options={"yield_per": BATCH})
    for stream, events in groupby(rows, key=lambda row: row.stream):
        yield from _stream(stream, events)


def _stream(stream: str, rows: Iterable[Row[Any]]) -> Iterator[str]:
    """One history: dense, chained, saying what its columns say, and folding to the state beside it."""
    state: Any = None
    number, chained, broken, last = 0, b"", False, None
    for row in rows:
        if row.seq != number + 1:
            yield f"{stream}: event {number + 1} is missing before {row.seq}"
            broken = True
        if bytes(row.hash) != next_hash(chained, row.text):
            yield f"{stream}: event {row.seq} was altered, or the one before it: its hash does not fit"
        yield from _row_faults(row)
        number, chained, last = row.seq, bytes(row.hash), row
        if not broken:
            try:
                state = _folded(stream, state, row)
            except (KeyError, AssertionError, IndexError, msgspec.MsgspecError) as fault:
                yield f"{stream}: event {row.seq} does not fold ({type(fault).__name__}: {fault})"
                broken = True
    if last is not None and not broken:
        yield from _end(stream, state, last)


def _row_faults(row: Row[Any]) -> Iterator[str]:
    """Columns are copies of the hashed text."""
    try:
        said = msgspec.json.decode(row.text)
        told = (
            said["stream"],
            said["seq"],
            said["kind"],
            said["version"],
            instant(said["at"]),
            said["actor"],
        )
    except (KeyError, TypeError, msgspec.MsgspecError):
        yield f"{row.stream}: event {row.seq} is not readable"
        return
    if told != (row.stream, row.seq, row.kind, row.version, row.at, row.actor):
        yield f"{row.stream}: event {row.seq} says something else than its columns"


def _folded(stream: str, state: Any, row: Row[Any]) -> Any:
    data = msgspec.json.decode(row.text)["data"]
    stamp = Stamp(row.seq, row.at, row.actor)
    if stream.startswith("organisation/"):
        return fold_rows(state, decode_event(row.kind, data))
    if stream.startswith("order/"):
        return evolve_order(state, decode_event(row.kind, data), stamp)
    return evolve_case(state, decode_event(row.kind, data), stamp)


def _end(stream: str, state: Any, last: Row[Any]) -> Iterator[str]:
    if last.state is None:
        yield f"{stream}: its history ends with event {last.seq}, but no record stands there"
        return
    if bytes(last.head) != bytes(last.hash):
        yield f"{stream}: its record has another head than event {last.seq}"
    if stream.startswith("organisation/"):
        yield from _rows(stream, state, last)
        return
    recorded = decode_order(last.state) if stream.startswith("order/") else decode_case(last.state)
    if recorded != state:
        yield f"{stream}: its state is not the fold of its events: {', '.join(_differing(recorded, state))}"


def _rows(stream: str, folded: dict[str, Any], last: Row[Any]) -> Iterator[str]:
    """Rows that no command ever touched are no part of the history, and so not compared; nor are the calendars, which
    have commands of their own."""
    recorded = decode(last.state, dict[str, Any])
    for key, wanted in folded.items():
        found, kind = recorded.get(key), key.partition(":")[0]
        if found is not None and wanted is not None:
            found |= {name: getattr(wanted, name) for name in CALENDARS.get(kind, ())}
        if (None if found is None else msgspec.convert(found, ROWS[kind])) != wanted:
            yield f"{stream}: {key} is not what its history says"


def _differing(recorded: Any, folded: Any) -> list[str]:
    a, b = plain(recorded), plain(folded)
    return [name for name in a if a[name] != b.get(name)]
