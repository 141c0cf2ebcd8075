"""What happens to the money of a case beside its notes: how the excess is to be given back, and what is taken back."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from partnerflow.cases.model import Issued
from partnerflow.cases.money_parts import Exchanged, PaidGoodwill, Payout
from partnerflow.credits.settlement import Settlement


@dataclass(frozen=True, slots=True)
class SettlementChanged:
    """``settlement`` holds from now on. ``because`` is ``asked``, or ``left``: what was asked no longer fitted when the
    notes were issued, so that the rest goes to account credit (DOMAIN: Identity)."""

    KIND: ClassVar[str] = "case.settlement_changed"
    VERSION: ClassVar[int] = 1
    settlement: Settlement
    because: str


@dataclass(frozen=True, slots=True)
class GoodwillPaid:
    KIND: ClassVar[str] = "case.goodwill_paid"
    VERSION: ClassVar[int] = 1
    leg: str
    paid: PaidGoodwill


@dataclass(frozen=True, slots=True)
class ExchangeDifference:
    """What a note of ``leg`` gives back is worth less to the distributor than when its invoice was written: ``loss`` in
    minor units of its own currency, negative for a gain, None where a rate is not known."""

    KIND: ClassVar[str] = "case.exchange_difference"
    VERSION: ClassVar[int] = 1
    leg: str
    exchanged: Exchanged
    loss: int | None


@dataclass(frozen=True, slots=True)
class CreditAdvanced:
    """The distributor passes on what the vendor has not credited yet: amounts awaited on ``leg`` ``since`` they were
    instructed, and ``owner`` answers for them (DOMAIN: Legs)."""

    KIND: ClassVar[str] = "case.credit_advanced"
    VERSION: ClassVar[int] = 1
    leg: str
    net: int
    tax: int
    gross: int
    since: datetime
    owner: str


@dataclass(frozen=True, slots=True)
class NoteChased:
    """What another issuer was told in ``round`` is asked for the ``no``-th time, by ``owner``; once more at
    ``next_at``. ``escalated``: the accountable manager hears of it too."""

    KIND: ClassVar[str] = "credit_note.chased"
    VERSION: ClassVar[int] = 1
    leg: str
    round: int
    no: int
    key: str
    owner: str
    next_at: datetime
    escalated: bool


@dataclass(frozen=True, slots=True)
class NoteVoidAsked:
    """One person of finance wants the credit note ``number`` void; another one has to agree."""

    KIND: ClassVar[str] = "credit_note.void_asked"
    VERSION: ClassVar[int] = 1
    leg: str
    number: str
    reason: str


@dataclass(frozen=True, slots=True)
class CreditNoteVoided:
    """``document`` is the debit note that takes the credit note ``number`` back; ``asked_by`` and whoever did this are
    two persons. ``reopened``: the round is void with it, and the case is back in assessment."""

    KIND: ClassVar[str] = "credit_note.voided"
    VERSION: ClassVar[int] = 1
    leg: str
    number: str
    document: Issued
    reason: str
    asked_by: str
    reopened: bool


@dataclass(frozen=True, slots=True)
class DebitNotesStored:
    """The debit notes of a round are there to be read."""

    KIND: ClassVar[str] = "case.debit_notes_stored"
    VERSION: ClassVar[int] = 1
    round: int
    numbers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PayoutChanged:
    """``payout`` stands so from now on, and nothing is confirmed."""

    KIND: ClassVar[str] = "case.payout_changed"
    VERSION: ClassVar[int] = 1
    leg: str
    payout: Payout


@dataclass(frozen=True, slots=True)
class PaidOut:
    """The payer's system confirmed that the money has reached its payee."""

    KIND: ClassVar[str] = "case.paid_out"
    VERSION: ClassVar[int] = 1
    leg: str
    payout: Payout
