"""Cases and what is said and done on them, as they are sent; each schema beside what it becomes.

Amounts come with their currency; the commands carry minor units, so ``amounts`` lists what has to be compared with
the record's currency first.
"""

from collections.abc import Iterator
from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from api.schemas.faults import Fault
from api.schemas.fields import (
    Body,
    Choice,
    Flag,
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
from partnerflow.cases import commands as c
from partnerflow.cases.model import ExceptionAsked, ExceptionLine, RequestedLine
from partnerflow.cases.terms import RightTax
from partnerflow.credits.settlement import Settlement
from partnerflow.money import Money as Amount
from partnerflow.policy.terms import CaseType, Reason, RootCause

LONGEST_TERM = 1_000_000
"""Units of a term that somebody states a part of: a hundred years have fewer hours."""
ONE_OF_TWO = "Give either units or an amount."


class RightTaxBody(Body):
    """What a line should have been taxed at: the category as in EN 16931, the rate in percent."""

    category = Name(longest=4, required=True)
    rate = Percent(required=True)


class AskedLineBody(Body):
    """Units or an amount. A tax correction says the right ``tax`` of the line, all of which is billed again."""

    line_no = Whole(high=1_000_000, required=True)
    quantity = Quantity(load_default=None)
    amount = Money(load_default=None)
    convert = Flag(load_default=False)
    tax = fields.Nested(RightTaxBody, load_default=None, allow_none=True)

    @validates_schema(skip_on_field_errors=True)
    def either(self, data: dict[str, Any], **_: Any) -> None:
        given = [name for name in ("quantity", "amount") if data[name] is not None]
        if len(given) != 1 and not (data["tax"] and not given):
            raise ValidationError({"quantity": [Fault("invalid-quantity", ONE_OF_TWO)]})


class WantedLineBody(Body):
    sku = Name(required=True)
    quantity = Quantity(required=True)
    unit_price = UnitPrice(load_default=None, allow_none=True)
    upstream_unit_price = UnitPrice(load_default=None, allow_none=True)


class WantedBody(Body):
    lines = lines(WantedLineBody, required=True)


class ExceptionLineBody(Body):
    line_no = Whole(high=1_000_000, required=True)
    quantity = Quantity(required=True)
    percent = Percent(required=True)


class ExceptionBody(Body):
    justification = Text(required=True, missing="reason-required")
    lines = lines(ExceptionLineBody, required=True)
    attachments = Several(Name(), high=50, load_default=list)


class SettlementBody(Body):
    refund = Money(zero=True, load_default=None, allow_none=True)
    account_credit = Money(zero=True, load_default=None, allow_none=True)
    settled_outside = Money(zero=True, load_default=None, allow_none=True)


class CaseBody(Body):
    """A request to put an order right. ``lines`` left out of a ``duplicate_order`` are all of the order."""

    order_id = Name(required=True)
    type = Choice(CaseType, required=True)
    reason = Choice(Reason, required=True)
    lines = lines(AskedLineBody, load_default=None)
    wanted = fields.Nested(WantedBody, load_default=None, allow_none=True)
    description = Text(required=True)
    exception = fields.Nested(ExceptionBody, load_default=None, allow_none=True)
    settlement = fields.Nested(SettlementBody, load_default=None, allow_none=True)
    on_behalf_of = Name(load_default=None, allow_none=True)

    @validates_schema(skip_on_field_errors=True)
    def some_lines(self, data: dict[str, Any], **_: Any) -> None:
        if data["lines"] is None and data["type"] != CaseType.DUPLICATE_ORDER:
            raise ValidationError({"lines": [Fault("line-count", "Missing data for required field.")]})


UPSTREAM = ("wanted.lines.upstream_unit_price",)


class NoteBody(Body):
    text = Text(required=True)
    visibility = Choice(("public", "internal"), load_default="public")


class ReasonBody(Body):
    reason = Text(required=True, missing="reason-required")


class QuestionBody(Body):
    text = Text(required=True, missing="reason-required")


class AnswerBody(Body):
    question = Name(required=True)
    text = Text(required=True)


class PassThroughBody(Body):
    how = Choice(("account_credit", "refund", "offset"), required=True)
    reference = Name(required=True)
    at = Instant(required=True)


class CloseBody(Body):
    root_cause = Choice(RootCause, required=True)
    duplicate_of = Name(load_default=None, allow_none=True)


def opening(sent: dict[str, Any]) -> c.OpenCase:
    settlement = sent["settlement"]
    return c.OpenCase(
        order_id=sent["order_id"],
        type=CaseType(sent["type"]),
        reason=Reason(sent["reason"]),
        lines=tuple(_asked(row) for row in sent["lines"] or ()),
        description=sent["description"],
        wanted=tuple(c.WantedAsked(**row) for row in sent["wanted"]["lines"]) if sent["wanted"] else (),
        exception=exception(sent["exception"]) if sent["exception"] else None,
        settlement=_settlement(settlement) if settlement else None,
        on_behalf_of=sent["on_behalf_of"],
    )


def amounts(sent: dict[str, Any]) -> Iterator[Amount]:
    """Every amount of a case, a proposal or a decision."""
    parts = [row["amount"] for name in ("lines", "fees") for row in sent.get(name) or ()]
    parts += [sent.get("amount"), *(sent.get("settlement") or {}).values()]
    return (part for part in parts if part is not None)


def _asked(row: dict[str, Any]) -> RequestedLine:
    amount = row["amount"].minor if row["amount"] else None
    tax = RightTax(**row["tax"]) if row["tax"] else None
    return RequestedLine(row["line_no"], row["quantity"] or 0, amount, row["convert"], tax)


def exception(sent: dict[str, Any]) -> ExceptionAsked:
    rows = tuple(ExceptionLine(**row) for row in sent["lines"])
    return ExceptionAsked(sent["justification"], rows, attachments=tuple(sent["attachments"]))


def _settlement(sent: dict[str, Any]) -> Settlement:
    return Settlement(**{name: part.minor if part else None for name, part in sent.items()})
