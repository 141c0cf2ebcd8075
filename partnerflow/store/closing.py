"""The end of every decision, in one statement: events, messages, wakes, and the outcome on the command.

Four round trips would cost more than all four INSERTs. Of what it writes only the wakes' rows can be wanted by anybody
else: they are locked last of all, by id (ARCHITECTURE: Lock order).
"""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from partnerflow.store import history, messages
from partnerflow.store.commands import ANSWER, Received
from partnerflow.store.messages import Owed
from partnerflow.store.wakes import WAKE

_CLOSE = text(f"WITH e AS ({history.APPEND}), m AS ({messages.OWE}), w AS ({WAKE}) {ANSWER}")


def close(
    session: Session,
    received: Received,
    events: Sequence[dict[str, Any]],
    owed: Sequence[Owed],
    drivers: Iterable[str],
    **outcome: Any,
) -> None:
    """Write all of it; ``outcome`` are the command's columns, whose text is what every replay returns."""
    rows = {"events": history.columns(events), "messages": messages.columns(owed), "ids": sorted(drivers)}
    session.execute(_CLOSE, rows | {"id": received.id} | outcome)
