"""What a feed says once it is read: sales, corrections, and the rows that cannot be booked, each with its reason."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from partnerflow.orders.commands import OrderDraft

REASONS: Final[dict[str, str]] = {
    "unreadable": "The row cannot be read.",
    "missing-customer": "The row names no customer, so there is no reseller it could belong to.",
    "invalid-quantity": "An invoice sells at least one unit, and a cancellation takes at least one back.",
    "negative-price": "A negative price sells nothing: this adjusts an account.",
    "adjustment": "A manual adjustment names no product, so there is no line it corrects.",
    "zero-price": "It takes units back at no price, but they were sold at one: no money is corrected.",
    "no-earlier-line": "This reseller has no earlier invoice line of this SKU.",
    "more-than-bought": "More units are taken back than this reseller's earlier lines have left.",
    "price-above-original": "It would give back more per unit than any earlier line was sold at.",
    "known-cancellation": "This cancellation is booked already, without this row.",
    "order-exists": "An order of this number exists with other content.",
    "unknown-organisation": "There is no such organisation.",
}
"""Why a row is listed, as the reason's code and its sentence; what the order's own rules refuse has the code of that
refusal."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A row that is not booked; ``data`` is what it said, by its own columns."""

    no: int
    code: str
    text: str
    data: dict[str, str]


@dataclass(frozen=True, slots=True)
class Source:
    """A row of the feed as it came: its number from 1, and its members."""

    no: int
    data: dict[str, str]

    def listed(self, code: str, text: str = "") -> Listed:
        return Listed(self.no, code, text or REASONS[code], self.data)


@dataclass(frozen=True, slots=True)
class Sale:
    """An invoice: an order, and its invoice of the downstream leg under the same number. ``sources`` run parallel
    to the lines."""

    draft: OrderDraft
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Returned:
    """Units taken back at a price per unit in millionths; None: at the price they were sold for."""

    source: Source
    sku: str
    quantity: int
    unit_price: int | None


@dataclass(frozen=True, slots=True)
class Correction:
    """A correction made elsewhere under its own ``number``; ``order_number`` None: whichever order it fits."""

    number: str
    seller: str
    reseller: str
    at: datetime
    rows: tuple[Returned, ...]
    order_number: str | None = None


@dataclass(frozen=True, slots=True)
class Chunk:
    """Up to 1,000 rows in the order of the feed; an invoice is never cut. ``last`` is the number of the last row."""

    documents: tuple[Sale | Correction, ...]
    listed: tuple[Listed, ...]
    rows: int
    last: int
