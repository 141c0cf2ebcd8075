"""What part of an order line is asked, proposed or granted: by quantity, by amount, or a quantity at a fixed
amount.

Amounts are net minor units on the leg the portion is about, percents parts per million. DOMAIN: Money.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from partnerflow.money import WHOLE, TermPart, part_of_price
from partnerflow.refusals import Refused


@dataclass(frozen=True, slots=True)
class Portion:
    """By quantity: ``quantity`` and ``percent``, of the ``part`` of the term that is left (None: all of it). By
    amount: ``amount`` alone. After a partial approval by amount: both, and then the amount wins over the percent.
    ``convert`` confirms an amount on a line credited by quantity. ``entitled`` is the percent found due, of
    ``entitled_part``, where the other leg follows from that (fault shares, pass-through ``full``)."""

    line_no: int
    quantity: int = 0
    percent: int = WHOLE
    amount: int | None = None
    convert: bool = False
    exception: bool = False
    clause: str = ""
    entitled: int | None = None
    part: TermPart | None = None
    entitled_part: TermPart | None = None

    @property
    def by_amount(self) -> bool:
        return self.quantity == 0 and self.amount is not None

    @property
    def nothing(self) -> bool:
        """Granted at 0 % or 0.00: it uses nothing up, so that an appeal finds the units still there."""
        none = self.percent == 0 or (self.part is not None and self.part.left == 0)
        return self.amount == 0 or (self.amount is None and none)

    @property
    def of_price(self) -> Fraction:
        """The exact part of the price its units are given, where no amount says otherwise."""
        return part_of_price(self.percent, self.part)


def check(portion: Portion) -> None:
    """Refuses ``invalid-quantity`` and ``invalid-amount`` for what no line could ever grant."""
    if portion.quantity < 0 or (portion.quantity == 0 and portion.amount is None):
        raise Refused("invalid-quantity", f"Say how many units of line {portion.line_no}, or which amount.")
    if portion.amount is not None and portion.amount < 0:
        raise Refused("invalid-amount", f"The amount on line {portion.line_no} is negative.")
    if not 0 <= portion.percent <= WHOLE:
        raise Refused("invalid-amount", f"The percent on line {portion.line_no} is not between 0 and 100.")
    if any(part is not None and not part.sound for part in (portion.part, portion.entitled_part)):
        raise Refused("invalid-amount", f"Line {portion.line_no}: no more of a term is left than it has.")


def check_asked(portions: Iterable[Portion]) -> None:
    """As ``check`` for what somebody asks: an amount of zero is refused too (FAULTS: row 20)."""
    for portion in portions:
        check(portion)
        if portion.by_amount and portion.amount == 0:
            raise Refused("invalid-amount", f"The amount on line {portion.line_no} must be more than zero.")
