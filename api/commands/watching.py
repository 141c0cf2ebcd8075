"""Looking on while the test clock turns: what happened at each stop, as a line with its local time."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Final

import click
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from api.schemas.shown.telling import Telling
from api.schemas.shown.timeline import KINDS
from partnerflow.calendars import local_text
from partnerflow.store.codec import decode_case
from partnerflow.store.database import EVERY_ORGANISATION, create_database_engine, reading
from partnerflow.store.directory import snapshot

SMALL: Final = frozenset({"case.clocks_set", "case.round_started"})
"""What every act brings with it: the line of the act itself says enough."""

_SINCE = text("""
SELECT stream, seq, kind, at, actor, data FROM event
WHERE kind LIKE 'case.%' AND at >= :since ORDER BY at, stream, seq
""")
_STATE = text('SELECT state::text FROM "case" WHERE ref = :ref')
_NOW = text("SELECT partnerflow_now()")


@contextmanager
def watching(database_url: str, *, wanted: bool) -> Iterator[Callable[[], None]]:
    """What to call at each stop: it prints the events of cases since the last one (nothing unless ``wanted``)."""
    if not wanted:
        yield lambda: None
        return
    engine = create_database_engine(database_url, pool_size=1, application="partnerflow watch")
    try:
        yield _Watch(engine).look
    finally:
        engine.dispose()


class _Watch:
    """Remembers how far it has looked."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._seen: set[tuple[str, int]] = set()
        with reading(engine, EVERY_ORGANISATION) as session:
            self._since: datetime = session.execute(_NOW).scalar_one().astimezone(UTC)

    def look(self) -> None:
        with reading(self._engine, EVERY_ORGANISATION) as session:
            for row in session.execute(_SINCE, {"since": self._since}).all():
                if (row.stream, row.seq) not in self._seen:
                    self._seen.add((row.stream, row.seq))
                    self._since = max(self._since, row.at)
                    self._say(session, row)

    def _say(self, session: Session, row: Any) -> None:
        if row.kind not in KINDS or row.kind in SMALL:
            return
        directory = snapshot(session).directory
        case = decode_case(session.execute(_STATE, {"ref": row.stream}).scalar_one())
        zone = directory.operator.zone
        words, _ = KINDS[row.kind]
        sentence = words(
            row.data, Telling(directory, case.currency, zone, row.at, upstream=case.upstream_currency)
        )
        click.echo(f"{local_text(row.at, zone):22} {row.stream}  {sentence}")
