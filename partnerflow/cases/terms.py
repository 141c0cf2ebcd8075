"""What a proposal states beside its lines. DOMAIN: Fault share, Legs (restocking fee)."""

from dataclasses import dataclass
from typing import Final

from partnerflow.credits.fees import Fee
from partnerflow.credits.passing import FaultShare


@dataclass(frozen=True, slots=True)
class Terms:
    """Whose fault it was (None: not stated), and restocking fees."""

    fault: FaultShare | None = None
    fees: tuple[Fee, ...] = ()


NO_TERMS: Final = Terms()
