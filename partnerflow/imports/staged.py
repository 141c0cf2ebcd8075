"""Rows of an upload once they are read: what waits in the record until its driver books it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from partnerflow.imports.model import Correction, Returned, Source
from partnerflow.orders.commands import RecordInvoice

ORDERS: Final = "orders"
INVOICES: Final = "invoices"
CANCELLATIONS: Final = "cancellations"
KINDS: Final = (ORDERS, INVOICES, CANCELLATIONS)
LATER: Final = ("payments", "people", "coverage", "catalogue", "estates")
"""Kinds that the API names and this release does not take."""


@dataclass(frozen=True, slots=True)
class InvoiceRow:
    """An invoice of an order that is known by its id."""

    order_id: str
    command: RecordInvoice


@dataclass(frozen=True, slots=True)
class ReturnedLine:
    sku: str
    quantity: int
    unit_price: int | None = None


@dataclass(frozen=True, slots=True)
class CorrectionRow:
    """A correction made elsewhere; it is booked whole or not at all."""

    number: str
    seller: str
    reseller: str
    at: datetime
    lines: tuple[ReturnedLine, ...]
    order_number: str | None = None

    def correction(self, source: Source) -> Correction:
        rows = tuple(Returned(source, line.sku, line.quantity, line.unit_price) for line in self.lines)
        return Correction(self.number, self.seller, self.reseller, self.at, rows, self.order_number)
