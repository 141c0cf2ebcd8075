"""Where the gross of a credit goes: first it lowers what is unpaid, the rest is given back as asked, exactly.

Amounts are gross minor units of one leg. DOMAIN: Identity.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from partnerflow.credits.ceilings import PaymentCeiling
from partnerflow.credits.notes import Allocation
from partnerflow.money import format_minor
from partnerflow.orders.model import Invoice, Payment
from partnerflow.refusals import Refused


@dataclass(frozen=True, slots=True)
class Settlement:
    """How the excess over the unpaid remainder is asked to be given back; nothing asked means account
    credit."""

    refund: int | None = None
    account_credit: int | None = None
    settled_outside: int | None = None

    @property
    def total(self) -> int | None:
        parts = (self.refund, self.account_credit, self.settled_outside)
        return None if parts == (None, None, None) else sum(part or 0 for part in parts)


@dataclass(frozen=True, slots=True)
class Settled:
    """The allocation at issue and how it differs from what was asked (all zero: as asked)."""

    allocation: Allocation
    to_account_instead: int
    refund_lowered: int
    settled_outside_lowered: int

    @property
    def as_asked(self) -> bool:
        return not (self.to_account_instead or self.refund_lowered or self.settled_outside_lowered)


def unpaid(invoice: Invoice, payments: Iterable[Payment], allocations: Iterable[Allocation]) -> int:
    """The open remainder of an invoice: never below zero, for money beyond it is unallocated on the payer's
    account."""
    reduced = sum(allocation.unpaid_reduced for allocation in allocations)
    return max(0, invoice.gross - paid(invoice, payments) - reduced)


def paid(invoice: Invoice, payments: Iterable[Payment]) -> int:
    """Payments against the invoice less returned ones."""
    return sum(p.money for p in payments if (p.leg, p.invoice) == (invoice.leg, invoice.number))


def payment_ceiling(
    invoice: Invoice, payments: Iterable[Payment], allocations: Iterable[Allocation]
) -> PaymentCeiling:
    """What came in and what live credits gave back of it."""
    returned = sum(a.refund + a.account_credit + a.settled_outside for a in allocations)
    return PaymentCeiling(invoice.leg, invoice.number, paid(invoice, payments), returned)


def settle(gross: int, unpaid_now: int, asked: Settlement, currency: str) -> Allocation:
    """The allocation as asked; refuses ``allocation-mismatch`` (with ``excess``) unless it adds up
    exactly."""
    reduced = min(gross, unpaid_now)
    excess = gross - reduced
    refund, outside = asked.refund or 0, asked.settled_outside or 0
    account = excess if asked.total is None else asked.account_credit or 0
    if min(refund, account, outside) < 0 or refund + account + outside != excess:
        shown = format_minor(excess, currency)
        raise Refused(
            "allocation-mismatch",
            f"{shown} {currency} is left to give back once nothing is unpaid; refund, account credit and "
            "what is settled outside must add up to exactly that.",
            excess={"amount": shown, "currency": currency},
        )
    return Allocation(reduced, refund, account, outside)


def settle_at_issue(gross: int, unpaid_now: int, asked: Settlement) -> Settled:
    """As ``settle``, but it never stops a note: what was asked is kept as far as it fits, the rest is account
    credit.

    What the parties settled between themselves is kept first: it may have happened already, a refund has not.
    """
    reduced = min(gross, unpaid_now)
    excess = gross - reduced
    outside = min(max(0, asked.settled_outside or 0), excess)
    refund = min(max(0, asked.refund or 0), excess - outside)
    account = excess - outside - refund
    expected = account if asked.total is None else asked.account_credit or 0
    return Settled(
        Allocation(reduced, refund, account, outside),
        to_account_instead=max(0, account - expected),
        refund_lowered=(asked.refund or 0) - refund,
        settled_outside_lowered=(asked.settled_outside or 0) - outside,
    )


def give_back(ceiling: PaymentCeiling, allocation: Allocation, currency: str) -> PaymentCeiling:
    """Count what an allocation gives back against what was paid; refuses ``exceeds-creditable`` with what is
    left."""
    amount = allocation.refund + allocation.account_credit + allocation.settled_outside
    if amount > ceiling.left:
        left = {"amount": format_minor(ceiling.left, currency), "currency": currency}
        detail = "More would be given back than was paid on the invoice."
        raise Refused("exceeds-creditable", detail, leg=ceiling.leg.value, remaining={"amount": left})
    return replace(ceiling, returned=ceiling.returned + amount)


def take_back(ceiling: PaymentCeiling, allocation: Allocation) -> PaymentCeiling:
    """Reopen what a voided note had given back."""
    amount = allocation.refund + allocation.account_credit + allocation.settled_outside
    if amount > ceiling.returned:
        raise ValueError(f"invoice {ceiling.invoice}: more taken back than was given")
    return replace(ceiling, returned=ceiling.returned - amount)


def bill_falls_by(credit_gross: int, rebill_gross: int) -> int:
    """What the exchange saves the customer; negative when the right item costs more."""
    return credit_gross - rebill_gross


def still_to_pay(unpaid_before: int, allocation: Allocation, rebill_gross: int = 0) -> int:
    """What is open on the corrected invoice and the rebill together, after the account credit is set against
    them."""
    left = unpaid_before - allocation.unpaid_reduced + rebill_gross - allocation.account_credit
    return max(0, left)
