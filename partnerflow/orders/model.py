"""The order as the record keeps it: frozen, JSON-able, folded from its events by orders.machine.evolve.

Net amounts are minor units, unit prices millionths, rates and percents parts per million, instants aware UTC.
DOMAIN: Orders.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from partnerflow.money import line_net


class Leg(StrEnum):
    """``downstream``: distributor -> reseller; ``upstream``: vendor -> distributor."""

    DOWNSTREAM = "downstream"
    UPSTREAM = "upstream"


class OrderStatus(StrEnum):
    ON_HOLD = "on_hold"
    ACCEPTED = "accepted"
    CANCELLED = "cancelled"


class Severity(StrEnum):
    BLOCK = "block"
    ACKNOWLEDGE = "acknowledge"
    ADVISE = "advise"


@dataclass(frozen=True, slots=True)
class Licence:
    edition: str | None = None
    metric: str | None = None
    term_months: int | None = None
    segment: str | None = None
    region: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One order line. ``upstream_price`` is None where it is unknown; a reseller never sees it."""

    line_no: int
    sku: str
    description: str
    quantity: int
    unit_price: int
    tax_category: str
    tax_rate: int
    upstream_price: int | None = None
    activated: int = 0
    licence: Licence | None = None

    def net(self, leg: Leg, currency: str) -> int | None:
        """The line's net on a leg in minor units; None when the leg has no price."""
        price = self.unit_price if leg is Leg.DOWNSTREAM else self.upstream_price
        return None if price is None else line_net(self.quantity, price, currency)


@dataclass(frozen=True, slots=True)
class EndCustomer:
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class TaxTotal:
    """What an invoice states for one category and rate: these win over any recalculation (DOMAIN: Orders)."""

    category: str
    rate: int
    net: int
    tax: int


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    line_no: int
    quantity: int
    net: int
    category: str
    rate: int


@dataclass(frozen=True, slots=True)
class Invoice:
    """An invoice of one leg, identified by leg and number; ``tax_totals`` are its stated net and tax per rate."""

    leg: Leg
    number: str
    issued_at: datetime
    lines: tuple[InvoiceLine, ...]
    tax_totals: tuple[TaxTotal, ...]

    @property
    def gross(self) -> int:
        return sum(total.net + total.tax for total in self.tax_totals)


@dataclass(frozen=True, slots=True)
class Payment:
    """Money received against an invoice; ``kind`` ``reversal`` is a returned payment (amount stays positive)."""

    id: str
    leg: Leg
    invoice: str
    amount: int
    received_at: datetime
    kind: str = "payment"


@dataclass(frozen=True, slots=True)
class Suggestion:
    sku: str | None = None
    quantity: int | None = None
    unit_price: int | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """What validation found: a code of the API's list, how grave, on which line, in a sentence, and what to do."""

    code: str
    severity: Severity
    line_no: int | None
    text: str
    suggestion: Suggestion | None = None
    acknowledged_by: str | None = None


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    codes: tuple[str, ...]
    text: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Order:
    """``number`` is unique per distributor (per vendor for a direct order). ``version`` is the event number."""

    id: str
    number: str
    vendor: str | None
    distributor: str | None
    reseller: str | None
    end_customer: EndCustomer | None
    po_number: str | None
    currency: str
    placed_at: datetime
    received_at: datetime
    lines: tuple[Line, ...]
    status: OrderStatus
    policy_version: int
    entered_by: str
    entered_for: str
    findings: tuple[Finding, ...] = ()
    acknowledgements: tuple[Acknowledgement, ...] = ()
    hold_until: datetime | None = None
    reminders: tuple[datetime, ...] = ()
    invoices: tuple[Invoice, ...] = ()
    payments: tuple[Payment, ...] = ()
    replaces: str | None = None
    cancelled_because: str | None = None
    version: int = 0

    def line(self, line_no: int) -> Line | None:
        return next((line for line in self.lines if line.line_no == line_no), None)

    def invoice_of(self, leg: Leg) -> Invoice | None:
        """The leg's invoice that corrections refer to: its first; None while nothing is invoiced there."""
        return next((invoice for invoice in self.invoices if invoice.leg is leg), None)

    @property
    def legs(self) -> tuple[Leg, ...]:
        """The legs this order has (DOMAIN: Issuer): one only when a party is missing."""
        if self.vendor and self.distributor and self.reseller:
            return (Leg.DOWNSTREAM, Leg.UPSTREAM)
        return (Leg.DOWNSTREAM,) if self.reseller else (Leg.UPSTREAM,)

    @property
    def main_leg(self) -> Leg:
        """The leg on which amounts are sent, decided and routed (DOMAIN: Approvals)."""
        return self.legs[0]
