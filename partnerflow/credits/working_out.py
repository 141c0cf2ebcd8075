"""One invoice credited step by step: what each credit comes to, what a void reopens, and what is left.

The same functions that the cases of the record use, with nothing between them; finance people ask it on the command
line (`partnerflow credits work-out`), tests hold histories against it. DOMAIN: Money; docs/rounding.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from partnerflow.credits.amounts import LegAmounts
from partnerflow.credits.ceilings import InvoiceCeiling, PaymentCeiling, Reservation
from partnerflow.credits.legs import Lines, amounts_of, credit_lines, line_ceilings, reserve_legs, void_lines
from partnerflow.credits.notes import Allocation
from partnerflow.credits.portions import Portion
from partnerflow.credits.rest import reserve_rest
from partnerflow.credits.settlement import (
    Settlement,
    give_back,
    payment_ceiling,
    settle_at_issue,
    take_back,
    unpaid,
)
from partnerflow.credits.taxes import credit_invoice, invoice_ceiling, reserve_invoice, void_invoice
from partnerflow.orders.model import Invoice, Order
from partnerflow.refusals import Refused


@dataclass(frozen=True, slots=True)
class Credit:
    """One credit: what it used up of each line, its net and tax, and where its gross went."""

    held: tuple[Reservation, ...]
    amounts: LegAmounts
    allocation: Allocation


@dataclass(frozen=True, slots=True)
class Sheet:
    """An invoiced order's main leg: its three ceilings, and the live credits by the number they were given."""

    order: Order
    invoice: Invoice
    lines: Lines
    ceiling: InvoiceCeiling
    payment: PaymentCeiling
    live: dict[int, Credit] = field(default_factory=dict)

    @property
    def unpaid(self) -> int:
        """The gross that is still open on the invoice."""
        return unpaid(self.invoice, self.order.payments, [c.allocation for c in self.live.values()])

    @property
    def left_net(self) -> int:
        return self.ceiling.left_net

    @property
    def left_tax(self) -> int:
        return self.ceiling.limit_tax - self.ceiling.credited_tax


def opened(order: Order) -> Sheet:
    """The sheet of an order whose main leg is invoiced; ValueError where it is not."""
    leg = order.main_leg
    invoice = order.invoice_of(leg)
    if invoice is None:
        raise ValueError(f"order {order.number} has no invoice {leg}")
    payment = payment_ceiling(invoice, order.payments, ())
    return Sheet(order, invoice, line_ceilings(order, leg), invoice_ceiling(invoice), payment)


def credit(sheet: Sheet, number: int, portions: Sequence[Portion]) -> tuple[Sheet, Credit]:
    """Credit ``portions`` all or none, as ``number``; what exceeds the unpaid remainder becomes account credit.

    Refuses ``exceeds-creditable``, ``convert-required``, ``unknown-line``, ``invalid-quantity`` and
    ``invalid-amount``; ``sheet`` itself never changes.
    """
    leg = sheet.order.main_leg
    after, held = reserve_legs(sheet.order, portions, {leg: sheet.lines})
    return _issue(sheet, number, after[leg], held[leg])


def credit_rest(sheet: Sheet, number: int) -> tuple[Sheet, Credit]:
    """Credit everything that is left on every line, as ``number``: the invoice is then closed to the penny."""
    lines, held = dict(sheet.lines), list[Reservation]()
    for line_no, ceiling in sheet.lines.items():
        lines[line_no], rows = reserve_rest(ceiling, sheet.order.currency)
        held += rows
    return _issue(sheet, number, lines, tuple(held))


def _issue(sheet: Sheet, number: int, lines: Lines, held: tuple[Reservation, ...]) -> tuple[Sheet, Credit]:
    currency = sheet.order.currency
    rows = amounts_of(sheet.order, held, sheet.ceiling.rates).lines
    ceiling = reserve_invoice(sheet.ceiling, sum(row.net for row in rows), currency)
    ceiling, amounts = credit_invoice(ceiling, rows, currency)
    allocation = settle_at_issue(amounts.gross, sheet.unpaid, Settlement()).allocation
    given = Credit(held, amounts, allocation)
    after = replace(
        sheet,
        lines=credit_lines(lines, held),
        ceiling=ceiling,
        payment=give_back(sheet.payment, allocation, currency),
        live=sheet.live | {number: given},
    )
    return after, given


def void(sheet: Sheet, number: int) -> tuple[Sheet, Credit]:
    """Reopen the line, the invoice and the payment by exactly what credit ``number`` took; refused ``wrong-state``
    where it is not live (void already, or never was)."""
    if number not in sheet.live:
        raise Refused(
            "wrong-state", f"Step {number} is no live credit: it was refused, is void, or is a void."
        )
    taken = sheet.live[number]
    after = replace(
        sheet,
        lines=void_lines(sheet.lines, taken.held),
        ceiling=void_invoice(sheet.ceiling, taken.amounts.taxes),
        payment=take_back(sheet.payment, taken.allocation),
        live={no: given for no, given in sheet.live.items() if no != number},
    )
    return after, taken
