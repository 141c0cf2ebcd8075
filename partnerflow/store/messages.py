"""Messages owed, written with the decision that owes them: one row per event and recipient."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from partnerflow.store.codec import text_of


@dataclass(frozen=True, slots=True)
class Owed:
    """``letter`` is what the message will say, as data. A reminder says of what and until when it ``reminds``, and may
    wait for its recipient's hours."""

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

    @property
    def id(self) -> str:
        """From the business, so that the same message is the same row: ``PF-2027-000001.7.ann``."""
        return f"{self.stream}.{self.seq}.{self.recipient}"


WAITING: Final = 2
"""The shape of a message that may have to wait: a release that knows nothing of it leaves it alone."""

OWE: Final = """
INSERT INTO delivery (id, stream, seq, event, recipient, audience, address, data, version, reminds, reminds_until,
  not_before)
SELECT id, stream, seq, event, recipient, audience, address, data, version, reminds, reminds_until, not_before
FROM jsonb_to_recordset(CAST(:messages AS jsonb))
  AS r (id text, stream text, seq bigint, event text, recipient text, audience text, address text, data jsonb,
    version bigint, reminds text, reminds_until timestamptz, not_before timestamptz)
ON CONFLICT (id) DO NOTHING
"""


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
            "version": WAITING if o.reminds else 1,
            "reminds": o.reminds,
            "reminds_until": o.reminds_until,
            "not_before": o.not_before,
        }
        for o in owed
    ]
    return text_of(rows)
