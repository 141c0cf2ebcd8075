"""What a request or a proposal states beside its lines. DOMAIN: Cases (types), Fault share, Legs (restocking fee)."""

from dataclasses import dataclass
from typing import Final

from partnerflow.credits.fees import Fee
from partnerflow.credits.passing import FaultShare


@dataclass(frozen=True, slots=True)
class RightTax:
    """The category (EN 16931) and rate, in parts per million, that a line should have been taxed at."""

    category: str
    rate: int


@dataclass(frozen=True, slots=True)
class Terms:
    """Whose fault it was (None: not stated), and restocking fees."""

    fault: FaultShare | None = None
    fees: tuple[Fee, ...] = ()


NO_TERMS: Final = Terms()
