"""Taking over a feed file: read, begun and booked chunk by chunk through the desk, by whoever has the database.

The import's id comes from the file's content, so the same file again finds every chunk answered already.
"""

import csv
import gzip
import hashlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Engine

from partnerflow import desk
from partnerflow.imports.commands import BookChunk, OpenFeed
from partnerflow.imports.feeds import Feed, read
from partnerflow.imports.mappings import Mapping
from partnerflow.imports.model import Listed
from partnerflow.people import Actor, OrganisationKind
from partnerflow.store import imports
from partnerflow.store.codec import text_of
from partnerflow.store.database import EVERY_ORGANISATION, reading
from partnerflow.store.directory import snapshot

ACTOR: Final = Actor(person=None, organisation=None, service="import")
WHOLESALER: Final = "wholesaler"
ATTEMPTS: Final = 30
"""A chunk waits so often, a second each, for a database that is away or busy."""


class UnusableFile(Exception):
    """The file is not what its mapping describes; the sentence says what is missing."""


@dataclass(frozen=True, slots=True)
class Result:
    """``rows`` = ``booked`` + ``listed``; ``reasons`` counts the listed rows by code; ``seconds`` of booking."""

    import_id: str
    invoices: int
    cancellations: int
    rows: int
    booked: int
    listed: int
    reasons: dict[str, int]
    seconds: float


def take_over(
    engine: Engine,
    file: Path,
    mapping: Mapping,
    seller: str | None = None,
    booked: Callable[[int, int], None] = lambda _done, _all: None,
) -> Result:
    """Book a whole file; ``booked`` hears after each chunk how many rows of how many are in.

    Raises UnusableFile, and desk.Unavailable when the database stays away.
    """
    seller = seller or usual_seller(engine)
    feed, digest = _read(file, mapping, seller)
    import_id = hashlib.sha256(f"{mapping.name} {seller} {digest}".encode()).hexdigest()[:24]
    started = time.monotonic()
    _send(engine, _opening(import_id, mapping, seller, feed), f"import:{import_id}:parties")
    for number, chunk in enumerate(feed.chunks, start=1):
        _send(engine, BookChunk(import_id, chunk), f"import:{import_id}:{number}")
        booked(chunk.last, feed.rows)
    return _result(engine, import_id, feed, time.monotonic() - started)


def usual_seller(engine: Engine) -> str:
    """The first distributor of the directory by its code; in an empty one the wholesaler that the import makes."""
    with reading(engine, EVERY_ORGANISATION) as session:
        known = snapshot(session).directory.organisations.values()
    found = sorted(org.code for org in known if org.kind is OrganisationKind.DISTRIBUTOR)
    return found[0] if found else WHOLESALER


def listed_rows(engine: Engine, import_id: str) -> Iterator[Listed]:
    """Every row that was not booked, in order."""
    after = 0
    while True:
        with reading(engine, EVERY_ORGANISATION) as session:
            page = imports.listed(session, import_id, after)
        yield from page
        if not page:
            return
        after = page[-1].no


def _opening(import_id: str, mapping: Mapping, seller: str, feed: Feed) -> OpenFeed:
    return OpenFeed(
        import_id, mapping.name, seller, mapping.currency, feed.rows, feed.customers, feed.catalogue
    )


def _send(engine: Engine, command: Any, key: str) -> None:
    """One command, tried again while nothing of it was recorded."""
    fingerprint = hashlib.sha256(text_of(command).encode()).digest()
    request = desk.Request(command, ACTOR, key, f"import/{command.import_id}", fingerprint)
    for attempt in range(1, ATTEMPTS + 1):
        try:
            outcome = desk.handle(engine, request)
        except desk.Unavailable:
            if attempt == ATTEMPTS:
                raise
            time.sleep(1)
            continue
        if outcome.state is not desk.State.DONE:
            raise RuntimeError(outcome.body)
        return


def _result(engine: Engine, import_id: str, feed: Feed, seconds: float) -> Result:
    with reading(engine, EVERY_ORGANISATION) as session:
        progress = imports.read(session, import_id)
        reasons = imports.reasons(session, import_id)
    assert progress is not None
    return Result(
        import_id,
        feed.invoices,
        feed.cancellations,
        feed.rows,
        progress.booked,
        progress.rejected,
        reasons,
        seconds,
    )


def _read(file: Path, mapping: Mapping, seller: str) -> tuple[Feed, str]:
    """The feed, and the SHA-256 of its rows."""
    digest = hashlib.sha256()
    opened = gzip.open if file.suffix == ".gz" else open
    try:
        with opened(file, "rb") as raw:
            text = TextIOWrapper(raw, "utf-8-sig", newline="")
            feed = read(_rows(text, mapping, digest.update), mapping, seller)
    except (OSError, EOFError, UnicodeDecodeError, csv.Error) as fault:
        raise UnusableFile(f"{file} cannot be read: {fault}") from fault
    return feed, digest.hexdigest()


def _rows(text: TextIOWrapper, mapping: Mapping, seen: Callable[[bytes], None]) -> Iterator[dict[str, str]]:
    """Rows by the names of the header; what a short row lacks is empty."""
    rows = csv.reader(text)
    header = next(rows, [])
    missing = [name for name in mapping.columns if name not in header]
    if missing:
        raise UnusableFile(f"the mapping {mapping.name} needs the columns {', '.join(missing)}")
    for row in rows:
        if row:
            seen("\x1f".join(row).encode() + b"\n")
            yield dict(zip(header, row + [""] * (len(header) - len(row)), strict=False))
