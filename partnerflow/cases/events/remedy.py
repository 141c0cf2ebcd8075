"""What was executed, and the documents that say so."""

from dataclasses import dataclass
from typing import ClassVar

from partnerflow.cases.model import Gated, Instructed, Issued
from partnerflow.credits.ceilings import Reservation
from partnerflow.orders.model import Leg


@dataclass(frozen=True, slots=True)
class RemedyStarted:
    KIND: ClassVar[str] = "case.remedy_started"
    VERSION: ClassVar[int] = 1
    round: int


@dataclass(frozen=True, slots=True)
class RemedyActed:
    """``held`` is what the case still reserves after the act (legs whose notes another issues); None: as before.
    ``instructed`` are those legs, as their issuers were told to credit them, ``weighed`` the VAT conditions of the
    notes that were issued."""

    KIND: ClassVar[str] = "case.remedy_acted"
    VERSION: ClassVar[int] = 1
    action: str
    reference: str | None
    held: dict[Leg, tuple[Reservation, ...]] | None = None
    instructed: tuple[Instructed, ...] = ()
    weighed: tuple[Gated, ...] = ()


@dataclass(frozen=True, slots=True)
class RemedyFailed:
    """``compensated``: before the first note, the case is back with its owner. Else ``held_by`` is on it."""

    KIND: ClassVar[str] = "case.remedy_failed"
    VERSION: ClassVar[int] = 1
    because: str
    compensated: bool
    held_by: str


@dataclass(frozen=True, slots=True)
class RemedyRetried:
    KIND: ClassVar[str] = "case.remedy_retried"
    VERSION: ClassVar[int] = 1
    round: int


@dataclass(frozen=True, slots=True)
class CreditNoteIssued:
    """A credit note: issued here, or (``external`` in ``document``) elsewhere and confirmed here."""

    KIND: ClassVar[str] = "credit_note.issued"
    VERSION: ClassVar[int] = 1
    leg: str
    document: Issued


@dataclass(frozen=True, slots=True)
class RebillIssued:
    KIND: ClassVar[str] = "rebill.issued"
    VERSION: ClassVar[int] = 1
    leg: str
    document: Issued
    order_number: str


@dataclass(frozen=True, slots=True)
class RemedyDone:
    """Every document is stored and published; the case waits for the distributor, or ends (an order of one leg)."""

    KIND: ClassVar[str] = "case.remedy_done"
    VERSION: ClassVar[int] = 1
    passing_on: bool
