"""Who watches a case, which calls were asked for and made, and who has the partner's side."""

from dataclasses import dataclass
from typing import ClassVar

from partnerflow.cases.calls import Call


@dataclass(frozen=True, slots=True)
class CaseWatched:
    """Internal to the watcher's own organisation: who looks on is nobody else's business."""

    KIND: ClassVar[str] = "case.watched"
    VERSION: ClassVar[int] = 1
    person: str
    organisation: str
    visibility: str = "internal"


@dataclass(frozen=True, slots=True)
class CaseUnwatched:
    KIND: ClassVar[str] = "case.unwatched"
    VERSION: ClassVar[int] = 1
    person: str
    organisation: str
    visibility: str = "internal"


@dataclass(frozen=True, slots=True)
class CallAsked:
    """Read by the partner and by who calls: nobody else needs the number."""

    KIND: ClassVar[str] = "case.call_asked"
    VERSION: ClassVar[int] = 1
    call: Call


@dataclass(frozen=True, slots=True)
class CallMade:
    """The phone note of call ``call``."""

    KIND: ClassVar[str] = "case.call_made"
    VERSION: ClassVar[int] = 1
    call: str
    text: str


@dataclass(frozen=True, slots=True)
class PartnerHanded:
    """``person`` has the partner's side now; ``before`` had it."""

    KIND: ClassVar[str] = "case.partner_handed"
    VERSION: ClassVar[int] = 1
    person: str
    before: str
    text: str = ""
