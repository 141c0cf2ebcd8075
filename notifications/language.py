"""The words of mails and pages in the reader's language: English as written in the code, German and French from the
catalogues beside it. A catalogue is compiled in memory when it is first wanted; there is no build step.

Messages have named places (``{who}``), filled by ``str.format`` after the translation. ``say`` and ``mark`` are what
the extraction looks for (babel.cfg); tests/notifications/test_language.py holds the catalogues complete.
"""

from collections.abc import Callable
from functools import lru_cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Final

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LANGUAGES: Final = ("en", "de", "fr")
CATALOGUES: Final = Path(__file__).with_name("translations")


def language(locale: str) -> str:
    """``de_AT`` and ``de-AT`` -> ``de``; ``en`` where there are no words of ours."""
    found = locale.replace("-", "_").partition("_")[0].lower()
    return found if found in LANGUAGES else LANGUAGES[0]


def translator(locale: str) -> Callable[[str], str]:
    """``gettext`` for a locale; what has no translation stays as it is."""
    return translations(language(locale)).gettext


def plural_translator(locale: str) -> Callable[[str, str, int], str]:
    """``ngettext`` for a locale: (one, other, number)."""
    return translations(language(locale)).ngettext


def mark(message: str) -> str:
    """The message itself: for the extraction to find it where it is not said yet."""
    return message


@lru_cache
def translations(of: str) -> NullTranslations:
    """The catalogue of a language, compiled; of English none is needed."""
    if of == LANGUAGES[0]:
        return NullTranslations()
    return compiled(CATALOGUES / of / "LC_MESSAGES" / "messages.po", of)


def compiled(path: Path, of: str) -> GNUTranslations:
    """The catalogue of a file, ready to be asked."""
    with path.open("rb") as file:
        catalogue = read_po(file, locale=of)
    made = BytesIO()
    write_mo(made, catalogue)
    made.seek(0)
    return GNUTranslations(made)
