"""Which earlier lines a correction is about: the reseller's lines of the same SKU, newest first.

A row is matched whole or not at all, over as many lines as it needs. What a line bears is asked of its ceilings, so
nothing is ever credited beyond what was sold, reservations of open cases included. docs/import.md.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from partnerflow.credits import ceilings
from partnerflow.credits.amounts import LegAmounts, line_amounts
from partnerflow.credits.ceilings import InvoiceCeiling, LineCeiling, PaymentCeiling, Reservation
from partnerflow.credits.legs import credit_lines
from partnerflow.credits.notes import Allocation
from partnerflow.credits.portions import Portion
from partnerflow.credits.settlement import Settlement, give_back, settle_at_issue
from partnerflow.credits.taxes import credit_invoice, reserve_invoice
from partnerflow.imports.model import Correction, Listed, Returned
from partnerflow.money import line_net
from partnerflow.orders.model import Line, Order, OrderStatus
from partnerflow.refusals import Refused


@dataclass(frozen=True, slots=True)
class Book:
    """An invoiced order with the ceilings of its main leg, as corrections use them up."""

    order: Order
    lines: dict[int, LineCeiling]
    invoice: InvoiceCeiling
    payment: PaymentCeiling

    @property
    def unpaid(self) -> int:
        """What is open on the invoice: gross less payments, less what credits took off it already."""
        done = self.invoice.credited_net + self.invoice.credited_tax - self.payment.returned
        return max(0, self.invoice.limit_net + self.invoice.limit_tax - self.payment.paid - done)


Books = dict[str, Book]
"""By order id."""


@dataclass(frozen=True, slots=True)
class Matched:
    """What of one correction is about one order: the portions, their credits, and where the money went."""

    correction: Correction
    order_id: str
    portions: tuple[Portion, ...]
    held: tuple[Reservation, ...]
    amounts: LegAmounts
    allocation: Allocation


@dataclass(slots=True)
class _Taken:
    portions: list[Portion] = field(default_factory=list)
    held: list[Reservation] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Part:
    order_id: str
    portion: Portion
    held: Reservation


def match(correction: Correction, books: Books) -> tuple[tuple[Matched, ...], tuple[Listed, ...]]:
    """Credit the correction in ``books`` (changed in place), order by order; and the rows that fit nowhere."""
    taken: dict[str, _Taken] = {}
    listed: list[Listed] = []
    for row in correction.rows:
        candidates = _candidates(row, correction, books)
        parts = _spread(row, candidates, books)
        if isinstance(parts, str):
            listed.append(row.source.listed(parts))
            continue
        for part in parts:
            into = taken.setdefault(part.order_id, _Taken())
            into.portions.append(part.portion)
            into.held.append(part.held)
    matched = tuple(_credit(correction, order_id, part, books) for order_id, part in taken.items())
    return matched, tuple(listed)


def match_whole(correction: Correction, books: Books) -> tuple[tuple[Matched, ...], tuple[Listed, ...]]:
    """As ``match``, but all rows or none: ``books`` stay as they were when one does not fit."""
    before = dict(books)
    matched, listed = match(correction, books)
    if not listed:
        return matched, ()
    books.update(before)
    return (), listed


def _candidates(row: Returned, correction: Correction, books: Mapping[str, Book]) -> list[tuple[str, Line]]:
    """Earlier lines of the SKU that this reseller bought of this seller, newest first."""
    found = [
        (book.order.placed_at, book.order.number, line.line_no, order_id, line)
        for order_id, book in books.items()
        if _concerns(book.order, correction)
        for line in book.order.lines
        if line.sku.upper() == row.sku.upper()
    ]
    found.sort(key=lambda each: each[:3], reverse=True)
    return [(order_id, line) for *_, order_id, line in found]


def _concerns(order: Order, correction: Correction) -> bool:
    return (
        order.reseller == correction.reseller
        and (order.distributor or order.vendor) == correction.seller
        and order.status is OrderStatus.ACCEPTED
        and order.placed_at <= correction.at
        and correction.order_number in (None, order.number)
    )


def _spread(row: Returned, candidates: Sequence[tuple[str, Line]], books: Books) -> tuple[_Part, ...] | str:
    """The row over its lines, held in ``books``; or, leaving these as they were, why it does not fit."""
    if not candidates:
        return "no-earlier-line"
    before = {order_id: books[order_id] for order_id, _ in candidates}
    left, parts = row.quantity, []
    for order_id, line in candidates:
        part = _part(row, left, order_id, line, books) if left else None
        if part:
            parts.append(part)
            left -= part.held.quantity
    if not left:
        return tuple(parts)
    why = _why_not(row, candidates, before)
    books.update(before)
    return why


def _part(row: Returned, left: int, order_id: str, line: Line, books: Books) -> _Part | None:
    """As many of the ``left`` units as the line bears at the row's price; None: not one."""
    book = books[order_id]
    ceiling = book.lines.get(line.line_no)
    quantity = min(left, ceiling.left_quantity) if ceiling else 0
    if ceiling is None or quantity < 1 or (row.unit_price or 0) > line.unit_price:
        return None
    portion = _portion(row, quantity, line, book.order.currency)
    if portion.nothing:
        return None
    try:
        after, held = ceilings.reserve(ceiling, portion, book.order.currency)
        invoice = reserve_invoice(book.invoice, held.net, book.order.currency)
    except Refused:
        return None
    books[order_id] = replace(book, lines=book.lines | {line.line_no: after}, invoice=invoice)
    return _Part(order_id, portion, held)


def _portion(row: Returned, quantity: int, line: Line, currency: str) -> Portion:
    """At the price of the sale by quantity, so that the last unit closes the line to the penny; else the amount."""
    if row.unit_price in (None, line.unit_price):
        return Portion(line.line_no, quantity)
    return Portion(line.line_no, quantity, amount=line_net(quantity, row.unit_price or 0, currency))


def _why_not(row: Returned, candidates: Iterable[tuple[str, Line]], books: Mapping[str, Book]) -> str:
    bearing = units = 0
    for order_id, line in candidates:
        ceiling = books[order_id].lines.get(line.line_no)
        left = ceiling.left_quantity if ceiling else 0
        units += left
        bearing += left if (row.unit_price or 0) <= line.unit_price else 0
    if units < row.quantity:
        return "more-than-bought"
    if bearing < row.quantity:
        return "price-above-original"
    return "zero-price" if row.unit_price == 0 else "more-than-bought"


def _credit(correction: Correction, order_id: str, taken: _Taken, books: Books) -> Matched:
    """Turn what is held into credits; what was paid already is taken as settled outside, where it was corrected."""
    book, held = books[order_id], tuple(taken.held)
    currency = book.order.currency
    lines = credit_lines(book.lines, held)
    invoice, amounts = credit_invoice(book.invoice, line_amounts(book.order, held), currency)
    asked = Settlement(settled_outside=amounts.gross)
    allocation = settle_at_issue(amounts.gross, book.unpaid, asked).allocation
    payment = give_back(book.payment, allocation, currency)
    books[order_id] = replace(book, lines=lines, invoice=invoice, payment=payment)
    return Matched(correction, order_id, tuple(taken.portions), held, amounts, allocation)
