"""Amounts, prices and instants as every answer writes them."""

from datetime import UTC, datetime

from partnerflow.credits.amounts import LegAmounts
from partnerflow.money import TermPart, format_minor, format_percent

Money = dict[str, str]


def money(minor: int, currency: str) -> Money:
    return {"amount": format_minor(minor, currency), "currency": currency}


def figures(net: int, tax: int, currency: str) -> Money:
    """Net, tax and gross beside a currency named once above them."""
    return {
        "net": format_minor(net, currency),
        "tax": format_minor(tax, currency),
        "gross": format_minor(net + tax, currency),
    }


def of_leg(amounts: LegAmounts, currency: str) -> Money:
    return figures(amounts.net, amounts.tax, currency)


def part(found: TermPart | None) -> dict[str, int | str] | None:
    """What of a term the percent beside it is of; None: all of it."""
    return None if found is None else {"left": found.left, "of": found.of, "unit": found.unit}


def tax_rate(ppm: int) -> str:
    """Percent with at least two decimals, as orders state it: ``"20.00"``."""
    whole, _, part = format_percent(ppm).partition(".")
    return f"{whole}.{part.ljust(2, '0')}"


def instant(at: datetime | None) -> str | None:
    """RFC 3339 in UTC with Z, rounded down to the second (DOMAIN: Deadlines)."""
    return None if at is None else at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
