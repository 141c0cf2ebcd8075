"""What a case keeps about its money beside its documents. Frozen data."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from partnerflow.credits.exchange import Difference
from partnerflow.credits.vat_gate import Weighed
from partnerflow.orders.model import Leg


@dataclass(frozen=True, slots=True)
class VoidAsked:
    """One person of finance wants a credit note void; another has to agree."""

    number: str
    by: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Exchanged:
    """The exchange difference of what the note ``number`` against ``invoice`` gives back on ``leg``."""

    leg: Leg
    round: int
    invoice: str
    number: str
    found: Difference


@dataclass(frozen=True, slots=True)
class PaidGoodwill:
    """Goodwill that a round paid on a leg, in minor units: outside any credit note and without VAT. ``here``: by whom
    we keep the books of."""

    leg: Leg
    round: int
    amount: int
    here: bool


class PayoutKind(StrEnum):
    REFUND = "refund"
    ACCOUNT_CREDIT = "account_credit"
    GOODWILL = "goodwill"


class PayoutState(StrEnum):
    """``submitted`` is recorded before anybody is told; ``unknown`` is left by looking alone, never by a second key
    (DOMAIN: Money). ``cancelled``: the note is void, or it was passed on by hand; it can never be submitted."""

    INTENDED = "intended"
    SUBMITTED = "submitted"
    UNKNOWN = "unknown"
    CONFIRMED = "confirmed"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Payout:
    """Money that is to reach ``payee`` through the payment port, in minor units, under one ``key`` for ever.

    What the payer's system is told is all in here, so that it is told the same each time. ``since`` is when the state
    began; ``reference`` and ``at`` are the payer's; ``because`` is inner talk; ``held_by`` has a failed one. ``tries``
    counts submissions; ``accepted``: the payer's system has it and will say what became of it;
    ``after_upstream``: the policy lets nobody advance it, so that it waits for the vendor's credit."""

    key: str
    leg: Leg
    round: int
    kind: PayoutKind
    amount: int
    currency: str
    payer: str
    payee: str
    payee_name: str
    note: str | None
    invoice: str | None
    state: PayoutState
    since: datetime
    reference: str | None = None
    at: datetime | None = None
    because: str | None = None
    held_by: str | None = None
    tries: int = 0
    accepted: bool = False
    after_upstream: bool = False


@dataclass(frozen=True, slots=True)
class Gated:
    """The VAT conditions of the note of one leg, as they were weighed when it was issued."""

    leg: Leg
    conditions: tuple[Weighed, ...]
