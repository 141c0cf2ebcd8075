"""What a case keeps about its money beside its documents. Frozen data."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class VoidAsked:
    """One person of finance wants a credit note void; another has to agree."""

    number: str
    by: str
    at: datetime
    reason: str
