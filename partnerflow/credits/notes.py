"""The credit note and the rebill invoice as data: one immutable object from which every rendering is made.

Amounts are positive minor units, unit prices millionths, rates parts per million. DOMAIN: Credit note.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from partnerflow.credits.amounts import LegAmounts, WantedLine
from partnerflow.credits.note_lines import NoteLine, credited_lines, supplied_lines
from partnerflow.orders.model import Invoice, Leg, Order, TaxTotal

__all__ = [
    "AccountingTax",
    "Allocation",
    "Note",
    "NoteDiscount",
    "NoteKind",
    "NoteLine",
    "NoteTax",
    "Party",
    "build_credit_note",
    "build_rebill",
    "local_date",
    "note_number",
    "tax_totals",
]


class NoteKind(StrEnum):
    """UNTDID 1001: ``credit_note`` is 381 (series CN), ``rebill`` an ordinary invoice 380 (series INV),
    ``debit_note`` takes a credit note back and is 383 (series DN)."""

    CREDIT_NOTE = "credit_note"
    REBILL = "rebill"
    DEBIT_NOTE = "debit_note"

    @property
    def series(self) -> str:
        return _SERIES[self]

    @property
    def type_code(self) -> str:
        return _TYPE_CODES[self]


_SERIES = {NoteKind.CREDIT_NOTE: "CN", NoteKind.REBILL: "INV", NoteKind.DEBIT_NOTE: "DN"}
_TYPE_CODES = {NoteKind.CREDIT_NOTE: "381", NoteKind.REBILL: "380", NoteKind.DEBIT_NOTE: "383"}


@dataclass(frozen=True, slots=True)
class Party:
    code: str
    name: str
    vat_id: str
    address: tuple[str, ...]
    country: str


@dataclass(frozen=True, slots=True)
class NoteTax:
    """``reason``: why there is no tax; ``reason_code``: its VATEX code. The usual ones need neither."""

    category: str
    rate: int
    net: int
    tax: int
    reason: str = ""
    reason_code: str = ""


@dataclass(frozen=True, slots=True)
class NoteDiscount:
    """A discount on the whole document at one rate: positive minor units, off the sum of the lines."""

    amount: int
    category: str
    rate: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class AccountingTax:
    """The tax once more in the issuer's own currency, at the original invoice's rate of exchange.

    ``rate`` is millionths of ``currency`` for one unit of the note's currency, ``rate_date`` its day.
    """

    currency: str
    tax: int
    rate: int
    rate_date: date | None = None


@dataclass(frozen=True, slots=True)
class Allocation:
    """Where the gross went (DOMAIN: Identity): the parts add up to the gross exactly."""

    unpaid_reduced: int
    refund: int
    account_credit: int
    settled_outside: int

    @property
    def total(self) -> int:
        return self.unpaid_reduced + self.refund + self.account_credit + self.settled_outside


@dataclass(frozen=True, slots=True)
class Note:
    """``preceding`` is the corrected invoice's number and date (on a debit note the credit note's, on a rebill
    None); ``order_number`` the order's. ``accounting_tax`` only where the issuer accounts in another currency,
    ``original`` only on a debit note: the invoice that falls due again.
    """

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
    discounts: tuple[NoteDiscount, ...] = ()
    accounting_tax: AccountingTax | None = None
    original: str | None = None
    original_date: date | None = None


def note_number(series_code: str, kind: NoteKind, year: int, counter: int) -> str:
    """``ARB-CN-2027-000001``: issuer, series, year of the issue date in the issuer's zone, gap-free
    counter."""
    return f"{series_code}-{kind.series}-{year}-{counter:06}"


def build_credit_note(
    order: Order,
    invoice: Invoice,
    amounts: LegAmounts,
    *,
    number: str,
    issuer: Party,
    recipient: Party,
    issued_at: datetime,
    case_ref: str,
    reason: str,
    allocation: Allocation | None,
    locale: str,
    zone: str,
) -> Note:
    """The credit note for ``amounts`` against ``invoice``; dates are local to ``zone``, the issuer's. ``allocation``
    None: not known before another system has numbered it.

    ValueError if the allocation is not exactly the gross, or there is nothing to credit.
    """
    if amounts.gross <= 0 or (allocation is not None and allocation.total != amounts.gross):
        raise ValueError(f"{number}: the allocation does not add up to the gross")
    return Note(
        kind=NoteKind.CREDIT_NOTE,
        number=number,
        leg=invoice.leg,
        issuer=issuer,
        recipient=recipient,
        issued_at=issued_at,
        issue_date=local_date(issued_at, zone),
        currency=order.currency_of(invoice.leg),
        case_ref=case_ref,
        order_number=order.number,
        po_number=order.po_number,
        preceding=invoice.number,
        preceding_date=local_date(invoice.issued_at, zone),
        reason=reason,
        lines=credited_lines(order, invoice.leg, amounts),
        taxes=_tax_rows(amounts),
        net=amounts.net,
        tax=amounts.tax,
        gross=amounts.gross,
        allocation=allocation,
        locale=locale,
        zone=zone,
    )


def build_rebill(
    order: Order,
    wanted: Sequence[WantedLine],
    leg: Leg,
    amounts: LegAmounts,
    *,
    number: str,
    order_number: str,
    issuer: Party,
    recipient: Party,
    issued_at: datetime,
    case_ref: str,
    reason: str,
    locale: str,
    zone: str,
) -> Note:
    """The invoice of the new supply; ``amounts`` are ``amounts.rebill(wanted, ...)``, ``order_number`` the
    replacement's."""
    return Note(
        kind=NoteKind.REBILL,
        number=number,
        leg=leg,
        issuer=issuer,
        recipient=recipient,
        issued_at=issued_at,
        issue_date=local_date(issued_at, zone),
        currency=order.currency_of(leg),
        case_ref=case_ref,
        order_number=order_number,
        po_number=order.po_number,
        preceding=None,
        preceding_date=None,
        reason=reason,
        lines=supplied_lines(wanted, leg, amounts),
        taxes=_tax_rows(amounts),
        net=amounts.net,
        tax=amounts.tax,
        gross=amounts.gross,
        locale=locale,
        zone=zone,
    )


def tax_totals(note: Note) -> tuple[TaxTotal, ...]:
    """The note's tax rows as its invoice counts them: what ``taxes.void_invoice`` reopens."""
    return tuple(TaxTotal(row.category, row.rate, row.net, row.tax) for row in note.taxes)


def local_date(at: datetime, zone: str) -> date:
    """The calendar day of an instant in an IANA zone; its year is the series' year (DOMAIN: Credit note)."""
    return at.astimezone(ZoneInfo(zone)).date()


def _tax_rows(amounts: LegAmounts) -> tuple[NoteTax, ...]:
    return tuple(NoteTax(row.category, row.rate, row.net, row.tax) for row in amounts.taxes)
