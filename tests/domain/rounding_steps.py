"""The tables of docs/rounding.md that tell an invoice's credits step by step, worked out again from their own words.

A step reads `2 of line 1`, `2 of line 1 at 33.3333 %`, `1 of line 1 for 116 of 365 days`, `10.00 on line 1`,
`10.00 on line 1, converted`, `void 3` or `remainder`; several rows of one step are joined by ` and `.
"""

import re
from collections.abc import Callable, Sequence

from partnerflow.credits.portions import Portion
from partnerflow.credits.working_out import Credit, Sheet, credit, credit_rest, opened, void
from partnerflow.money import Money, TermPart, format_minor, parse_percent, tax_of
from partnerflow.orders.model import Invoice, InvoiceLine, Leg, Order, Payment, TaxTotal
from partnerflow.refusals import Refused
from tests.support.credits import PLACED, a_line, an_order

_UNITS = re.compile(
    r"(?P<quantity>\d+) of line (?P<line>\d+)(?: at (?P<percent>[\d.]+) %)?"
    r"(?: for (?P<left>\d+) of (?P<of>\d+) (?P<unit>\w+)s)?"
)
_AMOUNT = re.compile(r"(?P<amount>[\d.]+) on line (?P<line>\d+)(?P<convert>, converted)?")

Rows = list[list[str]]


def invoiced(*lines: tuple[int, int, int], paid: int = 0, currency: str = "GBP") -> Order:
    """An order whose lines (quantity, net, rate in percent) stand on one invoice, taxed on its total per rate."""
    rows = tuple(
        InvoiceLine(no, q, net, "S", rate * 10_000) for no, (q, net, rate) in enumerate(lines, start=1)
    )
    nets: dict[int, int] = {}
    for row in rows:
        nets[row.rate] = nets.get(row.rate, 0) + row.net
    totals = tuple(TaxTotal("S", rate, net, tax_of(net, rate)) for rate, net in nets.items())
    return with_invoice(rows, totals, paid, currency)


def with_invoice(
    rows: tuple[InvoiceLine, ...], totals: tuple[TaxTotal, ...], paid: int = 0, currency: str = "GBP"
) -> Order:
    """An order of one leg with just this invoice, of which ``paid`` was paid."""
    from dataclasses import replace

    invoice = Invoice(Leg.DOWNSTREAM, "1", PLACED, rows, totals)
    lines = tuple(a_line(r.line_no, r.quantity, 0, None, r.rate) for r in rows)
    payments = (Payment("p", Leg.DOWNSTREAM, "1", paid, PLACED),) if paid else ()
    order = an_order(*lines, invoiced=False, payments=payments)
    return replace(order, vendor=None, currency=currency, invoices=(invoice,))


def steps(order: Order) -> Callable[[Rows], Rows]:
    """Work out a table `No | Step | Net | Tax | Unpaid falls by | Excess | Left` on the order's invoice."""

    def worked(rows: Rows) -> Rows:
        sheet, out = opened(order), list[list[str]]()
        for no, row in enumerate(rows, start=1):
            try:
                sheet, told = _step(sheet, no, row[1])
            except Refused as refusal:
                told = [refusal.code, "", "", ""]
            out.append([str(no), row[1], *told, *_shown(sheet, sheet.left_net + sheet.left_tax)])
        return out

    return worked


def _step(sheet: Sheet, no: int, words: str) -> tuple[Sheet, list[str]]:
    if words == "remainder":
        after, given = credit_rest(sheet, no)
    elif words.startswith("void "):
        after, given = void(sheet, int(words.removeprefix("void ")))
    else:
        after, given = credit(sheet, no, [portion(each, sheet) for each in words.split(" and ")])
    return after, _shown(sheet, *_figures(given, -1 if words.startswith("void ") else 1))


def _figures(given: Credit, sign: int) -> Sequence[int]:
    reduced = given.allocation.unpaid_reduced
    return [sign * f for f in (given.amounts.net, given.amounts.tax, reduced, given.amounts.gross - reduced)]


def portion(words: str, sheet: Sheet) -> Portion:
    """One row in the words of the page."""
    if found := _UNITS.fullmatch(words):
        part = TermPart(int(found["left"]), int(found["of"]), found["unit"]) if found["of"] else None
        percent = parse_percent(found["percent"] or "100")
        return Portion(int(found["line"]), int(found["quantity"]), percent, part=part)
    found = _AMOUNT.fullmatch(words)
    assert found, f"{words!r} is no step"
    amount = Money.parse(found["amount"], sheet.order.currency).minor
    return Portion(int(found["line"]), amount=amount, convert=bool(found["convert"]))


def _shown(sheet: Sheet, *amounts: int) -> list[str]:
    return [format_minor(amount, sheet.order.currency) for amount in amounts]


STEPS = {
    "A part of a price": steps(invoiced((3, 10_000, 20))),
    "A part of a term": steps(invoiced((3, 100_000, 20))),
    "Units after an amount": steps(invoiced((3, 10_000, 20))),
    "An amount after units": steps(invoiced((50, 250_000, 20))),
    "Several rates": steps(invoiced((3, 3_333, 20), (3, 3_333, 5), (3, 1_000, 0))),
    "No decimals, and three": steps(invoiced((3, 1_000, 10), currency="JPY")),
    "A void reopens all three ceilings": steps(invoiced((1, 5_000, 20), (1, 5_000, 20), paid=8_000)),
    "The remainder": steps(invoiced((4, 9_999, 20), (2, 1, 20))),
}
