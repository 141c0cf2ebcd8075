"""One credit straight on the rows of the record, by the arithmetic of the product and no command: what a path of its
own would write, for tests and measurements of the ceilings."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from partnerflow.credits.amounts import LegAmounts
from partnerflow.credits.legs import amounts_of, credit_lines, reserve_legs
from partnerflow.credits.portions import Portion
from partnerflow.credits.settlement import Settlement, give_back, settle_at_issue
from partnerflow.credits.taxes import credit_invoice, reserve_invoice
from partnerflow.orders.model import Order
from partnerflow.store import ceilings


def credit_on_rows(session: Session, order: Order, portions: Sequence[Portion]) -> LegAmounts:
    """Lock the order's ceilings, credit the portions on the main leg, write the rows; Refused leaves all as it was."""
    leg, now = order.main_leg, ceilings.read(session, order, lock=True)
    after, held = reserve_legs(order, portions, {leg: now.lines[leg]})
    amounts = amounts_of(order, held[leg], now.invoices[leg].rates)
    before, payment = now.invoices[leg], now.payments[leg]
    invoice = reserve_invoice(before, amounts.net, order.currency)
    invoice, amounts = credit_invoice(invoice, amounts.lines, order.currency)
    reduced = before.credited_net + before.credited_tax - payment.returned
    unpaid = max(0, before.limit_net + before.limit_tax - payment.paid - reduced)
    allocation = settle_at_issue(amounts.gross, unpaid, Settlement()).allocation
    lines = credit_lines(after[leg], held[leg])
    rows = ceilings.line_rows(order.id, [lines[no] for no in {portion.line_no for portion in portions}])
    rows += ceilings.invoice_rows(order.id, invoice)
    rows.append(ceilings.payment_row(order, give_back(payment, allocation, order.currency)))
    ceilings.write(session, order.id, rows)
    return amounts
