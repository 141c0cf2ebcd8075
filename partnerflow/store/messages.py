"""Messages owed, written with the decision that owes them: one row per event and recipient."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from partnerflow.store.codec import text_of


@dataclass(frozen=True, slots=True)
class Owed:
    """``letter`` is what the message will say, as data. A reminder says of what and until when it ``reminds``, and may
    wait for its recipient's hours. ``state`` HELD goes with the recipient's next digest; DROPPED says why it never
    goes."""

    stream: str
    seq: int
    event: str
    recipient: str
    audience: str
    address: str
    letter: Any
    reminds: str | None = None
    reminds_until: datetime | None = None
    not_before: datetime | None = None
    state: str = "queued"
    reason: str | None = None

    @property
    def id(self) -> str:
        """From the business, so that the same message is the same row: ``PF-2027-000001.7.ann``."""
        return f"{self.stream}.{self.seq}.{self.recipient}"


WAITING: Final = 2
"""The shape of a message that may have to wait: a release that knows nothing of it leaves it alone."""

DIGEST: Final = "digest"
"""The event of a morning's mail, which brings what is HELD for its recipient."""
GATHERING: Final = 4
"""The shape of a digest."""
HELD: Final = "held"
DROPPED: Final = "dropped"

_INSERT: Final = """
INSERT INTO delivery (id, stream, seq, event, recipient, audience, address, data, version, reminds, reminds_until,
  not_before, state, reason)
SELECT id, stream, seq, event, recipient, audience, address, data, version, reminds, reminds_until, not_before,
  state, reason
FROM jsonb_to_recordset(CAST(:{rows} AS jsonb))
  AS r (id text, stream text, seq bigint, event text, recipient text, audience text, address text, data jsonb,
    version bigint, reminds text, reminds_until timestamptz, not_before timestamptz, state text, reason text)
"""

OWE: Final = _INSERT.format(rows="messages") + "ON CONFLICT (id) DO NOTHING"

# One digest gathers for a person at a time. Its row is locked until the decision commits: whoever claims it before
# does not have what is held here, and then the conflict is gone and a new one is queued.
OWE_DIGESTS: Final = (
    _INSERT.format(rows="digests")
    + """ORDER BY recipient
ON CONFLICT (recipient) WHERE event = 'digest' AND state = 'queued' AND digest IS NULL
DO UPDATE SET not_before = least(delivery.not_before, excluded.not_before)"""
)


def columns(owed: Sequence[Owed]) -> str:
    """Messages as ``:messages`` of OWE."""
    rows = [
        {
            "id": o.id,
            "stream": o.stream,
            "seq": o.seq,
            "event": o.event,
            "recipient": o.recipient,
            "audience": o.audience,
            "address": o.address,
            "data": o.letter,
            "version": GATHERING if o.event == DIGEST else WAITING if o.reminds else 1,
            "reminds": o.reminds,
            "reminds_until": o.reminds_until,
            "not_before": o.not_before,
            "state": o.state,
            "reason": o.reason,
        }
        for o in owed
    ]
    return text_of(rows)


def digests(owed: Sequence[Owed]) -> tuple[Owed, ...]:
    """The digests among the messages, one for each recipient."""
    first: dict[str, Owed] = {}
    for message in owed:
        if message.event == DIGEST:
            first.setdefault(message.recipient, message)
    return tuple(first.values())
