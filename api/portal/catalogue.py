"""The portal's words in the reader's language: English as written in the code, German and French from the catalogues
in ``translations``, and what those do not have from the mails'.

Messages have named places (``%(name)s``). ``_`` and ``ngettext`` in templates, ``marked``, ``say`` and ``many`` in the
code are what the extraction looks for (api/babel.cfg); tests/portal/test_language.py holds the catalogues complete.
"""

from functools import lru_cache
from gettext import NullTranslations
from pathlib import Path
from typing import Any, Final

from babel import Locale, UnknownLocaleError
from flask import g, has_request_context, request

from api.auth import engine, reader
from api.portal.me import me
from notifications.language import LANGUAGES, compiled
from notifications.language import language as words_of
from notifications.language import translations as of_the_mails
from partnerflow.store.database import EVERY_ORGANISATION, reading
from partnerflow.store.directory import snapshot

CATALOGUES: Final = Path(__file__).with_name("translations")
COOKIE: Final = "partnerflow-language"
"""What somebody chose before signing in; whoever is signed in has it with their person."""
SPOKEN: Final = {"en": "English", "de": "Deutsch", "fr": "Français"}
"""Each in its own words: whoever looks for theirs finds it."""
ENGLISH: Final = "en_GB"


def marked(text: str) -> str:
    """A text that is translated where it is shown; the mark lets the catalogue find it."""
    return text


def say(text: str, /, **places: object) -> str:
    """The text in the reader's language, its places filled."""
    return gettext(text) % places


def many(one: str, other: str, num: int, /, **places: object) -> str:
    """The form for so many; ``%(num)d`` is the number."""
    return ngettext(one, other, num) % {"num": num, **places}


def gettext(text: str) -> str:
    return catalogue(words_of(language())).gettext(text) if text else ""


def ngettext(one: str, other: str, num: int) -> str:
    return catalogue(words_of(language())).ngettext(one, other, num)


def known(text: str | None) -> str:
    """A sentence that came as text: translated if it is one of ours, else as it stands."""
    return gettext(text) if text else ""


@lru_cache
def catalogue(of: str) -> NullTranslations:
    """The words of a language; of English none are needed."""
    if of == LANGUAGES[0]:
        return NullTranslations()
    found = compiled(CATALOGUES / of / "LC_MESSAGES" / "portal.po", of)
    found.add_fallback(of_the_mails(of))
    return found


def language() -> str:
    """The locale to speak in, ``de_DE``: a person's own, else their house's; of whoever is not signed in what they
    chose on the page, else what their browser asks for."""
    if not has_request_context():
        return ENGLISH
    if "spoken" not in g:
        g.spoken = _spoken()
    found: str = g.spoken
    return found


def _spoken() -> str:
    who = me()
    if who is not None:
        return who.locale
    if "reader" in g:  # something was sent: its answer is set before the next page is read
        with reading(engine(), EVERY_ORGANISATION) as session:
            return snapshot(session).directory.locale_of(reader().person)
    chosen = request.cookies.get(COOKIE)
    wanted = [chosen] if chosen else [name for name, _ in request.accept_languages]
    first = next((found for name in wanted if (found := _language_of(name)) in LANGUAGES), "en")
    return ENGLISH if first == "en" else first


def offered() -> list[dict[str, Any]]:
    """The languages, and which is spoken."""
    spoken = words_of(language())
    return [{"code": code, "name": name, "here": code == spoken} for code, name in SPOKEN.items()]


def tag() -> str:
    """What the page says it is written in: ``de-AT``; English where there are no words of ours."""
    spoken = language()
    return str(locale()).replace("_", "-") if words_of(spoken) == _language_of(spoken) else "en"


def _language_of(name: str) -> str:
    return name.replace("-", "_").partition("_")[0].lower()


def locale() -> Locale:
    """The reader's, for numbers."""
    return _parsed(language())


def dates() -> Locale:
    """For days and months, which are written in the language of the words around them."""
    spoken = language()
    return _parsed(spoken if words_of(spoken) == _language_of(spoken) else ENGLISH)


@lru_cache
def _parsed(name: str) -> Locale:
    try:
        return Locale.parse(name.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale.parse(ENGLISH)
