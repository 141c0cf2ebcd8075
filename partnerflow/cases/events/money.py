"""What happens to the money of a case beside its notes: how the excess is to be given back."""

from dataclasses import dataclass
from typing import ClassVar

from partnerflow.credits.settlement import Settlement


@dataclass(frozen=True, slots=True)
class SettlementChanged:
    """``settlement`` holds from now on. ``because`` is ``asked``, or ``left``: what was asked no longer fitted when the
    notes were issued, so that the rest goes to account credit (DOMAIN: Identity)."""

    KIND: ClassVar[str] = "case.settlement_changed"
    VERSION: ClassVar[int] = 1
    settlement: Settlement
    because: str
