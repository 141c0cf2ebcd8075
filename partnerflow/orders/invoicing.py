"""Invoices, payments, activations and corrected quantities: what others report about an accepted order.

Stated net and tax win over any recalculation (DOMAIN: Orders). Amounts are minor units of the
leg's currency.
"""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from partnerflow.money import LARGEST_MINOR, split_minor, tax_of
from partnerflow.orders.commands import (
    InvoiceDraft,
    InvoiceLineDraft,
    OrderView,
    RecordActivation,
    RecordInvoice,
    RecordPayment,
    ReduceQuantity,
)
from partnerflow.orders.drafts import LARGEST_QUANTITY, check_count, check_currency, check_instant, signature
from partnerflow.orders.events import Event, OrderActivated, OrderInvoiced, OrderPaid, OrderQuantityReduced
from partnerflow.orders.model import Finding, Invoice, InvoiceLine, Leg, Line, Order, Severity, TaxTotal
from partnerflow.refusals import Refused

PAYMENT_KINDS: Final = ("payment", "reversal", "write_off", "write_off_reversal")


def invoice(order: Order, command: RecordInvoice, at: datetime, view: OrderView) -> tuple[Event, ...]:
    """The invoice, or the content that takes its place; nothing when the same content comes again.

    An invoice that carries credits is what they were computed from, so other content is refused
    (``wrong-state``).
    """
    draft = command.invoice
    check_currency(command.currency, order, draft.leg)
    check_instant(draft.issued_at, at, "issued_at")
    if draft.leg not in order.legs:
        raise Refused("invalid-parameter", f"The order has no {draft.leg.value} leg.", pointer="/leg")
    before = order.invoice(draft.leg, draft.number)
    if before and before.signature == signature(draft):
        return ()
    if before and (draft.leg, draft.number) in view.credited_invoices:
        raise Refused("wrong-state", f"Invoice {draft.number} carries credits and can no longer change.")
    stated = resolved(order, draft)
    return (OrderInvoiced(draft.leg, (stated,), _excess(order, stated)),)


def resolved(order: Order, draft: InvoiceDraft) -> Invoice:
    """The invoice with all it does not state: lines not invoiced yet, their net, and tax per rate as a
    total."""
    drafts = draft.lines if draft.lines is not None else _remaining(order, draft)
    check_count(each.line_no for each in drafts)
    lines = [_line(order, draft.leg, each) for each in drafts]
    totals = _taxed(lines) if draft.tax_totals is None else draft.tax_totals
    fitted = _fitted(lines, totals, fixed={d.line_no for d in drafts if d.net is not None})
    issued_at = draft.issued_at.astimezone(UTC)
    return Invoice(
        draft.leg, draft.number, issued_at, fitted, tuple(totals), signature(draft), draft.exchange_rate
    )


def pay(order: Order, command: RecordPayment, at: datetime) -> tuple[Event, ...]:
    """A payment or its reversal, once per id; more than the invoice's gross is accepted (it is unallocated
    money)."""
    payment = command.payment
    same = next((each for each in order.payments if each.id == payment.id), None)
    if same == payment:
        return ()
    if same is not None:
        raise Refused("wrong-state", f"Payment {payment.id} is recorded with other content.")
    check_currency(command.currency, order, payment.leg)
    check_instant(payment.received_at, at, "received_at")
    if payment.kind not in PAYMENT_KINDS:
        raise Refused("invalid-parameter", f"kind is one of {', '.join(PAYMENT_KINDS)}.", pointer="/kind")
    if not 0 < payment.amount <= LARGEST_MINOR:
        raise Refused("invalid-amount", "The amount is positive, also that of a reversal.", pointer="/amount")
    if (invoiced := order.invoice(payment.leg, payment.invoice)) is None:
        raise Refused("unknown-invoice", f"The order has no invoice {payment.invoice}.", pointer="/invoice")
    if payment.kind == "reversal" and payment.amount > order.received(payment.leg, payment.invoice):
        raise Refused("invalid-amount", "No more can be returned than was received.", pointer="/amount")
    given_up = order.written_off(payment.leg, payment.invoice) + payment.written_off
    if not 0 <= given_up <= invoiced.gross:
        raise Refused(
            "invalid-amount", "That is more than there is to write off, or to take back.", pointer="/amount"
        )
    received = replace(payment, received_at=payment.received_at.astimezone(UTC))
    return (OrderPaid(payment.leg, (received,)),)


def activate(order: Order, command: RecordActivation, at: datetime) -> tuple[Event, ...]:
    """How many units are active; nothing when that is known, or when a newer report was recorded before."""
    line = known_line(order, command.line_no)
    check_instant(command.at, at, "at")
    if not 0 <= command.activated_quantity <= max(line.quantity, line.activated):
        detail = f"Of {line.quantity} units, not {command.activated_quantity} can be active."
        raise Refused("invalid-quantity", detail, pointer="/activated_quantity")
    if command.activated_quantity == line.activated or (line.activated_at and command.at < line.activated_at):
        return ()
    reported = command.at.astimezone(UTC)
    return (OrderActivated(line.line_no, command.activated_quantity, reported, command.source),)


