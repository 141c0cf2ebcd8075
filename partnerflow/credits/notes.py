"""The credit note and the rebill invoice as data: one immutable object from which every rendering is made.

Amounts are positive minor units, unit prices millionths, rates parts per million. DOMAIN: Credit note.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from partnerflow.orders.model import Leg


class NoteKind(StrEnum):
    """``credit_note`` is type code 381 (series CN), ``rebill`` an ordinary invoice 380 (series INV)."""

    CREDIT_NOTE = "credit_note"
    REBILL = "rebill"

    @property
    def series(self) -> str:
        return "CN" if self is NoteKind.CREDIT_NOTE else "INV"

    @property
    def type_code(self) -> str:
        return "381" if self is NoteKind.CREDIT_NOTE else "380"


@dataclass(frozen=True, slots=True)
class Party:
    code: str
    name: str
    vat_id: str
    address: tuple[str, ...]
    country: str


@dataclass(frozen=True, slots=True)
class NoteLine:
    """``percent`` is what part of the unit price is credited (a credit by amount has quantity 0 and percent 0)."""

    line_no: int
    sku: str
    description: str
    quantity: int
    unit_price: int
    percent: int
    net: int
    tax_category: str
    tax_rate: int


@dataclass(frozen=True, slots=True)
class NoteTax:
    category: str
    rate: int
    net: int
    tax: int


@dataclass(frozen=True, slots=True)
class Allocation:
    """Where the gross went (DOMAIN: Identity): the parts add up to the gross exactly."""

    unpaid_reduced: int
    refund: int
    account_credit: int
    settled_outside: int


@dataclass(frozen=True, slots=True)
class Note:
    """``preceding`` is the corrected invoice's number and date (on a rebill: None); ``order_number`` the order's."""

    kind: NoteKind
    number: str
    leg: Leg
    issuer: Party
    recipient: Party
    issued_at: datetime
    issue_date: date
    currency: str
    case_ref: str
    order_number: str
    po_number: str | None
    preceding: str | None
    preceding_date: date | None
    reason: str
    lines: tuple[NoteLine, ...]
    taxes: tuple[NoteTax, ...]
    net: int
    tax: int
    gross: int
    allocation: Allocation | None = None
    locale: str = "en_GB"
    zone: str = "Europe/London"


def note_number(series_code: str, kind: NoteKind, year: int, counter: int) -> str:
    """``ARB-CN-2027-000001``: issuer, series, year of the issue date in the issuer's zone, gap-free counter."""
    return f"{series_code}-{kind.series}-{year}-{counter:06}"
