"""Amounts as people type them: ``1.234,5`` of a German reader is ``1234.50``.

What is none stays as it was typed, for the schema to say so."""

from decimal import Decimal

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
