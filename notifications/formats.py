"""Figures, days and instants as a reader sees them: Babel's locale for numbers, the words' language for dates.

A month or weekday is written in the language of the words around it: that of the reader's locale where we have it,
else English; the grouping, the decimal sign and the place of the currency follow the locale itself. Documents say in
which language they are written. Percents are parts per million.
"""

import re
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime, get_day_names
from babel.numbers import format_currency, format_decimal, format_percent, get_currency_symbol

from notifications.language import language
from partnerflow.money import WHOLE, decimals

WORDS = "en"
"""The language of what is written for nobody in particular."""

_INSTANT = {"en": "EEE d MMM y, HH:mm", "de": "EEE d. MMM y, HH:mm", "fr": "EEE d MMM y, HH:mm"}
_MOMENT = {"en": "EEE d MMM HH:mm", "de": "EEE d. MMM, HH:mm", "fr": "EEE d MMM, HH:mm"}
_MOMENT_OF_A_YEAR = {"en": "EEE d MMM y HH:mm", "de": "EEE d. MMM y, HH:mm", "fr": "EEE d MMM y, HH:mm"}
_WEEKDAYS = {"Mon": 0, "Tue": 1, "Wed": 2, "Thu": 3, "Fri": 4, "Sat": 5, "Sun": 6}
_WEEKDAY = re.compile(r"\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)\b")

_FRACTION = re.compile(r"\.[0#]+")
# Controls break headers and PDFs; the two overrides let a name read backwards as something else.
_UNSHOWN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202d\u202e\ud800-\udfff\ufffe\uffff]")


def plain(text: str) -> str:
    """The text as it may be shown: newlines only, no control characters, no reading-direction overrides."""
    return _UNSHOWN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def one_line(text: str) -> str:
    """The text on one line, for a subject, a header, a name or a file name."""
    return " ".join(plain(text).split())


def amount(minor: int, currency: str, locale: str = WORDS) -> str:
    """``288000, "GBP", "en_GB"`` -> ``2,880.00``: grouped, exactly the currency's decimals, no symbol."""
    digits = decimals(currency)
    pattern = _number_pattern(locale, "." + "0" * digits if digits else "")
    return format_decimal(_units(minor, digits), format=pattern, locale=_locale(locale))


def money(minor: int, currency: str, locale: str = WORDS) -> str:
    """``288000, "GBP", "en_GB"`` -> ``£2,880.00``: as ``amount``, with the symbol where the locale has it."""
    digits = decimals(currency)
    standard = str(_locale(locale).currency_formats["standard"].pattern)
    pattern = _FRACTION.sub("." + "0" * digits if digits else "", standard)
    if get_currency_symbol(currency, _locale(locale))[-1].isalpha():
        pattern = pattern.replace("¤#", "¤\xa0#")  # BHD 0.005, not BHD0.005
    return format_currency(
        _units(minor, digits), currency, format=pattern, locale=_locale(locale), currency_digits=False
    )


def unit_price(micros: int, currency: str, locale: str = WORDS, digits: int = 0) -> str:
    """Millionths as a price (``0.0125``, ``31.20``) with the currency's decimals or more, up to six."""
    shown = "0" * max(decimals(currency), digits)
    pattern = _number_pattern(locale, "." + shown.ljust(6, "#"))
    return format_decimal(Decimal(micros) / WHOLE, format=pattern, locale=_locale(locale))


def price_digits(micros: int) -> int:
    """How many decimals a unit price really has: ``31_200_000`` -> 1, ``12_500`` -> 4."""
    return len(f"{abs(micros) % WHOLE:06}".rstrip("0"))


def percent(ppm: int, locale: str = WORDS) -> str:
    """Parts per million as ``50%`` or ``33.3333%``, in the locale's own form."""
    pattern = str(_locale(locale).percent_formats[None].pattern).replace("0", "0.####", 1)
    return format_percent(Decimal(ppm) / WHOLE, format=pattern, locale=_locale(locale))


def quantity(count: int, locale: str = WORDS) -> str:
    """A whole number, grouped."""
    return format_decimal(count, locale=_locale(locale))


def day(value: date, language: str = WORDS) -> str:
    """``4 January 2027``, ``4. Januar 2027``: no reader can take the day for the month."""
    return format_date(value, format="d MMMM y" if language == WORDS else "long", locale=language)


def short_day(value: date, language: str = WORDS) -> str:
    """``4 Jan 2027``, ``04.01.2027``: as ``day`` where a column is narrow; the month in letters where it could be taken
    for the day."""
    return format_date(value, format="d MMM y" if language == WORDS else "medium", locale=language)


def instant(value: datetime | str, zone: str, locale: str = WORDS) -> str:
    """An instant in a zone's local time: ``Tue 5 Jan 2027, 09:30 GMT``; seconds rounded down.

    ``value`` is an aware datetime, or its RFC 3339 text as the record returns it; ValueError for a naive one.
    """
    return _written(_local(value, zone), _INSTANT, locale)


def moment(value: datetime | str, zone: str, locale: str = WORDS, reference: datetime | None = None) -> str:
    """Within a sentence: ``Tue 5 Jan 09:30 GMT``, with the year where that of ``reference`` is another one."""
    local = _local(value, zone)
    differs = reference is not None and reference.astimezone(local.tzinfo).year != local.year
    return _written(local, _MOMENT_OF_A_YEAR if differs else _MOMENT, locale)


def hours(text: str, locale: str = WORDS) -> str:
    """``Mon-Fri 09:00-17:30 Europe/London`` with the weekdays of the reader's language."""
    names = get_day_names("abbreviated", locale=language(locale))
    return _WEEKDAY.sub(lambda found: names[_WEEKDAYS[found[0]]].rstrip("."), text)


def _local(value: datetime | str, zone: str) -> datetime:
    aware = datetime.fromisoformat(value) if isinstance(value, str) else value
    if aware.tzinfo is None:
        raise ValueError("an instant needs a zone")
    return aware.astimezone(ZoneInfo(zone))


def _written(local: datetime, patterns: dict[str, str], locale: str) -> str:
    written = language(locale)
    return f"{format_datetime(local, format=patterns[written], locale=written)} {_zone_name(local)}"


def country(code: str, language: str = WORDS) -> str:
    """``GB`` -> ``United Kingdom``; an unknown code stays as it is."""
    return str(Locale(language).territories.get(code, code))


def _zone_name(local: datetime) -> str:
    """``GMT``, ``BST``; zones without a name of their own read ``UTC-03:00``."""
    name = local.tzname() or ""
    return name if name.isalpha() else f"UTC{local.isoformat()[-6:]}"


def _units(minor: int, digits: int) -> Decimal:
    return Decimal(minor).scaleb(-digits)


def _number_pattern(locale: str, fraction: str) -> str:
    """The locale's grouping (``#,##0`` or ``#,##,##0``) with this fraction."""
    return _FRACTION.sub("", str(_locale(locale).decimal_formats[None].pattern)) + fraction


@lru_cache(maxsize=64)
def _locale(name: str) -> Locale:
    """``en_GB`` or ``en-GB``; an unknown one reads as English: no document fails for its number format."""
    try:
        return Locale.parse(name.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale(WORDS)
