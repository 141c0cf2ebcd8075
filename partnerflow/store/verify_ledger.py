"""The ledger worked out again from the events, and held against what is posted. FAULTS: the oracle, 2 and 3.

Events and entries are read side by side in the order of the cases, so that no more than one case is in memory.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import groupby
from operator import attrgetter
from typing import Any, Final

import msgspec
from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from partnerflow.cases.events import EVENTS, CaseOpened
from partnerflow.cases.postings import POSTS, Parties, after, entries, parties
from partnerflow.credits import accounts
from partnerflow.credits.ledger import Entry
from partnerflow.store.codec import decode_event

BATCH: Final = 500
KINDS: Final = sorted(kind for kind, event in EVENTS.items() if event in POSTS or event is CaseOpened)

_EVENTS = text("""
SELECT e.stream AS ref, e.seq, e.kind, e.at, e.text,
  e.data -> 'document' IS NOT NULL AND NOT e.data -> 'document' ? 'taxes' AS before
FROM event e WHERE e.kind = ANY (:kinds) AND EXISTS (
  SELECT 1 FROM event x WHERE x.stream = e.stream AND x.kind = ANY (:kinds)
    AND (x.seq > 1 OR x.data -> 'posted' <> 'null'))
ORDER BY e.stream COLLATE "C", e.seq
""")

_ENTRIES = text("""
SELECT e.case_ref AS ref, e.key, e.leg, e.currency, e.at, e.reason, e.reverses, e.document, e.books,
  coalesce(json_agg(json_build_array(p.account, p.debit, p.credit) ORDER BY p.no) FILTER (WHERE p.no IS NOT NULL), '[]')
    AS postings,
  EXISTS (SELECT 1 FROM event o WHERE o.stream = e.case_ref AND o.seq = 1 AND o.data -> 'case' ->> 'origin' = 'import'
    AND NOT o.data ? 'posted') AS before
FROM ledger_entry e LEFT JOIN ledger_posting p ON p.entry = e.key
GROUP BY e.key ORDER BY e.case_ref COLLATE "C", e.key
""")

NAMES: Final = ("case_ref", "leg", "currency", "at", "reason", "reverses", "document", "books")


_BEFORE = text("""
SELECT count(DISTINCT l.case_ref) FROM ledger_entry l JOIN event e ON e.stream = l.case_ref
WHERE e.data -> 'document' IS NOT NULL AND NOT e.data -> 'document' ? 'taxes'
  OR e.seq = 1 AND e.data -> 'case' ->> 'origin' = 'import' AND NOT e.data ? 'posted'
