"""What is proposed and decided on a case, as it is sent; each schema beside what it becomes.

Amounts come with their currency; the commands carry minor units (``cases.amounts`` compares them first).
"""

from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from api.schemas.cases import ONE_OF_TWO
from api.schemas.faults import Fault
from api.schemas.fields import (
    Body,
    Choice,
    Flag,
    Money,
    Name,
    Percent,
    Quantity,
    Several,
    Text,
    Whole,
    lines,
)
from partnerflow.cases import commands as c
from partnerflow.cases.terms import Terms
from partnerflow.credits.fees import Fee
from partnerflow.credits.passing import FaultShare
from partnerflow.credits.portions import Portion
from partnerflow.money import WHOLE, TermPart
from partnerflow.policy.terms import DeclineReason, ProrationUnit, RootCause

LONGEST_TERM = 1_000_000
"""Units of a term that somebody states a part of: a hundred years have fewer hours."""


class TermPartBody(Body):
    """What is left of a term, such as 116 of 365 days."""

    left = Whole(low=0, high=LONGEST_TERM, required=True)
    of = Whole(high=LONGEST_TERM, required=True)
    unit = Choice(ProrationUnit, load_default="")

    @validates_schema(skip_on_field_errors=True)
    def no_more_than_all(self, data: dict[str, Any], **_: Any) -> None:
        if data["left"] > data["of"]:
            raise ValidationError(
                {"left": [Fault("invalid-amount", "No more of a term is left than it has.")]}
            )


class PortionBody(Body):
    """Units at a percent, of a ``part`` of their term where that comes back; or an amount."""

    line_no = Whole(high=1_000_000, required=True)
    quantity = Quantity(load_default=None)
    percent = Percent(load_default=None)
    part = fields.Nested(TermPartBody, load_default=None, allow_none=True)
    amount = Money(load_default=None)
    convert = Flag(load_default=False)

    @validates_schema(skip_on_field_errors=True)
    def something(self, data: dict[str, Any], **_: Any) -> None:
        if data["quantity"] is None and data["amount"] is None:
            raise ValidationError({"quantity": [Fault("invalid-quantity", ONE_OF_TWO)]})
        if data["percent"] is not None and data["amount"] is not None:
            raise ValidationError({"percent": [Fault("invalid-parameter", "Give a percent or an amount.")]})
        if data["part"] is not None and data["amount"] is not None:
            raise ValidationError(
                {"part": [Fault("invalid-parameter", "Give a part of the term or an amount.")]}
            )


class FaultShareBody(Body):
    """Percents that add up to 100. The lines are then what is due before the reseller's own share is taken off."""

    vendor = Percent(required=True)
    distributor = Percent(required=True)
    reseller = Percent(required=True)

    @validates_schema(skip_on_field_errors=True)
    def whole(self, data: dict[str, Any], **_: Any) -> None:
        if sum(data.values()) != WHOLE:
            raise ValidationError(
                {"reseller": [Fault("invalid-amount", "The fault shares add up to 100 percent.")]}
            )


class FeeBody(Body):
    """A restocking fee, net, kept of what the line is credited."""

    line_no = Whole(high=1_000_000, required=True)
    amount = Money(required=True)


class ProposeBody(Body):
    """``lines`` without ``fees``, which come off what they give."""

    fees = lines(FeeBody, load_default=None, allow_none=True)
    fault_share = fields.Nested(FaultShareBody, load_default=None, allow_none=True)
    lines = lines(PortionBody, required=True)
    facts = Several(Name(), high=1_000, load_default=list)
    clause = Name(required=True)
    text = Text(required=True, missing="reason-required")
    root_cause = Choice(RootCause, load_default=None, allow_none=True)


HANDING_ON = ("pass_on", "redirect")
DECISIONS = ("approve", "approve_partial", "decline", "ask", *HANDING_ON)
NEEDS = {"decline": ("text", "reason_code"), "ask": ("text",), "redirect": ("text",)}
"""What a decision does not go without."""


class DecisionBody(Body):
    """One person's answer in a step."""

    decision = Choice(DECISIONS, required=True)
    lines = lines(PortionBody, load_default=None)
    amount = Money(load_default=None)
    convert = Flag(load_default=False)
    reason_code = Choice(DeclineReason, load_default=None, allow_none=True)
    text = Text(load_default=None, allow_none=True, missing="reason-required")
    to = Name(load_default=None, allow_none=True)
    facts = Several(Name(), high=1_000, load_default=list)

    @validates_schema(skip_on_field_errors=True)
    def handed_on(self, data: dict[str, Any], **_: Any) -> None:
        if (data["decision"] in HANDING_ON) is (data["to"] is None):
            said = "pass_on names a colleague and redirect a department in to; no other decision does."
            raise ValidationError({"to": [Fault("invalid-parameter", said)]})

    @validates_schema(skip_on_field_errors=True)
    def complete(self, data: dict[str, Any], **_: Any) -> None:
        missing = [name for name in NEEDS.get(data["decision"], ()) if not data[name]]
        if missing:
            raise ValidationError(
                {n: [Fault("reason-required", "Say why: the partner reads it.")] for n in missing}
            )
        given = [name for name in ("lines", "amount") if data[name] is not None]
        if data["decision"] == "approve_partial" and len(given) != 1:
            raise ValidationError(
                {"lines": [Fault("invalid-parameter", "Say what you approve: lines, or one amount.")]}
            )
        if data["decision"] != "approve_partial" and given:
            said = "Only approve_partial says how much; approve grants exactly what is shown."
            raise ValidationError({name: [Fault("invalid-parameter", said)] for name in given})


def proposal(sent: dict[str, Any], version: int) -> c.Propose:
    rows = tuple(_portion(row) for row in sent["lines"])
    facts = tuple(sent["facts"])
    return c.Propose(rows, sent["clause"], sent["text"], sent["root_cause"], version, facts, _terms(sent))


def _terms(sent: dict[str, Any]) -> Terms:
    fees = tuple(Fee(row["line_no"], row["amount"].minor) for row in sent["fees"] or ())
    return Terms(FaultShare(**sent["fault_share"]) if sent["fault_share"] else None, fees)


def decision(step: str, sent: dict[str, Any], version: str) -> c.DecideStep:
    return c.DecideStep(
        step=step,
        decision=sent["decision"],
        version=version,
        text=sent["text"],
        reason_code=sent["reason_code"],
        portions=tuple(_portion(row, convert=sent["convert"]) for row in sent["lines"] or ()),
        amount=sent["amount"].minor if sent["amount"] else None,
        convert=sent["convert"],
        to=sent["to"],
        facts=tuple(sent["facts"]),
    )


def _portion(row: dict[str, Any], *, convert: bool = False) -> Portion:
    amount = row["amount"].minor if row["amount"] else None
    percent = WHOLE if row["percent"] is None else row["percent"]
    part = TermPart(**row["part"]) if row["part"] else None
    return Portion(
        row["line_no"], row["quantity"] or 0, percent, amount, row["convert"] or convert, part=part
    )
