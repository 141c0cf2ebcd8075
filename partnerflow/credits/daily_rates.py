"""The operator's daily rates, and what one unit of a currency is in another on a day.

DOMAIN: Approvals, Money (Tax).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from partnerflow.money import WHOLE, decimals, divide_half_up

DAYS_BACK: Final = 10
"""A day without a rate of its own, such as a Sunday, takes the last one of so many days."""


@dataclass(frozen=True, slots=True)
class DailyRates:
    """``rates``: (currency, day) -> millionths of the unit of ``currency``, the operator's."""

    currency: str = ""
    rates: Mapping[tuple[str, date], int] = field(default_factory=dict)

    def of(self, currency: str, day: date) -> int | None:
        """Millionths of the operator's unit for one of ``currency``; None: unknown."""
        if currency == self.currency:
            return WHOLE
        days = (day - timedelta(days=back) for back in range(DAYS_BACK))
        return next((self.rates[currency, d] for d in days if (currency, d) in self.rates), None)

    def between(self, currency: str, into: str, day: date) -> int | None:
        """Millionths of ``into`` for one unit of ``currency``, by way of the operator's; None: unknown."""
        if currency == into:
            return WHOLE
        one, other = self.of(currency, day), self.of(into, day)
        return divide_half_up(one * WHOLE, other) if one and other else None


def converted(minor: int, currency: str, into: str, rate: int) -> int:
    """An amount in minor units at ``rate`` millionths of ``into`` for one of ``currency``, rounded once."""
    up, down = 10 ** decimals(into), 10 ** decimals(currency)
    return divide_half_up(minor * rate * up, WHOLE * down)