""")


def ledger_remarks(session: Session) -> Iterator[str]:
    """What could not be worked out again and is no fault: cases whose events were written before they said what they
    post. The sums of notes, ceilings and entries are held against each other all the same."""
    if cases := session.execute(_BEFORE).scalar_one():
        said = f"{cases} cases were posted before their events said what they post"
        yield f"{said}: their entries are checked by sums only, not worked out again"


def ledger_faults(session: Session) -> Iterator[str]:
    """Every difference by its key, one sentence each: missing, extra, another amount or account, unbalanced, a wrong
    key. The session must see every organisation, and better stands on one snapshot."""
    wanted = _by_ref(session, _EVENTS, {"kinds": KINDS})
    posted = _by_ref(session, _ENTRIES, {})
    for events, found in _side_by_side(wanted, posted):
        yield from _case_faults(events, found)


def _by_ref(session: Session, query: Any, values: dict[str, Any]) -> Iterator[tuple[str, list[Row[Any]]]]:
    rows = session.execute(query, values, execution_options={"yield_per": BATCH})
    for ref, group in groupby(rows, key=attrgetter("ref")):
        yield ref, list(group)


def _side_by_side(
    left: Iterator[tuple[str, list[Row[Any]]]], right: Iterator[tuple[str, list[Row[Any]]]]
) -> Iterator[tuple[list[Row[Any]], list[Row[Any]]]]:
    """(rows of the left, rows of the right) of each reference that either has, both being sorted."""
    here, there = next(left, None), next(right, None)
    while here or there:
        first = min(side[0] for side in (here, there) if side)
        mine, yours = here and here[0] == first, there and there[0] == first
        yield (here[1] if here and mine else []), (there[1] if there and yours else [])
        here = next(left, None) if mine else here
        there = next(right, None) if yours else there


def _case_faults(events: list[Row[Any]], found: list[Row[Any]]) -> Iterator[str]:
    if any(row.before for row in (*events, *found)):
        for row in found:
            yield from _unsound(row)
        return
    wanted: dict[str, Entry] = {}
    try:
        for entry in _worked_out(events):
            wanted[entry.key] = entry
    except (ValueError, AssertionError, KeyError, AttributeError, msgspec.MsgspecError) as fault:
        yield f"{events[0].ref}: what its events post cannot be worked out ({type(fault).__name__}: {fault})"
        return
    posted = {row.key: row for row in found}
    yield from _strangers(wanted, posted)
    for key in sorted(wanted.keys() & posted.keys()):
        yield from _differences(wanted[key], posted[key])
    for row in found:
        yield from _unsound(row)


def _worked_out(events: Iterable[Row[Any]]) -> Iterator[Entry]:
    known: Parties | None = None
    for row in events:
        event = decode_event(row.kind, msgspec.json.decode(row.text)["data"])
        if isinstance(event, CaseOpened):
            known = parties(event.case)
        assert known is not None, "its first event is missing"
        yield from entries(known, event, row.at)
        known = after(known, event)


def _strangers(wanted: dict[str, Entry], posted: dict[str, Row[Any]]) -> Iterator[str]:
    """An entry under another key than the events give it is one fault, not two."""
    missing = {key: wanted[key] for key in sorted(wanted.keys() - posted.keys())}
    for key in sorted(posted.keys() - wanted.keys()):
        twin = next((k for k, e in missing.items() if _sides(e) == _posted_sides(posted[key])), None)
        if twin is None:
            yield f"ledger entry {key}: it is extra, no event of {posted[key].ref} posts it"
        else:
            del missing[twin]
            yield f"ledger entry {key}: its key is wrong, the events of {posted[key].ref} say {twin}"
    for key, entry in missing.items():
        yield f"ledger entry {key}: it is missing, the events of {entry.case_ref} post it"


def _differences(entry: Entry, row: Row[Any]) -> Iterator[str]:
    ours = {name: getattr(entry, name) for name in NAMES}
    ours["leg"] = entry.leg.value
    told = {name: getattr(row, "ref" if name == "case_ref" else name) for name in NAMES}
    for name in NAMES:
        if _plain(ours[name]) != _plain(told[name]):
            yield f"ledger entry {entry.key}: its {name} is {_plain(told[name])}, the events say {_plain(ours[name])}"
    want, have = _sides(entry), _posted_sides(row)
    if want == have:
        return
    for account in sorted(want.keys() | have.keys()):
        if account not in have:
            yield f"ledger entry {entry.key}: nothing is posted to {account}, the events say {_words(want[account])}"
        elif account not in want:
            yield f"ledger entry {entry.key}: {_words(have[account])} is posted to {account}, by no event"
        elif want[account] != have[account]:
            yield (
                f"ledger entry {entry.key}: {account} has {_words(have[account])},"
                f" the events say {_words(want[account])}"
            )


def _unsound(row: Row[Any]) -> Iterator[str]:
    debit, credit = (sum(posting[side] for posting in row.postings) for side in (1, 2))
    if debit != credit or not row.postings:
        yield f"ledger entry {row.key}: it is unbalanced, debits are {debit}, credits {credit}"
    for account, *_ in row.postings:
        try:
            books = accounts.parts(account)[0]
        except ValueError as fault:
            yield f"ledger entry {row.key}: {fault}"
        else:
            if books != row.books:
                yield f"ledger entry {row.key}: {account} is not in the books of {row.books}"


def _sides(entry: Entry) -> dict[str, tuple[int, int]]:
    return _summed((p.account, p.debit, p.credit) for p in entry.postings)


def _posted_sides(row: Row[Any]) -> dict[str, tuple[int, int]]:
    return _summed(tuple(posting) for posting in row.postings)


def _summed(postings: Iterable[tuple[str, int, int]]) -> dict[str, tuple[int, int]]:
    sums: dict[str, tuple[int, int]] = {}
    for account, debit, credit in postings:
        before = sums.get(account, (0, 0))
        sums[account] = (before[0] + debit, before[1] + credit)
    return sums


def _words(sides: tuple[int, int]) -> str:
    debit, credit = sides
    return " and ".join(
        words for amount, words in ((debit, f"debit {debit}"), (credit, f"credit {credit}")) if amount
    )


def _plain(value: Any) -> Any:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value
