"""How much of a line its units were given, in shares of a unit: exact, whatever percents and parts of terms they had.

DOMAIN: Net by quantity; docs/rounding.md.
"""

from fractions import Fraction
from typing import Final

from partnerflow.credits.portions import Portion
from partnerflow.money import WHOLE, divide_half_up

UNIT_SHARE: Final = 1_000_000_000
"""One whole unit in shares. Finer than parts per million: a fixed amount on a unit of up to ten million keeps
its penny (with 10**9 a line of nine billion units still fits a bigint)."""

Shares = int | Fraction


def shares_of(portion: Portion) -> Shares:
    """What units at a percent of what is left of their term are, in shares."""
    shares = portion.quantity * portion.percent * (UNIT_SHARE // WHOLE)
    return shares if portion.part is None else Fraction(shares * portion.part.left, portion.part.of)


def worth(net: int, quantity: int, shares: Shares) -> int:
    """What so many shares of a line of ``quantity`` units and ``net`` come to: multiplied first, rounded once."""
    return divide_half_up(net * shares.numerator, quantity * UNIT_SHARE * shares.denominator)


def paid_for(net: int, quantity: int, given: int, before: Shares) -> int:
    """The whole shares, beside those ``before``, that bring the line's worth to what it was ``given`` (0 or more)."""
    missing = Fraction(given * quantity * UNIT_SHARE, net) - before
    return max(0, divide_half_up(missing.numerator, missing.denominator))


def over(shares: Shares, portion: Portion) -> int:
    """What is beyond the last whole share, counted in the part's own units: ``over / portion.part.of`` of a share."""
    return 0 if portion.part is None else (shares % 1 * portion.part.of).numerator
