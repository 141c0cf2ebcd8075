"""What people ask of the money of a case that is decided: what another issuer's note says, how the excess is given
back, and that a note is void. Amounts are minor units of the case's currency."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from partnerflow.credits.settlement import Settlement
from partnerflow.orders.model import Leg


@dataclass(frozen=True, slots=True)
class ConfirmNote:
    """The note that another system issued for a leg, as its issuer states it. ``round``: the one it was told of (None:
    the oldest that waits); ``clearance_id`` from the state's platform, ``document`` where its issuer keeps it."""

    leg: Leg
    number: str
    issued_at: datetime
    net: int
    tax: int
    gross: int
    round: int | None = None
    clearance_id: str | None = None
    document: str | None = None


@dataclass(frozen=True, slots=True)
class VoidNote:
    """A credit note is to be taken back: asked by one person of finance, carried out when another asks the same."""

    number: str
    reason: str


@dataclass(frozen=True, slots=True)
class PublishVoids:
    """The debit notes of a round are stored."""

    round: int


@dataclass(frozen=True, slots=True)
class Settle:
    """How the excess is to be given back instead; ``version`` is the case's event number from If-Match."""

    settlement: Settlement
    version: int | None = None


class Found(StrEnum):
    """What the payer's system says of a payment. ``absent``: it surely has none under this key; ``unknown``: nobody can
    say."""

    CONFIRMED = "confirmed"
    ACCEPTED = "accepted"
    FAILED = "failed"
    ABSENT = "absent"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class SubmitPayout:
    """The payer's system is about to be told. ``looked``: it was told before, and surely has nothing under the key."""

    key: str
    looked: bool = False


@dataclass(frozen=True, slots=True)
class PayoutAnswered:
    """What became of a payment, as its payer's system says; ``tries`` is the submission that is meant."""

    key: str
    tries: int
    found: Found
    reference: str | None = None
    at: datetime | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class RetryPayout:
    """A payment that was refused is to be tried again, under the same key."""

    key: str


MoneyCommand = ConfirmNote | VoidNote | PublishVoids | Settle | SubmitPayout | PayoutAnswered | RetryPayout
