"""What an order is held against: the products on offer, the end customer's estate, the reseller's own
history.

Prices are millionths of the currency unit. Read by the store for one order; DOMAIN: Orders (validation).
"""

from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Product:
    """``minimum`` and ``pack_size`` are units; ``requires_base`` is the SKU an upgrade builds on."""

    sku: str
    vendor: str
    family: str
    description: str
    list_price: int | None
    upstream_list_price: int | None
    currency: str
    pack_size: int = 1
    minimum: int = 1
    retired: bool = False
    successor: str | None = None
    edition: str | None = None
    metric: str | None = None
    segment: str | None = None
    region: str | None = None
    term_months: int | None = None
    requires_base: str | None = None


@dataclass(frozen=True, slots=True)
class EstateItem:
    """Something the end customer is licensed for already; ``term_ends`` is None for a perpetual licence."""

    sku: str
    edition: str | None = None
    metric: str | None = None
    segment: str | None = None
    region: str | None = None
    quantity: int = 1
    term_ends: date | None = None


@dataclass(frozen=True, slots=True)
class RecentLine:
    """An earlier line of the same reseller; ``end_customer`` is the code, None for stock."""

    order_number: str
    placed_at: datetime
    end_customer: str | None
    sku: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Base:
    """A line of an earlier order, which another adds to or upgrades: its purchase event and the window it has."""

    order: str
    line_no: int
    bought_at: datetime
    window_hours: int


@dataclass(frozen=True, slots=True)
class Context:
    """What validation compares with.

    ``products`` by SKU hold those of the order's lines and of the estate (an estate item without its product
    is not compared), and those a retired or mistyped one may be replaced by. ``recent`` is the reseller's own
    history. ``contract_prices`` (by SKU, millionths) win over the list. ``bases`` are the lines of the same parties'
    earlier orders that this one names; ``zone`` is that of whoever buys.
    """

    products: dict[str, Product] = field(default_factory=dict)
    estate: tuple[EstateItem, ...] = ()
    recent: tuple[RecentLine, ...] = ()
    contract_prices: dict[str, int] = field(default_factory=dict)
    bases: tuple[Base, ...] = ()
    zone: str = "UTC"

    def base(self, order: str | None, line_no: int | None) -> Base | None:
        """The line named; without a number the only one of its order."""
        found = [b for b in self.bases if b.order == order and line_no in (None, b.line_no)]
        return found[0] if len(found) == 1 else None
