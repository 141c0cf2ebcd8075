"""Rows of an upload: the single bodies of the API, and what each becomes once it is read."""

from typing import Any, Final

from marshmallow import Schema

from api.schemas.faults import fault
from api.schemas.fields import Body, Instant, Name, Quantity, Query, UnitPrice, lines
from api.schemas.orders import UPSTREAM, InvoiceBody, OrderBody, draft, invoice
from api.schemas.queries import Word
from partnerflow.imports.staged import (
    CANCELLATIONS,
    INVOICES,
    KINDS,
    LATER,
    ORDERS,
    CorrectionRow,
    InvoiceRow,
    ReturnedLine,
)
from partnerflow.store.orders import order_id


class Kind(Word):
    """What the rows are; kinds of later releases are named with what this one takes."""

    def read(self, value: Any) -> str:
        if value in LATER:
            raise fault(self.code, f"{value} cannot be imported yet; import {', '.join(KINDS)}.")
        return super().read(value)


class InvoiceRowBody(InvoiceBody):
    """An invoice, and the order it is of: ``order_id``, or the order's number at its ``distributor``."""

    number = Name(longest=100, required=True)
    order_id = Name(load_default=None, allow_none=True)
    order_number = Name(longest=100, load_default=None, allow_none=True)
    distributor = Name(load_default=None, allow_none=True)


class ReturnedLineBody(Body):
    sku = Name(required=True)
    quantity = Quantity(required=True)
    unit_price = UnitPrice(load_default=None, allow_none=True)


class CancellationBody(Body):
    """A correction made elsewhere under its own number; without ``order_number`` the newest lines that fit."""

    number = Name(longest=100, required=True)
    distributor = Name(load_default=None, allow_none=True)
    reseller = Name(required=True)
    issued_at = Instant(required=True)
    order_number = Name(longest=100, load_default=None, allow_none=True)
    lines = lines(ReturnedLineBody, required=True)


class ImportQuery(Query):
    kind = Kind((*KINDS, *LATER), required=True)


WHOLE: Final = frozenset({"line_no", "quantity", "activated_quantity", "term_months", "base_line"})
"""Members that are whole numbers, which a CSV can only write as text."""


def body_of(kind: str, *, sees_upstream: bool) -> Schema:
    if kind == ORDERS:
        return OrderBody(exclude=() if sees_upstream else UPSTREAM)
    return InvoiceRowBody() if kind == INVOICES else CancellationBody()


def read_row(kind: str, sent: dict[str, Any], organisation: str) -> Any:
    """What is staged. Refused and marshmallow's ValidationError say what is wrong with it."""
    if kind == ORDERS:
        return draft(sent)
    seller = sent["distributor"] or organisation
    if kind == INVOICES:
        if (sent["order_id"] is None) is (sent["order_number"] is None):
            raise fault("invalid-parameter", "Name the order by order_id or by order_number.")
        found = sent["order_id"] or order_id(seller, sent["order_number"])
        return InvoiceRow(found, invoice(sent["number"], sent))
    assert kind == CANCELLATIONS
    rows = tuple(ReturnedLine(**line) for line in sent["lines"])
    return CorrectionRow(
        sent["number"], seller, sent["reseller"], sent["issued_at"], rows, sent["order_number"]
    )
