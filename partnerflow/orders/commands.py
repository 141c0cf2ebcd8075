"""What can be asked of an order, and what the desk reads for it.

Lines come as model.Line; what the catalogue knows (family, missing description and upstream price) is added
at entry.
"""

from dataclasses import dataclass, field
from datetime import datetime

from partnerflow.calendars import Calendar
from partnerflow.orders.catalogue import Context
from partnerflow.orders.model import EndCustomer, Leg, Line, Payment, TaxTotal


@dataclass(frozen=True, slots=True)
class OrderDraft:
    """An order as it is sent. ``replaces`` is the number of the order an exchange corrects; the API never
    sets it. ``upstream_currency`` None: as the order's."""

    number: str
    vendor: str | None
    distributor: str | None
    reseller: str | None
    end_customer: EndCustomer | None
    po_number: str | None
    currency: str
    placed_at: datetime
    lines: tuple[Line, ...]
    replaces: str | None = None
    upstream_currency: str | None = None


@dataclass(frozen=True, slots=True)
class InvoiceLineDraft:
    """What is not stated follows the order: net from its price on the leg, category and rate from its
    line."""

    line_no: int
    quantity: int
    net: int | None = None
    category: str | None = None
    rate: int | None = None


@dataclass(frozen=True, slots=True)
class InvoiceDraft:
    """An invoice as it is sent: without ``lines`` it covers what the leg has not invoiced yet of the whole
    order."""

    leg: Leg
    number: str
    issued_at: datetime
    lines: tuple[InvoiceLineDraft, ...] | None = None
    tax_totals: tuple[TaxTotal, ...] | None = None
    exchange_rate: int | None = None


@dataclass(frozen=True, slots=True)
class EnterOrder:
    """``imported``: booked as history, already fulfilled elsewhere, so nothing validates or holds it."""

    order_id: str
    draft: OrderDraft
    imported: bool = False


@dataclass(frozen=True, slots=True)
class CorrectOrder:
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class AcknowledgeFindings:
    codes: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class CancelOrder:
    """Ends an order on hold. On an accepted one the desk opens a cancellation case instead."""

    reason: str = ""


@dataclass(frozen=True, slots=True)
class RecordInvoice:
    """``currency`` is what the sender wrote beside the amounts; None where no amount was stated."""

    invoice: InvoiceDraft
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class RecordPayment:
    payment: Payment
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class RecordActivation:
    """``activated_quantity`` is how many units are active at ``at``, not how many were added."""

    line_no: int
    activated_quantity: int
    at: datetime
    source: str


@dataclass(frozen=True, slots=True)
class ReduceQuantity:
    """``quantity`` units fall off the line: corrected in a case before they were invoiced."""

    line_no: int
    quantity: int
    case_ref: str


@dataclass(frozen=True, slots=True)
class OrderDue:
    """A stored due instant has come: ``name`` is ``hold`` or ``window``."""

    name: str
    due_at: datetime


Command = (
    EnterOrder
    | CorrectOrder
    | AcknowledgeFindings
    | CancelOrder
    | RecordInvoice
    | RecordPayment
    | RecordActivation
    | ReduceQuantity
    | OrderDue
)


@dataclass(frozen=True, slots=True)
class OrderView:
    """What the desk read under its lock, as the command's kind needs.

    ``context`` for entering and correcting; ``calendar``, of the organisation that enters, for entering;
    ``credited_invoices`` (those that carry credits) for invoices.
    """

    context: Context = field(default_factory=Context)
    calendar: Calendar | None = None
    credited_invoices: frozenset[tuple[Leg, str]] = frozenset()
