"""What the sentences of a timeline are made with: names, instants of the reader's zone, amounts, kept members."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from api.schemas.shown.plain import money
from partnerflow.calendars import local_text
from partnerflow.people import Directory
from partnerflow.store.codec import instant as parsed

Data = dict[str, Any]


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

    def name(self, person: str | None) -> str:
        if person is None or person.startswith("service:") or person == "policy":
            return "Partnerflow"
        known = self.directory.people.get(person)
        return known.name if known else person

    def when(self, text: str | None) -> str:
        return local_text(parsed(text), self.zone, self.at) if text else ""

    def currency_of(self, leg: str | None) -> str:
        return self.upstream or self.currency if leg == "upstream" else self.currency

    def money(self, minor: int, leg: str | None = None) -> str:
        shown = money(minor, self.currency_of(leg))
        return f"{shown['amount']} {shown['currency']}"


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
