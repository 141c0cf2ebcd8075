"""What a case keeps about its money beside its documents. Frozen data."""

from dataclasses import dataclass
from datetime import datetime

from partnerflow.orders.model import Leg


@dataclass(frozen=True, slots=True)
class VoidAsked:
    """One person of finance wants a credit note void; another has to agree."""

    number: str
    by: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class PaidGoodwill:
    """Goodwill that a round paid on a leg, in minor units: outside any credit note and without VAT. ``here``: by whom
    we keep the books of."""

    leg: Leg
    round: int
    amount: int
    here: bool
