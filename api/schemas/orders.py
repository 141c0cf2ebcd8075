"""Orders, invoices, payments and activations as they are sent; each schema beside what it becomes."""

from collections.abc import Iterable
from typing import Any

from marshmallow import fields

from api.schemas.fields import (
    Body,
    Choice,
    Instant,
    Money,
    Name,
    Percent,
    Quantity,
    Several,
    Text,
    UnitPrice,
    Whole,
    lines,
)
from partnerflow.money import Money as Amount
from partnerflow.money import decimals
from partnerflow.orders.commands import (
    InvoiceDraft,
    InvoiceLineDraft,
    OrderDraft,
    RecordActivation,
    RecordInvoice,
    RecordPayment,
)
from partnerflow.orders.invoicing import PAYMENT_KINDS
from partnerflow.orders.model import EndCustomer, Leg, Licence, Line, Payment, TaxTotal
from partnerflow.policy.terms import Purchase
from partnerflow.refusals import Refused


class LicenceBody(Body):
    edition = Name(load_default=None, allow_none=True)
    metric = Name(load_default=None, allow_none=True)
    term_months = Whole(low=1, high=1200, load_default=None, allow_none=True)
    segment = Name(load_default=None, allow_none=True)
    region = Name(load_default=None, allow_none=True)


class LineBody(Body):
    line_no = Whole(high=1_000_000, required=True)
    sku = Name(required=True)
    description = Name(longest=1_000, blank=True, load_default="")
    quantity = Quantity(required=True)
    unit_price = UnitPrice(required=True)
    upstream_unit_price = UnitPrice(load_default=None, allow_none=True)
    tax_category = Name(longest=4, required=True)
    tax_rate = Percent(required=True)
    activated_quantity = Quantity(low=0, load_default=0)
    licence = fields.Nested(LicenceBody, load_default=None, allow_none=True)
    purchase = Choice(Purchase, load_default=None, allow_none=True)
    base_order = Name(longest=100, load_default=None, allow_none=True)
    base_line = Whole(high=1_000_000, load_default=None, allow_none=True)


class EndCustomerBody(Body):
    code = Name(required=True)
    name = Name(load_default="", blank=True)


class OrderBody(Body):
    """An order; ``upstream_unit_price`` only from those who may see it, in ``upstream_currency`` (by default the
    order's)."""

    number = Name(longest=100, required=True)
    po_number = Name(load_default=None, allow_none=True)
    vendor = Name(load_default=None, allow_none=True)
    distributor = Name(load_default=None, allow_none=True)
    reseller = Name(load_default=None, allow_none=True)
    end_customer = fields.Nested(EndCustomerBody, load_default=None, allow_none=True)
    currency = Name(required=True)
    upstream_currency = Name(load_default=None, allow_none=True)
    placed_at = Instant(required=True)
    lines = lines(LineBody, required=True)


class CorrectBody(Body):
    lines = lines(LineBody, required=True)


class AcknowledgeBody(Body):
    findings = Several(Name(), low=1, high=100, required=True)
    text = Text(required=True, missing="reason-required")


class CancelBody(Body):
    reason = Text(blank=True, load_default="")


class InvoiceLineBody(Body):
    line_no = Whole(high=1_000_000, required=True)
    quantity = Quantity(required=True)
    net = Money(zero=True, load_default=None, allow_none=True)
    category = Name(longest=4, load_default=None, allow_none=True)
    rate = Percent(load_default=None, allow_none=True)


class TaxTotalBody(Body):
    category = Name(longest=4, required=True)
    rate = Percent(required=True)
    net = Money(zero=True, required=True)
    tax = Money(zero=True, required=True)


class InvoiceBody(Body):
    leg = Choice(Leg, required=True)
    issued_at = Instant(required=True)
    exchange_rate = UnitPrice(load_default=None, allow_none=True)
    lines = lines(InvoiceLineBody, load_default=None, allow_none=True)
    tax_totals = Several(
        fields.Nested(TaxTotalBody), low=1, high=1_000, code="line-count", load_default=None, allow_none=True
    )


class PaymentBody(Body):
    leg = Choice(Leg, required=True)
    invoice = Name(required=True)
    amount = Money(required=True)
    received_at = Instant(required=True)
    kind = Choice(PAYMENT_KINDS, load_default="payment")


