"""Facts agreed or not, and the exception asked for."""

from dataclasses import dataclass
from typing import ClassVar

from partnerflow.cases.model import ExceptionAsked, Fact, LegShown
from partnerflow.credits.ceilings import Reservation
from partnerflow.credits.portions import Portion
from partnerflow.orders.model import Leg


@dataclass(frozen=True, slots=True)
class FactChanged:
    """``change`` is ``added``, ``corrected``, ``confirmed``, ``upheld``, ``withdrawn`` or ``lapsed`` (not answered);
    ``text`` says why it is withdrawn, where somebody said so."""

    KIND: ClassVar[str] = "case.fact_changed"
    VERSION: ClassVar[int] = 1
    fact: Fact
    change: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class FactDisputed:
    KIND: ClassVar[str] = "case.fact_disputed"
    VERSION: ClassVar[int] = 1
    fact: Fact


@dataclass(frozen=True, slots=True)
class ExceptionRequested:
    """What is asked from now on, and what is held for it on every leg."""

    KIND: ClassVar[str] = "case.exception_requested"
    VERSION: ClassVar[int] = 1
    exception: ExceptionAsked
    asked: tuple[Portion, ...]
    requested: tuple[LegShown, ...]
    held: dict[Leg, tuple[Reservation, ...]]
    verdict: str
    clause: str


@dataclass(frozen=True, slots=True)
class AlreadyTold:
    """The partner had told it before; ``times`` counts."""

    KIND: ClassVar[str] = "case.already_told"
    VERSION: ClassVar[int] = 1
    text: str
    times: int
