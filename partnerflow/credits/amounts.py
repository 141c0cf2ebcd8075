"""The amounts of one leg: lines, the tax per rate, and the sums; and what wanted items would cost instead.

Net, tax and gross are minor units. DOMAIN: Money, Exchange.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from partnerflow.credits.ceilings import Reservation
from partnerflow.money import WHOLE, TermPart, line_net, tax_of
from partnerflow.orders.model import Leg, Line, Order, TaxTotal
from partnerflow.refusals import Refused

NO_VAT: Final = "O"
"""Outside the scope of VAT, as EN 16931 files it."""


@dataclass(frozen=True, slots=True)
class LineAmount:
    """``percent`` in parts per million; an amount without units has quantity 0 and percent 0. ``net`` is without the
    restocking ``fee``; ``part`` is what of the term is left, where the percent is of that."""

    line_no: int
    quantity: int
    percent: int
    net: int
    category: str
    rate: int
    fee: int = 0
    part: TermPart | None = None


@dataclass(frozen=True, slots=True)
class LegAmounts:
    """``taxes`` has one row per category and rate and adds up to ``net`` and ``tax``."""

    net: int
    tax: int
    gross: int
    lines: tuple[LineAmount, ...]
    taxes: tuple[TaxTotal, ...] = ()

    @property
    def fees(self) -> int:
        """Restocking fees, net: what the lines would come to beyond ``net`` without them."""
        return sum(line.fee for line in self.lines)


@dataclass(frozen=True, slots=True)
class WantedLine:
    """An item wanted instead. Prices in millionths; ``upstream_unit_price`` None where it is unknown. ``replaces`` is
    the order's line that is billed again, at its ``net`` and ``upstream_net``."""

    sku: str
    description: str
    quantity: int
    unit_price: int
    upstream_unit_price: int | None
    tax_category: str
    tax_rate: int
    replaces: int | None = None
    net: int | None = None
    upstream_net: int | None = None

    def net_on(self, leg: Leg, currency: str) -> int:
        """Minor units; refuses ``invalid-amount`` where the leg has no price."""
        stated = self.net if leg is Leg.DOWNSTREAM else self.upstream_net
        return line_net(self.quantity, self.price(leg), currency) if stated is None else stated

    def price(self, leg: Leg) -> int:
        """Refuses ``invalid-amount`` where the leg has no price."""
        price = self.unit_price if leg is Leg.DOWNSTREAM else self.upstream_unit_price
        if price is None:
            raise Refused("invalid-amount", f"{self.sku} has no price on the upstream leg.")
        return price


def line_amounts(order: Order, held: Iterable[Reservation]) -> tuple[LineAmount, ...]:
    """Reservations with the tax of their order lines, less their fees; what was granted at nothing is left out."""
    lines = {line.line_no: line for line in order.lines}
    return tuple(
        LineAmount(
            h.line_no, h.quantity, h.percent, h.net - h.fee, *_taxed(h, lines[h.line_no]), h.fee, h.part
        )
        for h in held
        if h.quantity or h.net
    )


def _taxed(held: Reservation, line: Line) -> tuple[str, int]:
    return (NO_VAT, 0) if held.outside else (line.tax_category, line.tax_rate)


def nets_by_rate(lines: Iterable[LineAmount]) -> dict[tuple[str, int], int]:
    """Net per (category, rate), in the order of first appearance."""
    nets: dict[tuple[str, int], int] = {}
    for line in lines:
        nets[line.category, line.rate] = nets.get((line.category, line.rate), 0) + line.net
    return nets


def add_up(lines: Sequence[LineAmount], taxes: Sequence[TaxTotal]) -> LegAmounts:
    """The sums of lines and taxes; ValueError if they do not agree on the net."""
    net, tax = sum(line.net for line in lines), sum(row.tax for row in taxes)
    if net != sum(row.net for row in taxes):
        raise ValueError("lines and tax rows do not add up to the same net")
    return LegAmounts(net, tax, net + tax, tuple(lines), tuple(taxes))


def plain_taxes(lines: Iterable[LineAmount]) -> tuple[TaxTotal, ...]:
    """Tax per rate on the total, where no invoice binds: a rebill, or an order not invoiced yet."""
    return tuple(TaxTotal(c, rate, net, tax_of(net, rate)) for (c, rate), net in nets_by_rate(lines).items())


def rebill(wanted: Sequence[WantedLine], leg: Leg, currency: str) -> LegAmounts:
    """A new supply at the given unit prices, lines numbered from 1, tax per rate on the total (DOMAIN:
    Exchange)."""
    lines = tuple(
        LineAmount(no, w.quantity, WHOLE, w.net_on(leg, currency), w.tax_category, w.tax_rate)
        for no, w in enumerate(wanted, start=1)
    )
    return add_up(lines, plain_taxes(lines))
