"""Orders, invoices and parties for tests of the credit arithmetic; amounts are minor units."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from partnerflow.credits.amounts import LineAmount
from partnerflow.credits.notes import Party
from partnerflow.money import tax_of
from partnerflow.orders.model import (
    Invoice,
    InvoiceLine,
    Leg,
    Line,
    Order,
    OrderStatus,
    Payment,
    TaxTotal,
)
from partnerflow.refusals import Refused

PLACED = datetime(2027, 1, 4, 9, 30, tzinfo=UTC)
TWENTY = 200_000
HARBOUR = Party("harbour", "Harbour IT", "GB1", ("1 Quay",), "GB")
MERIDIAN = Party("meridian", "Meridian", "GB2", ("2 Line",), "GB")
ARBOR = Party("arbor", "Arbor", "GB3", ("3 Wood",), "GB")


def a_line(
    line_no: int = 1,
    quantity: int = 50,
    price: int = 50_000_000,
    upstream: int | None = 44_000_000,
    rate: int = TWENTY,
) -> Line:
    return Line(line_no, "LIC-PRO", "Pro licence", quantity, price, "S", rate, upstream_price=upstream)


def an_order(*lines: Line, invoiced: bool = True, payments: Sequence[Payment] = ()) -> Order:
    return Order(
        id="o-1",
        number="D-8841",
        vendor="arbor",
        distributor="meridian",
        reseller="harbour",
        end_customer=None,
        po_number="H-2291",
        currency="GBP",
        placed_at=PLACED,
        received_at=PLACED,
        lines=lines or (a_line(),),
        status=OrderStatus.ACCEPTED,
        policy_version=1,
        entered_by="someone",
        entered_for="harbour",
        invoices=tuple(an_invoice(lines or (a_line(),), leg) for leg in Leg) if invoiced else (),
        payments=tuple(payments),
    )


def an_invoice(lines: Sequence[Line], leg: Leg = Leg.DOWNSTREAM, *, per_line: bool = False) -> Invoice:
    """The leg's invoice of ``lines``, taxed on the total per rate, or line by line."""
    rows = tuple(
        InvoiceLine(line.line_no, line.quantity, line.net(leg, "GBP") or 0, line.tax_category, line.tax_rate)
        for line in lines
    )
    totals = []
    for rate in dict.fromkeys(row.rate for row in rows):
        nets = [row.net for row in rows if row.rate == rate]
        tax = sum(tax_of(net, rate) for net in nets) if per_line else tax_of(sum(nets), rate)
        totals.append(TaxTotal("S", rate, sum(nets), tax))
    return Invoice(leg, f"{leg}-1", PLACED, rows, tuple(totals))


def a_payment(amount: int, kind: str = "payment") -> Payment:
    return Payment(f"p-{amount}-{kind}", Leg.DOWNSTREAM, "downstream-1", amount, PLACED, kind)


def amount_line(net: int, rate: int = TWENTY, line_no: int = 1) -> LineAmount:
    return LineAmount(line_no, 1, 1_000_000, net, "S", rate)


@contextmanager
def refused(code: str, **extra: object) -> Iterator[pytest.ExceptionInfo[Refused]]:
    """The block is refused with ``code`` and at least these extra members."""
    with pytest.raises(Refused) as caught:
        yield caught
    assert caught.value.code == code
    assert {name: caught.value.extra.get(name) for name in extra} == extra


def gbp(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "GBP"}
