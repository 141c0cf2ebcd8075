"""The money of a case on one leg: asked, granted, credited, rebilled, and what that means for the bill.

Net, tax and gross are texts of the currency named above them; what is a single amount names its currency itself.
DOMAIN: Money (Identity), Exchange.
"""

from dataclasses import dataclass, replace
from typing import Any

from api.schemas.shown.plain import figures, money, of_leg
from partnerflow.cases.granted import FRUITLESS, approved, granted_now
from partnerflow.cases.model import Case, Issued, LegShown
from partnerflow.cases.view import View
from partnerflow.credits.amounts import LegAmounts, LineAmount, add_up, plain_taxes
from partnerflow.credits.notes import Allocation
from partnerflow.credits.settlement import Settlement, settle_at_issue, still_to_pay
from partnerflow.credits.taxes import expected
from partnerflow.imports.corrections import ORIGIN as IMPORTED
from partnerflow.money import WHOLE
from partnerflow.orders.model import Leg
from partnerflow.refusals import Refused

NOTHING = Allocation(0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Sums:
    net: int
    tax: int

    @property
    def gross(self) -> int:
        return self.net + self.tax


def of_case(case: Case, view: View, *, upstream: bool, inside: bool) -> dict[str, Any]:
    """``amounts`` and, for readers who may see it, ``amounts_upstream``.

    ``inside``: the operator's own people see a proposal that a step has lowered before it is granted.
    """
    shown = {"amounts": _leg(case, view, case.main_leg, inside=inside)}
    if upstream and len(case.legs) > 1:
        shown["amounts_upstream"] = _leg(case, view, Leg.UPSTREAM, inside=inside)
    return shown


def brief(case: Case, *, upstream: bool) -> dict[str, Any]:
    """What a list shows of the money: no ceilings are read for it."""
    shown = {"amounts": _brief(case, case.main_leg)}
    if upstream and len(case.legs) > 1:
        shown["amounts_upstream"] = _brief(case, Leg.UPSTREAM)
    return shown


def _brief(case: Case, leg: Leg) -> dict[str, Any]:
    put = _of(case.proposal.legs, leg) if case.proposal else None
    current = put or _of(case.requested, leg)
    rebill = current.rebill if current else None
    currency = case.currency_of(leg)
    return {
        "currency": currency,
        "requested": _figures(_of(case.requested, leg), currency),
        "proposed": _figures(put, currency),
        "approved": _approved(case, leg),
        "rebill": of_leg(rebill, currency) if rebill else None,
        "bill_falls_by": _falls(Sums(current.credit.net, current.credit.tax), _sums(rebill), currency)
        if current
        else None,
    }


def _approved(case: Case, leg: Leg) -> dict[str, str] | None:
    """Everything granted so far; after an appeal of two rounds together."""
    found = approved(case, leg)
    return figures(*found, case.currency_of(leg)) if found else None


def _leg(case: Case, view: View, leg: Leg, *, inside: bool) -> dict[str, Any]:
    currency = case.currency_of(leg)
    put = _of(case.proposal.legs, leg) if case.proposal and (inside or granted_now(case)) else None
    current = _current(case, put or _of(case.appeal.requested if case.appeal else case.requested, leg))
    notes = [d for d in case.credit_notes if d.leg is leg]
    rebills = [d for d in case.issued if d.leg is leg and d.kind == "rebill"]
    paid = sum(each.amount for each in case.goodwill if each.leg is leg)
    credit = _issued(notes) or (Sums(paid, 0) if paid else None) or _expected(case, leg, current)
    rebill = _issued(rebills) or _sums(current.rebill if current else None)
    allocation = _allocation(case, view, leg, credit, notes)
    before = view.unpaid(leg) + (allocation.unpaid_reduced if notes and allocation else 0)
    left = still_to_pay(before, allocation or NOTHING, rebill.gross if rebill else 0)
    # A correction made elsewhere was credited there, as it was asked: no note of ours shows it.
    done = credit if notes or paid or case.origin == IMPORTED else None
    return {
        "currency": currency,
        "requested": _figures(_of(case.requested, leg), currency),
        "approved": _approved(case, leg),
        "credited": figures(done.net, done.tax, currency) if done else None,
        **({"restocking_fees": fees} if (fees := _fees(current, currency)) else {}),
        "rebill": figures(rebill.net, rebill.tax, currency) if rebill else None,
        "bill_falls_by": _falls(credit, rebill, currency) if credit else None,
        "settlement": _settlement(credit, allocation, currency),
        "still_to_pay": money(left, currency),
        "left_to_credit": left_to_credit(case, view, leg),
    }


def left_to_credit(case: Case, view: View, leg: Leg) -> dict[str, Any]:
    """What the case's lines still have: the net as the amount, with the tax it would bring."""
    asked = {line.line_no for line in case.lines}
    rows = [
        LineAmount(c.line_no, c.left_quantity, WHOLE, c.left_net, line.tax_category, line.tax_rate)
        for c in view.lines.get(leg, {}).values()
        if c.line_no in asked and (line := view.order.line(c.line_no))
    ]
    try:
        left = expected(view.rates(leg), rows)
    except Refused:  # a line that this invoice does not have
        left = add_up(rows, plain_taxes(rows))
    currency = case.currency_of(leg)
    return money(left.net, currency) | of_leg(left, currency)


def _expected(case: Case, leg: Leg, current: LegShown | None) -> Sums | None:
    """What is granted, else what is asked or proposed now; of a closed case what was granted alone."""
    found = approved(case, leg) if granted_now(case) or not case.open else None
    if found and case.outcome not in FRUITLESS:
        return Sums(*found)
    return Sums(current.credit.net, current.credit.tax) if current else None


def _current(case: Case, shown: LegShown | None) -> LegShown | None:
    """What is asked or granted; nothing once the case ended without a credit."""
    return None if case.outcome in FRUITLESS else shown


def _allocation(
    case: Case, view: View, leg: Leg, credit: Sums | None, notes: list[Issued]
) -> Allocation | None:
    """Where the gross went, or would go now; None where there is no credit, nothing where nothing is invoiced."""
    parts = [note.allocation for note in notes if note.allocation]
    if parts:
        return Allocation(
            sum(p.unpaid_reduced for p in parts),
            sum(p.refund for p in parts),
            sum(p.account_credit for p in parts),
            sum(p.settled_outside for p in parts),
        )
    if credit is None or case.origin == IMPORTED:  # how it was settled elsewhere is in the ledger alone
        return None
    if case.outside_notes:
        return Allocation(0, 0, credit.gross, 0)
    if leg not in view.invoices:
        return NOTHING
    asked = case.settlement if leg is case.main_leg else None
    return settle_at_issue(credit.gross, view.unpaid(leg), asked or Settlement()).allocation


def _settlement(credit: Sums | None, allocation: Allocation | None, currency: str) -> dict[str, Any] | None:
    if credit is None or allocation is None:
        return None
    excess = allocation.refund + allocation.account_credit + allocation.settled_outside
    return {
        "unpaid_reduced": money(allocation.unpaid_reduced, currency),
        "excess": money(excess, currency),
        "refund": money(allocation.refund, currency),
        "account_credit": money(allocation.account_credit, currency),
        "settled_outside": money(allocation.settled_outside, currency),
    }


def _falls(credit: Sums, rebill: Sums | None, currency: str) -> dict[str, Any]:
    """Gross as the amount: what the customer's bill falls by; negative when the right item costs more."""
    other = rebill or Sums(0, 0)
    net, tax = credit.net - other.net, credit.tax - other.tax
    return money(net + tax, currency) | figures(net, tax, currency)


def _of(legs: tuple[LegShown, ...], leg: Leg) -> LegShown | None:
    return next((each for each in legs if each.leg is leg), None)


def _fees(shown: LegShown | None, currency: str) -> dict[str, str] | None:
    """What is kept of the credit, taxed at its rate: the figures of the credit are without it."""
    rows = [row for row in shown.credit.lines if row.fee] if shown else []
    tax = sum(row.tax for row in plain_taxes([replace(row, net=row.fee) for row in rows]))
    return figures(sum(row.fee for row in rows), tax, currency) if rows else None


def _figures(shown: LegShown | None, currency: str) -> dict[str, str] | None:
    return of_leg(shown.credit, currency) if shown else None


def _sums(amounts: LegAmounts | None) -> Sums | None:
    return Sums(amounts.net, amounts.tax) if amounts else None


def _issued(documents: list[Issued]) -> Sums | None:
    if not documents:
        return None
    return Sums(sum(d.net for d in documents), sum(d.tax for d in documents))
