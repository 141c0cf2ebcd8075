"""What makes a case easier to live with: watching it, being called back, handing one's side to a colleague."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Watch:
    """Whoever sends it hears of the case from now on."""


@dataclass(frozen=True, slots=True)
class Unwatch:
    """Whoever sends it no longer hears of it."""


@dataclass(frozen=True, slots=True)
class AskCall:
    """The partner asks to be called: ``when`` in words, or at ``slot``."""

    number: str
    when: str
    about: str
    slot: datetime | None = None


@dataclass(frozen=True, slots=True)
class RecordCall:
    """Somebody of ours called; ``text`` is what was said, for both sides."""

    call: str
    text: str


@dataclass(frozen=True, slots=True)
class HandPartner:
    """The partner's side to a colleague: ``to`` is a person, by id or e-mail address."""

    to: str
    text: str = ""


KindnessCommand = Watch | Unwatch | AskCall | RecordCall | HandPartner
