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
_CLOSE_GATHERING = text(
    f"WITH e AS ({history.APPEND}), m AS ({messages.OWE}), d AS ({messages.OWE_DIGESTS}), w AS ({WAKE}) {ANSWER}"
)


def close(
    session: Session,
    received: Received,
    events: Sequence[dict[str, Any]],
    owed: Sequence[Owed],
    drivers: Iterable[str],
    **outcome: Any,
) -> None:
    """Write all of it; ``outcome`` are the command's columns, whose text is what every replay returns."""
    digests = messages.digests(owed)
    single = [message for message in owed if message.event != messages.DIGEST]
    rows = {"events": history.columns(events), "messages": messages.columns(single), "ids": sorted(drivers)}
    if digests:
        rows |= {"digests": messages.columns(digests)}
    session.execute(_CLOSE_GATHERING if digests else _CLOSE, rows | {"id": received.id} | outcome)
