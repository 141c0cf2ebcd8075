"""What the record says in English, in the reader's words and zone: what happens next, and the timeline's sentences."""

from datetime import datetime
from typing import Final

from api.portal.catalogue import known, language, say
from api.portal.words import money, term, zone
from api.schemas.shown.telling import ENGLISH, Tongue
from notifications import formats
from notifications.language import LANGUAGES
from notifications.language import language as words_of
from notifications.next_words import sentence
from notifications.words import Voice
from partnerflow.cases import status
from partnerflow.cases.model import Case
from partnerflow.cases.view import View

ALWAYS_CAPITAL: Final = "de"
"""Most of its terms are nouns."""


def next_sentence(case: Case, view: View, at: datetime, *, partner: bool) -> str:
    """Who does what by when, and what happens otherwise: as mails say it, in the reader's own zone."""
    following = status.status(case, view.policy, view.directory, at).following
    return sentence(following, Voice(language(), str(zone())), partner=partner)


def tongue() -> Tongue:
    """How the timeline speaks to the reader."""
    plain = words_of(language()) == LANGUAGES[0]
    return Tongue(say, ENGLISH.term if plain else _term, _moment, money, known)


def _term(word: str) -> str:
    found = term(word)
    return found if words_of(language()) == ALWAYS_CAPITAL else found[:1].lower() + found[1:]


def _moment(at: datetime, _: str, reference: datetime) -> str:
    return formats.moment(at, str(zone()), language(), reference)
