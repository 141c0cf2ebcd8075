"""Clocks, their pauses, and the questions that pause them."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from partnerflow.cases.model import Clock, Fact, Question


@dataclass(frozen=True, slots=True)
class ClockWarned:
    KIND: ClassVar[str] = "case.clock_warned"
    VERSION: ClassVar[int] = 1
    clock: str
    percent: int
    due_at: datetime


@dataclass(frozen=True, slots=True)
class ClockBreached:
    KIND: ClassVar[str] = "case.clock_breached"
    VERSION: ClassVar[int] = 1
    clock: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class ClocksSet:
    """New states of clocks, by name; the one way a clock changes outside a pause."""

    KIND: ClassVar[str] = "case.clocks_set"
    VERSION: ClassVar[int] = 1
    clocks: tuple[Clock, ...]


@dataclass(frozen=True, slots=True)
class ClockPaused:
    KIND: ClassVar[str] = "case.clock_paused"
    VERSION: ClassVar[int] = 1
    clocks: tuple[Clock, ...]
    because: str
    by: str


@dataclass(frozen=True, slots=True)
class ClockResumed:
    KIND: ClassVar[str] = "case.clock_resumed"
    VERSION: ClassVar[int] = 1
    clocks: tuple[Clock, ...]


@dataclass(frozen=True, slots=True)
class InfoRequested:
    KIND: ClassVar[str] = "case.info_requested"
    VERSION: ClassVar[int] = 1
    question: Question


@dataclass(frozen=True, slots=True)
class InfoReceived:
    """``text`` None: nobody answered in time, the decider decides on what is there."""

    KIND: ClassVar[str] = "case.info_received"
    VERSION: ClassVar[int] = 1
    question: str
    text: str | None
    fact: Fact | None = None
    channel: str = ""


@dataclass(frozen=True, slots=True)
class ClocksMoved:
    """The clocks now run by the allowances of another policy version; what was used stays used."""

    KIND: ClassVar[str] = "case.clocks_moved"
    VERSION: ClassVar[int] = 1
    policy_version: int
    clocks: tuple[Clock, ...]
