"""The invoice's ceiling and its tax: cumulative difference per invoice and rate, over what is credited, at
issue.

The last credit closes the invoice to the penny in any order, taxed per line or per total. DOMAIN: Money, Tax.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from partnerflow.credits.amounts import LegAmounts, LineAmount, add_up, nets_by_rate, plain_taxes
from partnerflow.credits.ceilings import InvoiceCeiling, RateCeiling
from partnerflow.money import format_minor, tax_of
from partnerflow.orders.model import Invoice, Leg, TaxTotal
from partnerflow.refusals import Refused


def invoice_ceiling(invoice: Invoice, reserved_net: int = 0) -> InvoiceCeiling:
    """From what the invoice states; ``reserved_net`` is what open cases hold on its leg when it arrives."""
    rates = tuple(RateCeiling(t.category, t.rate, t.net, t.tax) for t in invoice.tax_totals)
    net, tax = sum(r.limit_net for r in rates), sum(r.limit_tax for r in rates)
    return InvoiceCeiling(invoice.leg, invoice.number, net, tax, reserved_net=reserved_net, rates=rates)


def tax_for(rate: RateCeiling, net: int) -> int:
    """T - t if n + x = N, otherwise round(rate * (n + x)) - t, held between 0 and T - t."""
    left = rate.limit_tax - rate.credited_tax
    if rate.credited_net + net == rate.limit_net:
        return left
    return min(max(tax_of(rate.credited_net + net, rate.rate) - rate.credited_tax, 0), left)


def expected(rates: Sequence[RateCeiling], lines: Sequence[LineAmount]) -> LegAmounts:
    """What crediting ``lines`` now would come to; without ``rates`` (not invoiced yet) plain tax per rate.

    Refuses ``tax-mismatch`` for a rate the invoice does not state. Not refused for going over: ceilings do
    that.
    """
    if not rates:
        return add_up(lines, plain_taxes(lines))
    nets = nets_by_rate(lines).items()
    taxes = tuple(TaxTotal(c, rate, net, tax_for(_row(rates, c, rate), net)) for (c, rate), net in nets)
    return add_up(lines, taxes)


def reserve_invoice(ceiling: InvoiceCeiling, net: int, currency: str) -> InvoiceCeiling:
    """Hold ``net`` of the invoice, or refuse ``exceeds-creditable`` with what is left of it."""
    if net > ceiling.left_net:
        raise _exceeds(ceiling.leg, f"invoice {ceiling.number}", ceiling.left_net, currency)
    return replace(ceiling, reserved_net=ceiling.reserved_net + net)


def release_invoice(ceiling: InvoiceCeiling, net: int) -> InvoiceCeiling:
    """Give ``net`` of a reservation back; to trim, release the difference."""
    if not 0 <= net <= ceiling.reserved_net:
        raise ValueError(f"invoice {ceiling.number}: more given back than was held")
    return replace(ceiling, reserved_net=ceiling.reserved_net - net)


def credit_invoice(
    ceiling: InvoiceCeiling, lines: Sequence[LineAmount], currency: str
) -> tuple[InvoiceCeiling, LegAmounts]:
    """Turn what is reserved for ``lines`` into a credit and work out its tax; refuses
    ``exceeds-creditable``."""
    amounts = expected(ceiling.rates, lines)
    for row in amounts.taxes:
        rate = _row(ceiling.rates, row.category, row.rate)
        if row.net > rate.limit_net - rate.credited_net:
            what = f"invoice {ceiling.number} at this tax rate"
            raise _exceeds(ceiling.leg, what, rate.limit_net - rate.credited_net, currency)
    return _move(release_invoice(ceiling, amounts.net), amounts.taxes, 1), amounts


def credit_stated(ceiling: InvoiceCeiling, taxes: Sequence[TaxTotal], currency: str) -> InvoiceCeiling:
    """Turn what is reserved into a credit with the tax that another issuer's note states; refuses
    ``exceeds-creditable``."""
    for row in taxes:
        rate = _row(ceiling.rates, row.category, row.rate)
        left = rate.limit_net - rate.credited_net
        if row.net > left or row.tax > rate.limit_tax - rate.credited_tax:
            raise _exceeds(ceiling.leg, f"invoice {ceiling.number} at this tax rate", left, currency)
    return _move(release_invoice(ceiling, sum(row.net for row in taxes)), tuple(taxes), 1)


def void_invoice(ceiling: InvoiceCeiling, taxes: Iterable[TaxTotal]) -> InvoiceCeiling:
    """Reopen the net and tax per rate of a voided note; ValueError for what was never credited here."""
    return _move(ceiling, tuple(taxes), -1)


def _row(rates: Iterable[RateCeiling], category: str, rate: int) -> RateCeiling:
    for row in rates:
        if (row.category, row.rate) == (category, rate):
            return row
    raise Refused("tax-mismatch", "The line's tax category and rate are not on the invoice.")


def _move(ceiling: InvoiceCeiling, taxes: Sequence[TaxTotal], sign: int) -> InvoiceCeiling:
    moved = {(t.category, t.rate): t for t in taxes}
    if not moved.keys() <= {(r.category, r.rate) for r in ceiling.rates}:
        raise ValueError(f"invoice {ceiling.number}: a rate it does not state")
    rates = tuple(
        replace(r, credited_net=r.credited_net + sign * t.net, credited_tax=r.credited_tax + sign * t.tax)
        if (t := moved.get((r.category, r.rate)))
        else r
        for r in ceiling.rates
    )
    if any(r.credited_net < 0 or r.credited_tax < 0 for r in rates):
        raise ValueError(f"invoice {ceiling.number}: more reopened than was credited")
    net, tax = sum(r.credited_net for r in rates), sum(r.credited_tax for r in rates)
    return replace(ceiling, credited_net=net, credited_tax=tax, rates=rates)


def _exceeds(leg: Leg, what: str, left: int, currency: str) -> Refused:
    # No amount in an upstream sentence: a reseller may read it (API: remainders are left out for them).
    figure = f": {format_minor(left, currency)} {currency} net" if leg is Leg.DOWNSTREAM else " upstream"
    return Refused(
        "exceeds-creditable",
        f"There is less left to credit on {what}{figure}.",
        leg=leg.value,
        remaining={"amount": {"amount": format_minor(left, currency), "currency": currency}},
    )