class ActivationBody(Body):
    line_no = Whole(high=1_000_000, required=True)
    activated_quantity = Quantity(low=0, required=True)
    at = Instant(required=True)
    source = Name(required=True)


UPSTREAM_OF_LINES = ("lines.upstream_unit_price",)
UPSTREAM = (*UPSTREAM_OF_LINES, "upstream_currency")
"""What a reseller does not send of an order, or of lines alone: for them the member does not exist."""


def line(sent: dict[str, Any]) -> Line:
    licence = sent["licence"]
    return Line(
        line_no=sent["line_no"],
        sku=sent["sku"],
        description=sent["description"],
        quantity=sent["quantity"],
        unit_price=sent["unit_price"],
        tax_category=sent["tax_category"],
        tax_rate=sent["tax_rate"],
        upstream_price=sent.get("upstream_unit_price"),
        activated=sent["activated_quantity"],
        licence=Licence(**licence) if licence else None,
        purchase=_purchase(sent["purchase"]),
        base_order=sent["base_order"],
        base_line=sent["base_line"] if sent["base_order"] else None,
    )


def _purchase(sent: str | None) -> Purchase | None:
    """A new purchase is what a line is that says nothing: the same content, however it is written."""
    return None if sent in (None, Purchase.NEW) else Purchase(sent)


def draft(sent: dict[str, Any]) -> OrderDraft:
    """Refuses a currency that is none: everything after reads amounts in it."""
    decimals(sent["currency"])
    customer = sent["end_customer"]
    return OrderDraft(
        number=sent["number"].strip(),
        vendor=sent["vendor"],
        distributor=sent["distributor"],
        reseller=sent["reseller"],
        end_customer=EndCustomer(**customer) if customer else None,
        po_number=sent["po_number"],
        currency=sent["currency"],
        placed_at=sent["placed_at"],
        lines=tuple(line(each) for each in sent["lines"]),
        upstream_currency=_other(sent.get("upstream_currency"), sent["currency"]),
    )


def _other(upstream: str | None, own: str) -> str | None:
    """Only a currency that differs is stated; refuses what is none."""
    if upstream is not None:
        decimals(upstream)
    return None if upstream == own else upstream


def invoice(number: str, sent: dict[str, Any]) -> RecordInvoice:
    rows, totals = sent["lines"], sent["tax_totals"]
    amounts = [row["net"] for row in rows or () if row["net"]]
    amounts += [each for total in totals or () for each in (total["net"], total["tax"])]
    stated = InvoiceDraft(
        leg=Leg(sent["leg"]),
        number=number,
        issued_at=sent["issued_at"],
        lines=None if rows is None else tuple(_invoice_line(row) for row in rows),
        tax_totals=None if totals is None else tuple(_tax_total(total) for total in totals),
        exchange_rate=sent["exchange_rate"] or None,
    )
    return RecordInvoice(stated, one_currency(amounts))


def payment(payment_id: str, sent: dict[str, Any]) -> RecordPayment:
    amount: Amount = sent["amount"]
    received = Payment(
        id=payment_id,
        leg=Leg(sent["leg"]),
        invoice=sent["invoice"],
        amount=amount.minor,
        received_at=sent["received_at"],
        kind=sent["kind"],
    )
    return RecordPayment(received, amount.currency)


def activation(sent: dict[str, Any]) -> RecordActivation:
    return RecordActivation(sent["line_no"], sent["activated_quantity"], sent["at"], sent["source"])


def one_currency(amounts: Iterable[Amount]) -> str | None:
    """The currency all amounts of a body share; refuses ``invalid-currency`` for a mixture."""
    found = {amount.currency for amount in amounts}
    if len(found) > 1:
        raise Refused(
            "invalid-currency", f"One document has one currency, not {' and '.join(sorted(found))}."
        )
    return next(iter(found), None)


def _invoice_line(row: dict[str, Any]) -> InvoiceLineDraft:
    net = row["net"].minor if row["net"] else None
    return InvoiceLineDraft(row["line_no"], row["quantity"], net, row["category"], row["rate"])


def _tax_total(total: dict[str, Any]) -> TaxTotal:
    return TaxTotal(total["category"], total["rate"], total["net"].minor, total["tax"].minor)
