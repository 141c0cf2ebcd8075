"""What is particular to a type of case: how it is asked for, what it credits, and what it bills again.

DOMAIN: Cases (types), Goodwill.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from partnerflow.cases import gifts
from partnerflow.cases.commands import OpenCase
from partnerflow.cases.model import Case, RequestedLine
from partnerflow.cases.terms import Terms
from partnerflow.cases.view import View
from partnerflow.credits.amounts import WantedLine
from partnerflow.credits.legs import Held
from partnerflow.credits.portions import Portion
from partnerflow.orders.model import Leg, Line
from partnerflow.policy.terms import CaseType
from partnerflow.refusals import Refused

BY_AMOUNT: Final = frozenset({CaseType.PRICE_CORRECTION, CaseType.GOODWILL})
"""Nothing is given back: what is wrong is an amount."""
JUDGED: Final = BY_AMOUNT | {CaseType.TAX_CORRECTION}
"""No rule of the policy gives these: the owner looks into it and proposes."""


def clause(kind: CaseType) -> str:
    """What a row cites that no rule of the policy is about."""
    return kind.value.replace("_", "-") if kind in JUDGED else "by-amount"


def complete(command: OpenCase, view: View) -> OpenCase:
    """With what the type leaves unsaid: every line of an order placed twice, and all of a line that is taxed wrongly.
    Refuses what the type does not go with."""
    _refuse_members(command)
    _refuse_unpriced(command, view)
    ceilings = view.lines[view.order.main_leg]
    if command.type is CaseType.DUPLICATE_ORDER and not command.lines:
        left = [RequestedLine(no, c.left_quantity) for no, c in sorted(ceilings.items()) if c.left_quantity]
        if not left:
            raise Refused("exceeds-creditable", "Nothing of the order is left.", remaining={"quantity": 0})
        return replace(command, lines=tuple(left))
    if command.type is not CaseType.TAX_CORRECTION:
        return command
    _refuse_right_tax(command, view)
    return replace(command, lines=tuple(_whole(asked, view) for asked in command.lines))


def _refuse_members(command: OpenCase) -> None:
    """What only one of the types says."""
    kind = command.type
    if (kind is CaseType.EXCHANGE) is not bool(command.wanted):
        raise Refused(
            "invalid-parameter",
            "An exchange says in wanted what is wanted instead; no other type does.",
            pointer="/wanted",
        )
    taxed = [row.tax is not None for row in command.lines]
    if not all(taxed) if kind is CaseType.TAX_CORRECTION else any(taxed):
        raise Refused(
            "invalid-parameter",
            "A tax correction says the right tax of every line; no other type does.",
            pointer="/lines",
        )
    if kind in BY_AMOUNT and any(row.amount is None for row in command.lines):
        raise Refused(
            "invalid-amount",
            "Ask for an amount: nothing is given back, so units are not what is wrong.",
            pointer="/lines",
        )
    if kind in JUDGED and command.exception:
        raise Refused(
            "invalid-parameter",
            "An exception is for units beyond what policy gives; this is looked into anyway.",
            pointer="/exception",
        )


def _refuse_unpriced(command: OpenCase, view: View) -> None:
    """An amount corrects an invoice; before there is one, the order is corrected. What is paid outside needs none, and
    is not settled against what is unpaid."""
    outside = gifts.given(command.type, view)
    if outside and command.settlement:
        said = "Goodwill is paid outside any credit note; there is no excess to give back."
        raise Refused("invalid-parameter", said, pointer="/settlement")
    if command.type in JUDGED and not outside and view.order.invoice_of(view.order.main_leg) is None:
        raise Refused("unknown-invoice", "Nothing is invoiced yet: correct the order.", pointer="/lines")


def _refuse_right_tax(command: OpenCase, view: View) -> None:
    if any(row.amount is not None for row in command.lines):
        raise Refused("invalid-quantity", "A tax correction credits its lines in full.", pointer="/lines")
    for leg in view.order.legs:
        if view.order.invoice_of(leg) is None:
            raise Refused("unknown-invoice", "Nothing is invoiced yet: correct the order.", pointer="/lines")
    for asked in command.lines:
        line = view.order.line(asked.line_no)
        if line and asked.tax and (asked.tax.category, asked.tax.rate) == (line.tax_category, line.tax_rate):
            raise Refused("tax-mismatch", f"Line {line.line_no} is taxed so already.", pointer="/lines")


def _whole(asked: RequestedLine, view: View) -> RequestedLine:
    ceiling = view.lines[view.order.main_leg].get(asked.line_no)
    if asked.quantity or ceiling is None:
        return asked
    return replace(asked, quantity=ceiling.left_quantity)


def marked(held: Held, kind: CaseType, view: View) -> Held:
    """A gift that an earlier release reserved stays what it is: outside any credit note, without VAT."""
    if not gifts.given(kind, view):
        return held
    return {leg: tuple(replace(row, outside=True) for row in rows) for leg, rows in held.items()}


def rebilled(lines: Iterable[RequestedLine], held: Held, view: View) -> tuple[WantedLine, ...]:
    """The same goods at the right tax: at the net they are credited at, so that only the tax differs."""
    found = []
    for asked in lines:
        line = view.order.line(asked.line_no)
        if line is not None and asked.tax is not None:
            found.append(_again(asked, line, held))
    return tuple(found)


def _again(asked: RequestedLine, line: Line, held: Held) -> WantedLine:
    assert asked.tax is not None
    net = {leg: sum(r.net for r in rows if r.line_no == line.line_no) for leg, rows in held.items()}
    return WantedLine(
        line.sku,
        line.description,
        asked.quantity,
        line.unit_price,
        line.upstream_price,
        asked.tax.category,
        asked.tax.rate,
        replaces=line.line_no,
        net=net.get(Leg.DOWNSTREAM),
        upstream_net=net.get(Leg.UPSTREAM),
    )


def refuse_part(case: Case, portions: Sequence[Portion], terms: Terms) -> None:
    """A wrong tax is put right in full or not at all: the rebill is for what is credited. Where nothing is given back,
    an amount is proposed."""
    if case.type in BY_AMOUNT and any(portion.amount is None for portion in portions):
        raise Refused("invalid-amount", "Nothing is given back here: propose an amount.", pointer="/lines")
    if case.type is not CaseType.TAX_CORRECTION:
        return
    asked = {row.line_no: row.quantity for row in case.lines}
    given: dict[int, int] = {}
    for portion in portions:
        given[portion.line_no] = given.get(portion.line_no, 0) + portion.quantity
    whole = all(portion.amount is None and portion.of_price == 1 for portion in portions)
    if not whole or given != asked or terms.fault or terms.fees:
        raise Refused(
            "invalid-parameter",
            "A tax correction credits its lines in full and bills them again: approve or decline it.",
            pointer="/lines",
        )
