"""Amounts and instants as people type them: ``1.234,5`` of a German reader is ``1234.50``.

What is none stays as it was typed, for the schema to say so."""

from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel.numbers import NumberFormatError, parse_decimal

from api.portal import words
from partnerflow.money import decimals
from partnerflow.refusals import Refused


def amount(text: str, currency: str) -> str:
    """In the form the API takes: no grouping, exactly the currency's decimals. Both a point and the reader's own sign
    are taken, never guessed: ``1.234`` alone is one thousand for a German reader, and too exact to be pounds."""
    typed = text.strip().replace(" ", "").replace("\xa0", "")
    try:
        places = decimals(currency)
        number = _plain(typed, places) or parse_decimal(typed, locale=words.locale(), strict=True)
    except (NumberFormatError, Refused, ValueError):
        return text
    exact = number == round(number, places)
    return f"{number:.{places}f}" if exact else text


def _plain(typed: str, places: int) -> Decimal | None:
    """What is written with a point and exactly the currency's decimals can mean only one thing."""
    whole, point, rest = typed.partition(".")
    unambiguous = whole.isascii() and whole.isdigit() and point and rest.isdigit() and len(rest) == places
    return Decimal(typed) if unambiguous else None


def instant(typed: str, zone: str) -> str:
    """``2027-01-05T09:30``, as a browser's field gives it, as an instant of that zone in UTC; anything else as it is,
    for the schema to refuse."""
    try:
        at = datetime.fromisoformat(typed)
    except ValueError:
        return typed
    if at.tzinfo is None:
        at = at.replace(tzinfo=ZoneInfo(zone))
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
