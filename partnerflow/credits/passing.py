"""What the vendor credits to the distributor for what the reseller gets: the pass-through rule, or stated fault shares.

Percents and shares are parts per million. DOMAIN: Legs, Fault share; docs/rounding.md.
"""

from dataclasses import dataclass, replace
from typing import Final

from partnerflow.credits.ceilings import LineCeiling
from partnerflow.credits.portions import Portion
from partnerflow.money import WHOLE, divide_half_up
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

    def percent(self, portion: Portion) -> int:
        """The upstream percent of units of which the main leg gets ``portion.percent``."""
        if self.fault is not None:
            return self._by_fault(self.fault, portion)
        return min(portion.percent, self._most(portion))

    def amount(self, portion: Portion, same: int, there: LineCeiling) -> int:
        """The upstream amount where the same percentage would be ``same``."""
        if self.fault is not None:
            left = WHOLE - self.fault.reseller
            return divide_half_up(same * self.fault.vendor, left) if left else 0
        share = self._most(portion)
        if share == WHOLE:
            return same
        if portion.quantity:
            units = there.limit_quantity * WHOLE
            return min(same, divide_half_up(there.limit_net * portion.quantity * share, units))
        return min(same, max(0, divide_half_up(there.limit_net * share, WHOLE) - there.by_amount_net))

    @property
    def plain(self) -> bool:
        """Amounts follow in proportion and nothing else, so that many small ones add up to the whole."""
        return self.fault is None and self.rule is PassThrough.SAME_PERCENTAGE

    def _most(self, portion: Portion) -> int:
        """Up to which part of the price the vendor credits."""
        if self.rule is PassThrough.CAPPED and self.cap is not None:
            return self.cap
        if self.rule is PassThrough.FULL and portion.entitled is not None:
            return portion.entitled
        return WHOLE

    @staticmethod
    def _by_fault(fault: FaultShare, portion: Portion) -> int:
        """Of the entitled percent the vendor's share; a decision that lowered the reseller's lowers it as much."""
        if portion.entitled is not None:
            return divide_half_up(portion.entitled * fault.vendor, WHOLE)
        left = WHOLE - fault.reseller
        return divide_half_up(portion.percent * fault.vendor, left) if left else 0


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
    return replace(portion, percent=percent, entitled=portion.percent)
