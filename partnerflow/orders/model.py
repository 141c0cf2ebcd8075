"""The order as the record keeps it: frozen, JSON-able, folded from its events by orders.machine.evolve.

Net amounts are minor units, unit prices millionths, rates and percents parts per million, instants aware UTC.
DOMAIN: Orders.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from partnerflow.money import line_net
from partnerflow.policy.terms import Purchase


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
    """One order line. ``upstream_price`` is None where it is unknown; a reseller never sees it.

    ``family`` is the product's at entry, so that reading an order needs no catalogue; "" while the SKU is
    unknown. ``activated_at`` is the instant the newest activation report speaks of. ``purchase`` None is a new
    one; ``base_order`` (a number) and ``base_line`` say what it adds to or upgrades. An upgrade of a known base
    inherits its window: ``bought_at`` and ``window_hours`` are then the base's.
    """

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
    family: str = ""
    activated_at: datetime | None = None
    purchase: Purchase | None = None
    base_order: str | None = None
    base_line: int | None = None
    bought_at: datetime | None = None
    window_hours: int | None = None

    def net(self, leg: Leg, currency: str, quantity: int | None = None) -> int | None:
        """The net of the line, or of ``quantity`` units of it, on a leg in minor units; None without a price
        there."""
        price = self.unit_price if leg is Leg.DOWNSTREAM else self.upstream_price
        units = self.quantity if quantity is None else quantity
        return None if price is None else line_net(units, price, currency)


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
    """An invoice of one leg, identified by leg and number; ``tax_totals`` are its stated net and tax per
    rate.

    The lines of a rate add up to its stated net. ``signature`` tells whether the same content came again.
    ``exchange_rate`` is millionths of the distributor's own currency for one unit of the invoice's; None: the
    operator's daily rate of its date.
    """

    leg: Leg
    number: str
    issued_at: datetime
    lines: tuple[InvoiceLine, ...]
    tax_totals: tuple[TaxTotal, ...]
    signature: str = ""
    exchange_rate: int | None = None

    @property
    def net(self) -> int:
        return sum(total.net for total in self.tax_totals)

    @property
    def gross(self) -> int:
        return sum(total.net + total.tax for total in self.tax_totals)


@dataclass(frozen=True, slots=True)
class Payment:
    """Money received against an invoice; ``kind`` ``reversal`` is a returned payment, ``write_off`` no money but a
    debt that its books gave up as bad, ``write_off_reversal`` takes that back (the amount stays positive)."""

    id: str
    leg: Leg
    invoice: str
    amount: int
    received_at: datetime
    kind: str = "payment"

    @property
    def money(self) -> int:
        """Minor units that came in: negative for a returned payment."""
        return self.amount * {"payment": 1, "reversal": -1}.get(self.kind, 0)

    @property
    def written_off(self) -> int:
        return self.amount * {"write_off": 1, "write_off_reversal": -1}.get(self.kind, 0)


@dataclass(frozen=True, slots=True)
class Suggestion:
    sku: str | None = None
    quantity: int | None = None
    unit_price: int | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """What validation found: a code of the API's list, how grave, on which line, in a sentence, and what to
    do.

    ``leg`` is set on what speaks of one leg only; a reader who may not see that leg does not see the finding.
    """

    code: str
    severity: Severity
    line_no: int | None
    text: str
    suggestion: Suggestion | None = None
    acknowledged_by: str | None = None
    leg: Leg | None = None

    @property
    def open(self) -> bool:
        """Keeps the order on hold: it blocks, or nobody has acknowledged it (DOMAIN: Orders)."""
        unanswered = self.severity is Severity.ACKNOWLEDGE and self.acknowledged_by is None
        return self.severity is Severity.BLOCK or unanswered


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    codes: tuple[str, ...]
    text: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Order:
    """``number`` is unique per distributor (per vendor for a direct order). ``version`` is the event number.

    ``upstream_signature`` is that of the content as it was entered: it covers the upstream prices, so a
    reader who may not see them must not get it to try prices on. ``accepted_at`` is when the order was
    accepted or released; ``reminders`` are the due instants of the reminders that went out. ``zone`` is the IANA
    zone of whoever buys, in whose days terms are counted. ``upstream_currency`` None: the order's own there too.
    """

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
    upstream_signature: str = ""
    accepted_at: datetime | None = None
    zone: str = "UTC"
    upstream_currency: str | None = None
    version: int = 0

    def currency_of(self, leg: Leg) -> str:
        """Each leg has its own price and currency (DOMAIN: Legs)."""
        return self.upstream_currency or self.currency if leg is Leg.UPSTREAM else self.currency

    def line(self, line_no: int) -> Line | None:
        return next((line for line in self.lines if line.line_no == line_no), None)

    def blocking(self) -> tuple[Finding, ...]:
        """The findings that only a correction answers."""
        return tuple(finding for finding in self.findings if finding.severity is Severity.BLOCK)

    def invoiced(self, leg: Leg, line_no: int) -> int:
        """How many units of a line the leg's invoices cover."""
        lines = (line for invoice in self.invoices if invoice.leg is leg for line in invoice.lines)
        return sum(line.quantity for line in lines if line.line_no == line_no)

    def uninvoiced(self, leg: Leg, line_no: int) -> int:
        """How many units of a line no invoice of the leg covers yet; 0 when more was invoiced than
        ordered."""
        line = self.line(line_no)
        return max(0, (line.quantity if line else 0) - self.invoiced(leg, line_no))

    def invoice(self, leg: Leg, number: str) -> Invoice | None:
        return next((i for i in self.invoices if i.leg is leg and i.number == number), None)

    def received(self, leg: Leg, number: str) -> int:
        """Minor units paid on an invoice, returned payments taken off."""
        return sum(p.money for p in self.payments if p.leg is leg and p.invoice == number)

    def written_off(self, leg: Leg, number: str) -> int:
        """Minor units of an invoice that its books gave up as a bad debt."""
        return sum(p.written_off for p in self.payments if p.leg is leg and p.invoice == number)

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
