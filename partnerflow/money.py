"""Money in integer minor units with an ISO 4217 code; unit prices in millionths; half up, once.

Ground floor: standard library only. DOMAIN: Money. Percentages are parts per million (100 % = 1_000_000).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from partnerflow.refusals import Refused

WHOLE: Final = 1_000_000
"""100 % in parts per million; also one currency unit in the millionths of a unit price."""

LARGEST_MINOR: Final = 10**15
"""Above this an amount is refused: sums of a thousand such lines still fit PostgreSQL's bigint."""

# ISO 4217 codes and their decimals; written by scripts/iso4217.py from the published list.
_NO_DECIMALS = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_THREE_DECIMALS = "BHD IQD JOD KWD LYD OMR TND"
_TWO_DECIMALS = (
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP "
    "CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR "
    "IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN "
    "NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP "
    "STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VES WST XCD YER ZAR ZMW"
)
DECIMALS: Final[dict[str, int]] = (
    dict.fromkeys(_NO_DECIMALS.split(), 0)
    | dict.fromkeys(_TWO_DECIMALS.split(), 2)
    | dict.fromkeys(_THREE_DECIMALS.split(), 3)
)

_DECIMAL = re.compile(r"(-?)(0|[1-9][0-9]{0,17})(?:\.([0-9]{1,6}))?", re.ASCII)


def divide_half_up(numerator: int, denominator: int) -> int:
    """The quotient rounded half up, away from zero for negatives; ``denominator`` is positive."""
    sign = -1 if numerator < 0 else 1
    return sign * ((2 * abs(numerator) + denominator) // (2 * denominator))


def decimals(currency: str) -> int:
    """How many decimals the currency's minor unit has; refuses ``invalid-currency`` for an unknown code."""
    try:
        return DECIMALS[currency]
    except KeyError:
        raise Refused("invalid-currency", f"{currency!r} is not an ISO 4217 currency code.") from None


def _scaled(text: str, digits: int) -> int | None:
    match = _DECIMAL.fullmatch(text)
    if match is None or len(match[3] or "") > digits:
        return None
    minor = int(match[2] + (match[3] or "").ljust(digits, "0"))
    return -minor if match[1] else minor


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """``minor`` units of ``currency``: ``Money(288000, "GBP")`` is 2,880.00 pounds. Currencies never mix."""

    minor: int
    currency: str

    @classmethod
    def parse(cls, text: str, currency: str) -> "Money":
        """From ``"2880.00"``: exactly the currency's decimals, refused ``invalid-amount`` otherwise."""
        digits = decimals(currency)
        minor = _scaled(text, digits)
        shown = len(text.partition(".")[2])
        if minor is None or shown != digits or abs(minor) > LARGEST_MINOR:
            raise Refused(
                "invalid-amount",
                f"Write the amount as a string with {digits} decimals, such as "
                f"{format_minor(123456, currency)!r}.",
            )
        return cls(minor, currency)

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._same(other), self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.minor < self._same(other)

    def __le__(self, other: "Money") -> bool:
        return self.minor <= self._same(other)

    def __str__(self) -> str:
        return format_minor(self.minor, self.currency)

    def share(self, ppm: int) -> "Money":
        """This amount times ``ppm`` parts per million, rounded half up once."""
        return Money(divide_half_up(self.minor * ppm, WHOLE), self.currency)

    def split(self, weights: Sequence[int]) -> "tuple[Money, ...]":
        """Parts in proportion to ``weights`` that add up to this amount: largest remainder, then order."""
        return tuple(Money(part, self.currency) for part in split_minor(self.minor, weights))

    def _same(self, other: "Money") -> int:
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} do not mix")
        return other.minor


@dataclass(frozen=True, slots=True)
class TermPart:
    """The part of a licence's term that is left, exactly as it was counted: ``TermPart(116, 365, "day")``.

    ``unit`` is ``day``, ``month`` or ``hour``, "" where somebody stated the part without one.
    """

    left: int
    of: int
    unit: str = ""

    @property
    def sound(self) -> bool:
        return 0 <= self.left <= self.of and self.of > 0

    @property
    def whole(self) -> bool:
        """All of the term: it changes no amount."""
        return self.left == self.of


def part_of_price(ppm: int, part: TermPart | None) -> Fraction:
    """What part of a price is given back, exactly: ``ppm`` parts per million of what is left of the term."""
    return Fraction(ppm, WHOLE) if part is None else Fraction(ppm * part.left, WHOLE * part.of)


def format_minor(minor: int, currency: str) -> str:
    """``288000, "GBP"`` -> ``"2880.00"``: the wire form, no grouping."""
    digits = decimals(currency)
    sign, units = ("-" if minor < 0 else ""), abs(minor)
    if digits == 0:
        return f"{sign}{units}"
    return f"{sign}{units // 10**digits}.{units % 10**digits:0{digits}}"


def split_minor(total: int, weights: Sequence[int]) -> tuple[int, ...]:
    """``total`` shared in proportion to non-negative ``weights``: largest remainder, ties in order.

    Raises ValueError when no weight is positive: a penny needs a home.
    """
    whole = sum(weights)
    if whole <= 0 or min(weights) < 0:
        raise ValueError("weights must be non-negative and one of them positive")
    sign, units = (-1 if total < 0 else 1), abs(total)
    parts = [units * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(units * weights[i] % whole), i))
    for index in by_remainder[: units - sum(parts)]:
        parts[index] += 1
    return tuple(sign * part for part in parts)


def parse_unit_price(text: str) -> int:
    """A unit price such as ``"31.20"`` or ``"0.0125"`` in millionths of the currency unit (six decimals at most)."""
    micros = _scaled(text, 6)
    if micros is None or abs(micros) > LARGEST_MINOR * 100:
        raise Refused(
            "invalid-amount", "Write the unit price as a string with at most six decimals, such as '31.20'."
        )
    return micros


def format_unit_price(micros: int, currency: str) -> str:
    """Millionths as text with at least the currency's decimals: ``31_200_000, "GBP"`` -> ``"31.20"``."""
    sign, units = ("-" if micros < 0 else ""), abs(micros)
    digits = decimals(currency)
    fraction = f"{units % WHOLE:06}".rstrip("0").ljust(digits, "0")
    return f"{sign}{units // WHOLE}" + (f".{fraction}" if fraction else "")


def line_net(quantity: int, unit_price_micros: int, currency: str) -> int:
    """Quantity times unit price in minor units, rounded half up once (DOMAIN: a line's net is rounded once)."""
    return divide_half_up(quantity * unit_price_micros * 10 ** decimals(currency), WHOLE)


def parse_percent(text: str) -> int:
    """``"50"`` or ``"33.3333"`` as parts per million: 0 to 100, at most four decimals."""
    ppm = _scaled(text, 4)
    if ppm is None or not 0 <= ppm <= WHOLE:
        raise Refused(
            "invalid-amount", "Write the percent as a string from '0' to '100' with at most four decimals."
        )
    return ppm


def format_percent(ppm: int) -> str:
    """Parts per million as ``"50"`` or ``"33.3333"``."""
    return f"{ppm // 10_000}.{ppm % 10_000:04}".rstrip("0").rstrip(".")


def tax_of(net: int, rate_ppm: int) -> int:
    """Tax in minor units on ``net`` minor units at ``rate_ppm``, rounded half up."""
    return divide_half_up(net * rate_ppm, WHOLE)
