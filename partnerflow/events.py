"""What every event of the record carries beside its own data. Ground floor: standard library only.

An event is a frozen dataclass with a class variable ``KIND`` (the API's event name) and ``VERSION``; the store writes
``{stream, seq, kind, version, at, actor, data}`` and chains the hashes. State is the fold of its events:
``evolve(state, event, stamp)``.
"""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Stamp:
    """Where and when an event stands: its number in the stream (from 1), the deciding instant, who (a person's id or
    ``service:<name>``)."""

    seq: int
    at: datetime
    actor: str
