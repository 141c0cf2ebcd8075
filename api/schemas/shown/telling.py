"""What the sentences of a timeline are made with: names, instants of the reader's zone, amounts, kept members."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from api.schemas.shown.plain import money
from partnerflow.calendars import local_text
from partnerflow.people import Directory
from partnerflow.store.codec import instant as parsed

Data = dict[str, Any]


def marked(text: str) -> str:
    """A text that is said elsewhere; the mark lets the catalogue find it."""
    return text


def _plainly(text: str, /, **places: object) -> str:
    return text % places


def _spaced(word: str) -> str:
    return word.replace("_", " ")


def _as_it_is(text: str) -> str:
    return text


def _cash(shown: Data) -> str:
    return f"{shown['amount']} {shown['currency']}"


@dataclass(frozen=True, slots=True)
class Tongue:
    """How the sentences are said: ``say`` fills a text's places (``%(name)s``), ``term`` is a word of a closed list,
    ``moment`` an instant in a zone beside a reference, ``cash`` an amount, ``known`` a sentence that came as text. As
    it stands, plain English."""

    say: Callable[..., str] = _plainly
    term: Callable[[str], str] = _spaced
    moment: Callable[[datetime, str, datetime], str] = local_text
    cash: Callable[[Data], str] = _cash
    known: Callable[[str], str] = _as_it_is


ENGLISH: Final = Tongue()


@dataclass(frozen=True, slots=True)
class Telling:
    """What a sentence needs beside the event; ``zone`` is the reader's, ``inside``: one of the operator's people.
    ``upstream`` is that leg's currency, None: the same."""

    directory: Directory
    currency: str
    zone: str
    at: datetime
    inside: bool = False
    upstream: str | None = None
    tongue: Tongue = ENGLISH

    def say(self, text: str, /, **places: object) -> str:
        """The text in the reader's language, its places filled."""
        return self.tongue.say(text, **places)

    def term(self, word: str) -> str:
        return self.tongue.term(word)

    def known(self, text: str) -> str:
        """A sentence of ours that the record keeps in English; people's own words stay as they are."""
        return self.tongue.known(text)

    def name(self, person: str | None) -> str:
        if person is None or person.startswith("service:") or person == "policy":
            return "Partnerflow"
        known = self.directory.people.get(person)
        return known.name if known else person

    def when(self, text: str | None) -> str:
        return self.tongue.moment(parsed(text), self.zone, self.at) if text else ""

    def currency_of(self, leg: str | None) -> str:
        return self.upstream or self.currency if leg == "upstream" else self.currency

    def money(self, minor: int, leg: str | None = None) -> str:
        return self.tongue.cash(money(minor, self.currency_of(leg)))


Words = Callable[[Data, Telling], str]
Kept = Callable[[Data, Telling], Data]


def nothing(_: Data, __: Telling) -> Data:
    return {}


def keep(*names: str) -> Kept:
    return lambda data, _: {name: data.get(name) for name in names}


def legs(legs: list[Data], t: Telling) -> list[Data]:
    return [
        {
            "leg": each["leg"],
            "net": money(each["credit"]["net"], t.currency_of(each["leg"])),
            "tax": money(each["credit"]["tax"], t.currency_of(each["leg"])),
            "gross": money(each["credit"]["gross"], t.currency_of(each["leg"])),
        }
        for each in legs
    ]
