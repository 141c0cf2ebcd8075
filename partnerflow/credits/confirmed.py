"""What a note issued elsewhere credits: exactly what its issuer states, also where that is not what was asked of it.

The line's own ceilings still bind: what they do not hold is refused. DOMAIN: Issuer, Money (ceilings).
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from partnerflow.credits import ceilings as line
from partnerflow.credits.amounts import LegAmounts, add_up, line_amounts
from partnerflow.credits.ceilings import InvoiceCeiling, Reservation
from partnerflow.credits.legs import Lines, credit_lines, release_lines
from partnerflow.credits.portions import Portion
from partnerflow.credits.taxes import credit_stated, expected, release_invoice, reserve_invoice
from partnerflow.money import split_minor
from partnerflow.orders.model import Order, TaxTotal
from partnerflow.refusals import Refused


def credit_lines_as_stated(
    lines: Lines, held: Sequence[Reservation], net: int, currency: str
) -> tuple[Lines, tuple[Reservation, ...]]:
    """The lines of a leg with ``net`` credited on what is held for it, and what that then was per line; another net
    than the held one is shared over the rows in proportion. Refuses ``exceeds-creditable``."""
    rows = tuple(held)
    if net != sum(row.net - row.fee for row in rows):
        lines, rows = _changed(release_lines(lines, rows), rows, net, currency)
    return credit_lines(lines, rows), rows


def _changed(
    lines: Lines, held: Sequence[Reservation], net: int, currency: str
) -> tuple[Lines, tuple[Reservation, ...]]:
    after, rows = dict(lines), []
    if not any(row.net for row in held):
        raise line.exceeds(lines[held[0].line_no], currency)
    parts = split_minor(net, [row.net for row in held])
    for row, part in zip(held, parts, strict=True):
        portion = Portion(row.line_no, row.quantity, row.percent, part, convert=True)
        after[row.line_no], changed = line.reserve(after[row.line_no], portion, currency)
        rows.append(changed)
    return after, tuple(rows)


def credit_invoice_as_stated(
    order: Order,
    ceiling: InvoiceCeiling,
    held: Iterable[Reservation],
    rows: Sequence[Reservation],
    tax: int,
) -> tuple[InvoiceCeiling, LegAmounts]:
    """The invoice with ``rows`` credited at the stated tax, shared over its rates as the expected tax is. Refuses
    ``exceeds-creditable``."""
    before, now = sum(row.net for row in held), sum(row.net - row.fee for row in rows)
    freed = reserve_invoice(release_invoice(ceiling, before), now, order.currency_of(ceiling.leg))
    lines = line_amounts(order, rows)
    taxes = _stated(expected(ceiling.rates, lines).taxes, tax)
    return credit_stated(freed, taxes, order.currency_of(ceiling.leg)), add_up(lines, taxes)


def _stated(taxes: Sequence[TaxTotal], tax: int) -> tuple[TaxTotal, ...]:
    if tax == sum(row.tax for row in taxes):
        return tuple(taxes)
    weights = [row.tax for row in taxes]
    if not any(weights):
        weights = [row.net if row.rate else 0 for row in taxes]
    if not any(weights):
        raise Refused("tax-mismatch", "The invoice states no tax on these lines.", pointer="/tax")
    return tuple(replace(row, tax=part) for row, part in zip(taxes, split_minor(tax, weights), strict=True))
