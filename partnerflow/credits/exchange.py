"""What a credit in another currency is worth to the distributor: at the original invoice's rate, and at today's.

A rate is a fraction, so that nothing is rounded before the amount is. DOMAIN: Legs (exchange difference).
"""

from dataclasses import dataclass
from datetime import date

from partnerflow.credits.daily_rates import DailyRates
from partnerflow.money import WHOLE, decimals, divide_half_up


@dataclass(frozen=True, slots=True)
class Rate:
    """One unit of ``currency`` is ``unit`` / ``per`` units of ``into``, on ``day``."""

    currency: str
    into: str
    unit: int
    per: int
    day: date

    def worth(self, minor: int) -> int:
        """Minor units of ``into`` for minor units of ``currency``; multiplied first, rounded once."""
        amount = minor * self.unit * 10 ** decimals(self.into)
        return divide_half_up(amount, self.per * 10 ** decimals(self.currency))

    @property
    def micros(self) -> int:
        """As shown: millionths of ``into``."""
        return divide_half_up(self.unit * WHOLE, self.per)


@dataclass(frozen=True, slots=True)
class Difference:
    """What ``amount`` given back by a note is worth less than when it was invoiced: ``loss`` in minor units of
    ``into``, negative for a gain. None, where a rate is not known: somebody has to find out."""

    amount: int
    currency: str
    into: str
    then: Rate | None
    now: Rate | None

    @property
    def loss(self) -> int | None:
        if self.then is None or self.now is None:
            return None
        return self.then.worth(self.amount) - self.now.worth(self.amount)


def rate(daily: DailyRates, currency: str, into: str, day: date) -> Rate | None:
    """The operator's of a day, over its own currency; None where one of the two is not known."""
    unit, per = daily.of(currency, day), daily.of(into, day)
    return Rate(currency, into, unit, per, day) if unit and per else None


def stated(micros: int, currency: str, into: str, day: date) -> Rate:
    """What an invoice states itself."""
    return Rate(currency, into, micros, WHOLE, day)