def reduce(order: Order, command: ReduceQuantity) -> tuple[Event, ...]:
    """Units corrected without a note, so of those which some leg has not invoiced (DOMAIN: Orders)."""
    line = known_line(order, command.line_no)
    left = max(order.uninvoiced(leg, line.line_no) for leg in order.legs)
    if command.quantity < 1:
        raise Refused("invalid-quantity", "Reduce by at least one unit.")
    if command.quantity > left:
        detail = f"Line {line.line_no} has {left} units that are not invoiced."
        raise Refused("exceeds-creditable", detail, remaining=left)
    return (OrderQuantityReduced(line.line_no, command.quantity, command.case_ref),)


def known_line(order: Order, line_no: int) -> Line:
    line = order.line(line_no)
    if line is None:
        raise Refused("unknown-line", f"The order has no line {line_no}.", line_no=line_no)
    return line


def _remaining(order: Order, draft: InvoiceDraft) -> tuple[InvoiceLineDraft, ...]:
    """What the leg has not invoiced of each line (this invoice apart); if nothing is left, the whole
    order."""
    before = order.invoice(draft.leg, draft.number)
    own = {line.line_no: line.quantity for line in before.lines} if before else {}
    left = {
        line.line_no: min(line.quantity, order.uninvoiced(draft.leg, line.line_no) + own.get(line.line_no, 0))
        for line in order.lines
    }
    if not any(left.values()):
        left = {line.line_no: line.quantity for line in order.lines}
    return tuple(InvoiceLineDraft(line_no, quantity) for line_no, quantity in left.items() if quantity)


def _line(order: Order, leg: Leg, draft: InvoiceLineDraft) -> InvoiceLine:
    line = known_line(order, draft.line_no)
    if not 1 <= draft.quantity <= LARGEST_QUANTITY:
        raise Refused("invalid-quantity", f"Line {draft.line_no}: invoice at least one unit.")
    net = draft.net if draft.net is not None else _net(order, leg, line, draft.quantity)
    if not 0 <= net <= LARGEST_MINOR:
        raise Refused(
            "invalid-amount", f"Line {draft.line_no}: the net must not be negative, nor beyond reason."
        )
    category = line.tax_category if draft.category is None else draft.category
    return InvoiceLine(
        draft.line_no, draft.quantity, net, category, line.tax_rate if draft.rate is None else draft.rate
    )


def _net(order: Order, leg: Leg, line: Line, quantity: int) -> int:
    net = line.net(leg, order.currency_of(leg), quantity)
    if net is None:
        raise Refused("invalid-amount", f"Line {line.line_no} has no price on this leg: state its net.")
    return net


def _taxed(lines: list[InvoiceLine]) -> tuple[TaxTotal, ...]:
    """Tax per category and rate on the sum of the lines, not per line."""
    nets: dict[tuple[str, int], int] = {}
    for line in lines:
        nets[line.category, line.rate] = nets.get((line.category, line.rate), 0) + line.net
    return tuple(TaxTotal(category, rate, net, tax_of(net, rate)) for (category, rate), net in nets.items())


def _fitted(
    lines: list[InvoiceLine], totals: tuple[TaxTotal, ...], fixed: set[int]
) -> tuple[InvoiceLine, ...]:
    """The lines with nets that add up to the stated net of their rate; refuses ``tax-mismatch`` where they
    cannot."""
    stated = {(total.category, total.rate): total for total in totals}
    if len(stated) < len(totals) or set(stated) != {(line.category, line.rate) for line in lines}:
        raise Refused(
            "tax-mismatch", "State one total for each tax category and rate of the lines, and no other."
        )
    nets: dict[int, int] = {}
    for key, total in stated.items():
        nets |= _shared([line for line in lines if (line.category, line.rate) == key], total, fixed)
    return tuple(replace(line, net=nets[line.line_no]) for line in lines)


def _shared(lines: list[InvoiceLine], total: TaxTotal, fixed: set[int]) -> dict[int, int]:
    """Net per line: nets that were stated stay, the others share what is left of the stated net by their own
    nets."""
    if min(total.net, total.tax) < 0 or max(total.net, total.tax) > LARGEST_MINOR:
        raise Refused("invalid-amount", "Net and tax of an invoice must not be negative, nor beyond reason.")
    kept = {line.line_no: line.net for line in lines if line.line_no in fixed}
    open_lines = [line for line in lines if line.line_no not in fixed]
    left = total.net - sum(kept.values())
    if left == sum(line.net for line in open_lines):
        return kept | {line.line_no: line.net for line in open_lines}
    if left < 0 or not any(line.net for line in open_lines):
        raise Refused("tax-mismatch", "The lines do not add up to the net stated for their tax rate.")
    parts = split_minor(left, [line.net for line in open_lines])
    return kept | {line.line_no: part for line, part in zip(open_lines, parts, strict=True)}


def _excess(order: Order, stated: Invoice) -> tuple[Finding, ...]:
    """Lines of which the leg has invoiced more than is ordered, or than a correction left: recorded, with a
    finding."""
    others = tuple(i for i in order.invoices if (i.leg, i.number) != (stated.leg, stated.number))
    after = replace(order, invoices=(*others, stated))
    found = []
    for line in order.lines:
        billed = after.invoiced(stated.leg, line.line_no)
        if billed > line.quantity:
            text = f"{billed} units of line {line.line_no} are invoiced, but {line.quantity} are ordered."
            found.append(Finding("quantity-outlier", Severity.ADVISE, line.line_no, text, leg=stated.leg))
    return tuple(found)
