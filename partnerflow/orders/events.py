"""What happened to an order. The order is the fold of these (orders.machine.evolve).

Events reach readers. Whatever speaks of the vendor -> distributor leg stands under a member whose name starts
with ``upstream``, in a list entry with ``leg: upstream``, or in an event that itself has ``leg: upstream``;
whoever may not see that leg gets none of the three.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from partnerflow.orders.model import Finding, Invoice, Leg, Line, Order, Payment


@dataclass(frozen=True, slots=True)
class OrderAccepted:
    KIND: ClassVar[str] = "order.accepted"
    VERSION: ClassVar[int] = 1

    order: Order


@dataclass(frozen=True, slots=True)
class OrderOnHold:
    KIND: ClassVar[str] = "order.on_hold"
    VERSION: ClassVar[int] = 1

    order: Order


@dataclass(frozen=True, slots=True)
class OrderCorrected:
    KIND: ClassVar[str] = "order.corrected"
    VERSION: ClassVar[int] = 1

    lines: tuple[Line, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class OrderAcknowledged:
    KIND: ClassVar[str] = "order.acknowledged"
    VERSION: ClassVar[int] = 1

    codes: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class OrderReleased:
    """``because``: ``corrected``, ``acknowledged`` or ``expired``."""

    KIND: ClassVar[str] = "order.released"
    VERSION: ClassVar[int] = 1

    because: str


@dataclass(frozen=True, slots=True)
class OrderCancelled:
    """``expired`` when the hold ran out with something still blocking; then ``reason`` says what."""

    KIND: ClassVar[str] = "order.cancelled"
    VERSION: ClassVar[int] = 1

    reason: str
    expired: bool = False


@dataclass(frozen=True, slots=True)
class OrderInvoiced:
    """One invoice, as a list so that its leg is the entry's; it takes the place of one with its leg and
    number."""

    KIND: ClassVar[str] = "order.invoiced"
    VERSION: ClassVar[int] = 1

    leg: Leg
    invoices: tuple[Invoice, ...]
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class OrderPaid:
    """One payment or reversal, as a list so that its leg is the entry's."""

    KIND: ClassVar[str] = "order.paid"
    VERSION: ClassVar[int] = 1

    leg: Leg
    payments: tuple[Payment, ...]


@dataclass(frozen=True, slots=True)
class OrderActivated:
    KIND: ClassVar[str] = "order.activated"
    VERSION: ClassVar[int] = 1

    line_no: int
    activated_quantity: int
    at: datetime
    source: str


@dataclass(frozen=True, slots=True)
class OrderWindowClosing:
    """``lines`` can be cancelled until ``closes_at`` (exclusive); ``due_at`` is the reminder that went
    out."""

    KIND: ClassVar[str] = "order.window_closing"
    VERSION: ClassVar[int] = 1

    due_at: datetime
    closes_at: datetime
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class OrderQuantityReduced:
    KIND: ClassVar[str] = "order.quantity_reduced"
    VERSION: ClassVar[int] = 1

    line_no: int
    quantity: int
    case_ref: str


Event = (
    OrderAccepted
    | OrderOnHold
    | OrderCorrected
    | OrderAcknowledged
    | OrderReleased
    | OrderCancelled
    | OrderInvoiced
    | OrderPaid
    | OrderActivated
    | OrderWindowClosing
    | OrderQuantityReduced
)

EVENTS: dict[str, type[Event]] = {
    kind.KIND: kind
    for kind in (
        OrderAccepted,
        OrderOnHold,
        OrderCorrected,
        OrderAcknowledged,
        OrderReleased,
        OrderCancelled,
        OrderInvoiced,
        OrderPaid,
        OrderActivated,
        OrderWindowClosing,
        OrderQuantityReduced,
    )
}
