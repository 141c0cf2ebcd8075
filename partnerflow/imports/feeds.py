"""A feed's rows read through a column mapping, invoice by invoice, into sales, corrections and listed rows."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import groupby
from typing import Final
from zoneinfo import ZoneInfo

from partnerflow.imports.mappings import Mapping
from partnerflow.imports.model import Chunk, Correction, Listed, Returned, Sale, Source
from partnerflow.money import parse_unit_price
from partnerflow.orders.commands import OrderDraft
from partnerflow.orders.drafts import LARGEST_QUANTITY
from partnerflow.orders.model import Line
from partnerflow.refusals import Refused

CHUNK: Final = 1_000
"""Rows that go in by one command."""

_CUSTOMER: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}", re.ASCII)
_LONGEST: Final = 200


@dataclass(frozen=True, slots=True)
class Row:
    """One line of an invoice, read. ``quantity`` is positive on cancellations too, price is millionths."""

    source: Source
    number: str
    sku: str
    description: str
    quantity: int
    at: datetime
    unit_price: int
    customer: str
    country: str


@dataclass(frozen=True, slots=True)
class Customer:
    """Who buys: the reseller's code, the feed's id and the country as an ISO code (None: unknown)."""

    code: str
    id: str
    country: str | None


@dataclass(frozen=True, slots=True)
class Feed:
    """Everything of a file that the import needs to know before its first row goes in."""

    chunks: tuple[Chunk, ...]
    customers: tuple[Customer, ...]
    catalogue: dict[str, tuple[str, int]]
    """SKU -> its last description and price in millionths."""
    invoices: int
    cancellations: int
    rows: int


def read(rows: Iterable[dict[str, str]], mapping: Mapping, seller: str) -> Feed:
    """The whole feed; rows of one invoice stand together."""
    reader = _Reader(mapping, seller)
    sources = (Source(no, data) for no, data in enumerate(rows, start=1))
    invoices = groupby(sources, key=lambda source: source.data[mapping.number])
    chunks = tuple(chunked(reader.invoice(number, [*lines]) for number, lines in invoices))
    cancellations = sum(number.startswith(mapping.cancels) for number in reader.numbers)
    return Feed(
        chunks,
        tuple(reader.customers.values()),
        reader.catalogue,
        len(reader.numbers),
        cancellations,
        sum(chunk.rows for chunk in chunks),
    )


def chunked(parts: Iterable[Chunk]) -> Iterator[Chunk]:
    """Invoices gathered to chunks of at most CHUNK rows; a larger invoice is a chunk of its own."""
    held: Chunk | None = None
    for part in parts:
        if held and held.rows + part.rows > CHUNK:
            yield held
            held = None
        held = part if held is None else _joined(held, part)
    if held:
        yield held


def _joined(first: Chunk, then: Chunk) -> Chunk:
    return Chunk(
        first.documents + then.documents, first.listed + then.listed, first.rows + then.rows, then.last
    )


class _Reader:
    """Reads invoices one after the other and remembers who bought and what was sold."""

    def __init__(self, mapping: Mapping, seller: str) -> None:
        self.mapping = mapping
        self.seller = seller
        self.customers: dict[str, Customer] = {}
        self.catalogue: dict[str, tuple[str, int]] = {}
        self.numbers: set[str] = set()
        self._zone = ZoneInfo(mapping.zone)
        self._instants: dict[str, datetime] = {}

    def invoice(self, number: str, sources: list[Source]) -> Chunk:
        """One invoice or cancellation; what of it cannot be booked is listed."""
        self.numbers.add(number)
        cancels = number.startswith(self.mapping.cancels)
        read = [self._row(source, cancels=cancels) for source in sources]
        rows = [row for row in read if isinstance(row, Row)]
        listed = tuple(row for row in read if isinstance(row, Listed))
        documents = (self._correction(rows) if cancels else self._sale(rows),) if rows else ()
        return Chunk(documents, listed, len(sources), sources[-1].no)

    def _row(self, source: Source, *, cancels: bool) -> Row | Listed:
        try:
            row = self._parsed(source)
        except (ValueError, Refused) as fault:
            detail = fault.detail if isinstance(fault, Refused) else str(fault)
            return source.listed("unreadable", f"The row cannot be read: {detail}")
        if not row.customer:
            return source.listed("missing-customer")
        if row.unit_price < 0:
            return source.listed("negative-price")
        quantity = -row.quantity if cancels else row.quantity
        if not 1 <= quantity <= LARGEST_QUANTITY:
            return source.listed("invalid-quantity")
        if cancels and row.sku in self.mapping.adjustments:
            return source.listed("adjustment")
        return replace(row, quantity=quantity) if cancels else row

    def _parsed(self, source: Source) -> Row:
        """Raises ValueError or Refused for what is no number, instant, code or text."""
        data, names = source.data, self.mapping
        if "\0" in "".join(data.values()) or max(map(len, data.values())) > _LONGEST:
            raise ValueError("a column is too long, or holds a character that is none")
        sku, customer = data[names.sku].strip().upper(), data[names.customer].strip()
        if not sku or not data[names.number].strip():
            raise ValueError("it has no invoice number or no SKU")
        if customer and not _CUSTOMER.fullmatch(customer):
            raise ValueError(f"{customer!r} is no customer id")
        return Row(
            source,
            data[names.number].strip(),
            sku,
            data[names.description].strip(),
            int(data[names.quantity]),
            self._instant(data[names.instant]),
            parse_unit_price(data[names.unit_price].strip()),
            customer,
            data[names.country].strip(),
        )

    def _instant(self, text: str) -> datetime:
        """Local time as UTC; many rows share one, so it is read once."""
        if text not in self._instants:
            local = datetime.fromisoformat(text.strip())
            self._instants[text] = local.replace(tzinfo=self._zone).astimezone(UTC)
        return self._instants[text]

    def _customer(self, row: Row) -> str:
        code = f"customer-{row.customer.lower()}"
        if code not in self.customers:
            self.customers[code] = Customer(code, row.customer, self.mapping.countries.get(row.country))
        return code

    def _sale(self, rows: list[Row]) -> Sale:
        """Every row is a line; the instant is the first row's."""
        first, names = rows[0], self.mapping
        for row in rows:
            self.catalogue[row.sku] = (row.description or row.sku, row.unit_price)
        lines = tuple(
            Line(
                line_no=no,
                sku=row.sku,
                description=row.description,
                quantity=row.quantity,
                unit_price=row.unit_price,
                tax_category=names.tax_category,
                tax_rate=names.tax_rate,
            )
            for no, row in enumerate(rows, start=1)
        )
        draft = OrderDraft(
            number=first.number,
            vendor=None,
            distributor=self.seller,
            reseller=self._customer(first),
            end_customer=None,
            po_number=None,
            currency=names.currency,
            placed_at=first.at,
            lines=lines,
        )
        return Sale(draft, tuple(row.source for row in rows))

    def _correction(self, rows: list[Row]) -> Correction:
        first = rows[0]
        returned = tuple(Returned(row.source, row.sku, row.quantity, row.unit_price) for row in rows)
        return Correction(first.number, self.seller, self._customer(first), first.at, returned)
