"""Messages owed, written with the decision that owes them: one row per event and recipient."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from partnerflow.store.codec import text_of


@dataclass(frozen=True, slots=True)
class Owed:
    """``letter`` is what the message will say, as data."""

    stream: str
    seq: int
    event: str
    recipient: str
    audience: str
    address: str
    letter: Any

    @property
    def id(self) -> str:
        """From the business, so that the same message is the same row: ``PF-2027-000001.7.ann``."""
        return f"{self.stream}.{self.seq}.{self.recipient}"


OWE: Final = """
INSERT INTO delivery (id, stream, seq, event, recipient, audience, address, data)
SELECT id, stream, seq, event, recipient, audience, address, data
FROM jsonb_to_recordset(CAST(:messages AS jsonb))
  AS r (id text, stream text, seq bigint, event text, recipient text, audience text, address text, data jsonb)
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
        }
        for o in owed
    ]
    return text_of(rows)
