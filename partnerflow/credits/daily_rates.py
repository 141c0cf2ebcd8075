"""The operator's daily rates, and which of them counts on a day.

DOMAIN: Approvals, Money (Tax).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from partnerflow.money import WHOLE

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
