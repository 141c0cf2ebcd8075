"""What the vendor credits to the distributor for what the reseller gets: the pass-through rule, or stated fault shares.

Percents and shares are parts per million. DOMAIN: Legs, Fault share; docs/rounding.md.
"""

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from partnerflow.credits.ceilings import LineCeiling
from partnerflow.credits.portions import Portion
from partnerflow.money import WHOLE, TermPart, divide_half_up, part_of_price
from partnerflow.policy.document import Policy
from partnerflow.policy.terms import PassThrough
from partnerflow.refusals import Refused


@dataclass(frozen=True, slots=True)
class FaultShare:
    """Whose fault it was, in parts that together are the whole; the reseller bears its own part."""

    vendor: int
    distributor: int
    reseller: int

    def check(self) -> None:
        """Refuses ``invalid-amount`` unless the shares add up to 100 percent."""
        parts = (self.vendor, self.distributor, self.reseller)
        if min(parts) < 0 or sum(parts) != WHOLE:
            raise Refused("invalid-amount", "The fault shares add up to 100 percent.", pointer="/fault_share")


@dataclass(frozen=True, slots=True)
class Passing:
    """How the upstream leg follows; a stated ``fault`` replaces the ``rule``. ``cap`` goes with ``capped``."""

    rule: PassThrough = PassThrough.SAME_PERCENTAGE
    cap: int | None = None
    fault: FaultShare | None = None

    def units(self, portion: Portion) -> Portion:
        """What units of the main leg's portion get upstream: a percent of the part of the term that is left."""
        if self.fault is not None:
            return self._by_fault(self.fault, portion)
        percent, part = self._most(portion)
        if portion.of_price <= part_of_price(percent, part):
            return portion
        return replace(portion, percent=percent, part=part)

    def amount(self, portion: Portion, same: int, there: LineCeiling) -> int:
        """The upstream amount where the same percentage would be ``same``."""
        if self.fault is not None:
            left = WHOLE - self.fault.reseller
            return divide_half_up(same * self.fault.vendor, left) if left else 0
        share = part_of_price(*self._most(portion))
        if share == 1:
            return same
        if portion.quantity:
            return min(same, _rounded(there.limit_net * portion.quantity * share / there.limit_quantity))
        return min(same, max(0, _rounded(there.limit_net * share) - there.by_amount_net))

    @property
    def plain(self) -> bool:
        """Amounts follow in proportion and nothing else, so that many small ones add up to the whole."""
        return self.fault is None and self.rule is PassThrough.SAME_PERCENTAGE

    def _most(self, portion: Portion) -> tuple[int, TermPart | None]:
        """Up to which part of the price the vendor credits."""
        if self.rule is PassThrough.CAPPED and self.cap is not None:
            return self.cap, None
        if self.rule is PassThrough.FULL and portion.entitled is not None:
            return portion.entitled, portion.entitled_part
        return WHOLE, None

    @staticmethod
    def _by_fault(fault: FaultShare, portion: Portion) -> Portion:
        """Of the entitled percent the vendor's share; a decision that lowered the reseller's lowers it as much."""
        if portion.entitled is not None:
            percent = divide_half_up(portion.entitled * fault.vendor, WHOLE)
            return replace(portion, percent=percent, part=portion.entitled_part)
        left = WHOLE - fault.reseller
        return replace(portion, percent=divide_half_up(portion.percent * fault.vendor, left) if left else 0)


SAME_PERCENTAGE: Final = Passing()


def passing(policy: Policy, fault: FaultShare | None = None) -> Passing:
    """The policy's rule, or the stated shares in its place."""
    return Passing(policy.pass_through, policy.pass_through_cap_ppm, fault)


def bear_own_fault(portion: Portion, fault: FaultShare) -> Portion:
    """What the main leg gets of a portion found due: its percent or amount without the reseller's share, rounded
    once."""
    kept = WHOLE - fault.reseller
    if portion.amount is not None:
        return replace(portion, amount=divide_half_up(portion.amount * kept, WHOLE))
    percent = divide_half_up(portion.percent * kept, WHOLE)
    return replace(portion, percent=percent, entitled=portion.percent, entitled_part=portion.part)


def _rounded(exact: Fraction) -> int:
    return divide_half_up(exact.numerator, exact.denominator)
