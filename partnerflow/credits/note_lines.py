"""The lines of a note: what of an order line is credited, or what is billed instead.

Amounts are positive minor units, unit prices millionths, rates parts per million. DOMAIN: Credit note.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from partnerflow.credits.amounts import LegAmounts, WantedLine
from partnerflow.money import TermPart
from partnerflow.orders.model import Leg, Line, Order


@dataclass(frozen=True, slots=True)
class NoteLine:
    """``percent`` is what part of the unit price is credited; a credit by amount has quantity and percent 0.
    ``part`` is what was left of the term, where the percent is of that alone.

    ``discount`` (the invoice's own, before the percent) and ``fee`` (a restocking fee) are positive minor
    units that ``net`` has already lost.
    """

    line_no: int
    sku: str
    description: str
    quantity: int
    unit_price: int
    percent: int
    net: int
    tax_category: str
    tax_rate: int
    discount: int = 0
    fee: int = 0
    part: TermPart | None = None


def credited_lines(order: Order, leg: Leg, amounts: LegAmounts) -> tuple[NoteLine, ...]:
    """What a leg is credited, at its own price."""
    lines = {line.line_no: line for line in order.lines}
    return tuple(
        NoteLine(
            line_no=row.line_no,
            sku=lines[row.line_no].sku,
            description=lines[row.line_no].description,
            quantity=row.quantity,
            unit_price=_price(lines[row.line_no], leg),
            percent=row.percent,
            net=row.net,
            tax_category=row.category,
            tax_rate=row.rate,
            fee=row.fee,
            part=None if row.part is None or row.part.whole else row.part,
        )
        for row in amounts.lines
    )


def supplied_lines(wanted: Sequence[WantedLine], leg: Leg, amounts: LegAmounts) -> tuple[NoteLine, ...]:
    """What is billed instead; ``amounts`` are ``amounts.rebill(wanted, ...)``."""
    return tuple(
        NoteLine(
            line_no=row.line_no,
            sku=item.sku,
            description=item.description,
            quantity=row.quantity,
            unit_price=item.price(leg),
            percent=row.percent,
            net=row.net,
            tax_category=row.category,
            tax_rate=row.rate,
        )
        for item, row in zip(wanted, amounts.lines, strict=True)
    )


def _price(line: Line, leg: Leg) -> int:
    price = line.unit_price if leg is Leg.DOWNSTREAM else line.upstream_price
    if price is None:
        raise ValueError(f"line {line.line_no} has no price on the {leg} leg")
    return price
