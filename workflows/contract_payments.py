"""What the driver of a payment and its steps agree on (see ``contract``)."""

from dataclasses import dataclass
from datetime import datetime

from partnerflow.cases.money_commands import Found
from partnerflow.cases.paying import PayoutAct


@dataclass(frozen=True, slots=True)
class PayoutInput:
    """One payment, by its key."""

    key: str

    @property
    def ref(self) -> str:
        """``payout:<case>:...``"""
        return self.key.split(":")[1]


@dataclass(frozen=True, slots=True)
class PayoutSummary:
    """``next_act`` None: nothing is to be done now. ``tries`` counts submissions; ``accepted``: the payer's system will
    say what became of it; ``unknown``: nobody can say whether it has it. ``version`` is the case's last event."""

    next_act: PayoutAct | None
    version: int
    tries: int = 0
    accepted: bool = False
    unknown: bool = False


@dataclass(frozen=True, slots=True)
class Submission:
    """``version`` as in a failure: each submission is one command. ``looked``: the payer's system has nothing under the
    key."""

    key: str
    version: int
    looked: bool


@dataclass(frozen=True, slots=True)
class PaymentAnswer:
    """What the payer's system says of a payment; ``at`` is its own instant."""

    found: Found
    reference: str | None = None
    at: datetime | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class PayoutTold:
    """An answer to the submission number ``tries``."""

    key: str
    tries: int
    answer: PaymentAnswer
