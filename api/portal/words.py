"""How values read on a page: money, instants and terms in the reader's language and zone.

The data of a page is what the API answers: amounts and instants are text. DOMAIN's terms are shown by ``term``.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_time
from babel.numbers import format_currency, format_decimal
from flask import has_request_context
from jinja2 import Environment
from markupsafe import Markup

from api.portal.catalogue import dates, gettext, known, language, locale, many, marked, ngettext, say
from api.portal.me import me
from api.portal.terms import TERMS
from notifications import formats
from notifications.language import language as words_of

__all__ = ["language", "locale", "many", "marked", "say"]

WHEN: Final = {"en": "EEE d MMM, HH:mm", "de": "EEE d. MMM, HH:mm", "fr": "EEE d MMM, HH:mm"}
WHEN_OF_A_YEAR: Final = {
    "en": "EEE d MMM y, HH:mm",
    "de": "EEE d. MMM y, HH:mm",
    "fr": "EEE d MMM y, HH:mm",
}
FULL: Final = {
    "en": "EEEE d MMMM y, HH:mm z",
    "de": "EEEE, d. MMMM y, HH:mm z",
    "fr": "EEEE d MMMM y, HH:mm z",
}
"""By the language of the words: everywhere 24 hours, the day of the week first."""


def install(env: Environment) -> None:
    """Give the templates their filters and the words of the reader's language."""
    env.filters |= {
        "money": money,
        "figure": figure,
        "when": when,
        "day": day,
        "calendar_day": calendar_day,
        "month": month,
        "clock_time": clock_time,
        "minutes": minutes,
        "term": term,
        "initials": initials,
        "house": house,
        "stamp": stamp,
        "known": known,
        "hours": hours,
    }
    env.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]


def zone() -> ZoneInfo:
    who = me() if has_request_context() else None
    return ZoneInfo(who.zone if who else "UTC")


def now() -> datetime:
    who = me() if has_request_context() else None
    return who.at if who else datetime.now(UTC)


def money(value: Mapping[str, str] | None, sign: str = "") -> str:
    """``{"amount": "2880.00", "currency": "GBP"}`` as ``£2,880.00``; with ``sign`` before it."""
    if value is None:
        return "–"
    amount = Decimal(value["amount"])
    decimals = max(0, -int(amount.as_tuple().exponent))
    text = format_currency(
        abs(amount), value["currency"], format=_pattern(decimals), locale=locale(), currency_digits=False
    )
    return f"{'−' if amount < 0 else sign}{text}"


def figure(value: str | None, sign: str = "") -> str:
    """``2880.00`` as ``2,880.00``, with the decimals it came with; None is a dash."""
    if value is None:
        return "–"
    amount = Decimal(value)
    decimals = max(0, -int(amount.as_tuple().exponent))
    text = format_decimal(
        abs(amount), format="#,##0" + ("." + "0" * decimals if decimals else ""), locale=locale()
    )
    return f"{'−' if amount < 0 else sign}{text}"


def _pattern(decimals: int) -> str:
    standard = str(locale().currency_formats["standard"].pattern)
    return standard.replace(".00", "." + "0" * decimals if decimals else "")


def when(value: str | datetime | None) -> Markup:
    """An instant as ``Tue 5 Jan, 09:30`` in the reader's zone, the year where it is another one; machine-readable."""
    at = _instant(value)
    if at is None:
        return Markup("–")
    local, today = at.astimezone(zone()), now().astimezone(zone())
    patterns = WHEN if local.year == today.year else WHEN_OF_A_YEAR
    return _time(at, format_datetime(local, patterns[words_of(language())], locale=dates()))


def day(value: str | datetime | None) -> Markup:
    """The day alone: ``5 Jan 2027``."""
    at = _instant(value)
    return _time(at, format_date(at.astimezone(zone()), "medium", locale=dates())) if at else Markup("–")


def calendar_day(value: str | date) -> str:
    """A day that is one whatever the zone, ``2027-01-31``, as ``31 Jan 2027``."""
    found = date.fromisoformat(value) if isinstance(value, str) else value
    return format_date(found, "medium", locale=locale())


def month(value: date) -> str:
    """``January``, of a calendar that says the year elsewhere."""
    return str(format_date(value, "LLLL", locale=dates()))


def clock_time(value: str | datetime | None) -> Markup:
    """``09:30`` if it is today, else as ``when``."""
    at = _instant(value)
    if at is None or at.astimezone(zone()).date() != now().astimezone(zone()).date():
        return when(at)
    return _time(at, format_time(at.astimezone(zone()), "HH:mm", locale=dates()))


def _time(at: datetime, text: str) -> Markup:
    full = format_datetime(at.astimezone(zone()), FULL[words_of(language())], locale=dates())
    return Markup('<time datetime="{}" title="{}">{}</time>').format(stamp(at), full, text)


def stamp(at: datetime) -> str:
    """RFC 3339 in UTC."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def minutes(value: int | None) -> str:
    """Working minutes in the greatest units that fit: ``7 h 6 min``."""
    if value is None:
        return "–"
    hours, rest = divmod(int(value), 60)
    if not hours:
        return say("%(minutes)s min", minutes=rest)
    return (
        say("%(hours)s h %(minutes)s min", hours=hours, minutes=rest)
        if rest
        else say("%(hours)s h", hours=hours)
    )


def hours(text: str) -> str:
    """``Mon-Fri 09:00-17:30 Europe/London`` with the days as the reader calls them."""
    return formats.hours(text, language())


def term(value: object) -> str:
    """A word of the domain, as people say it: ``wrong_item_ordered`` is ``Wrong item ordered``."""
    if value is None:
        return "–"
    found = TERMS.get(str(value))
    return gettext(found) if found else str(value).replace("_", " ").capitalize()


def house(code: str | None) -> str:
    """An organisation's name by its code."""
    who = me() if has_request_context() else None
    known = who.directory.organisations.get(code or "") if who else None
    return known.name if known else code or "–"


def initials(name: str | None) -> str:
    """The letters in a contact's circle."""
    words = (name or "?").split()
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


def _instant(value: str | datetime | None) -> datetime | None:
    return datetime.fromisoformat(value) if isinstance(value, str) else value
