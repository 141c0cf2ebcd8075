"""A policy version's life: drafted by one person, published by another, in force from an instant on.

Who may is decided here, from natural persons and roles. FAULTS: Who may do what. DOMAIN: Deadlines.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from partnerflow.people import Actor, Directory, Role
from partnerflow.policy.commands import PublishPolicy
from partnerflow.refusals import Refused

PROPOSES: Final = frozenset({Role.CHANNEL_MANAGER, Role.FINANCE})
PUBLISHES: Final = frozenset({Role.FINANCE, Role.EXECUTIVE})
AGO: Final = timedelta(minutes=5)
"""How far back an instant may lie that was just written; it then holds from the publication on."""
AHEAD: Final = timedelta(days=731)
"""Further ahead nobody plans; a year with a digit too many does."""


class VersionState(StrEnum):
    DRAFT = "draft"
    SCHEDULED = "scheduled"
    CURRENT = "current"
    SUPERSEDED = "superseded"


class ClocksMoved(StrEnum):
    """How far the clocks of open cases have followed; ``waiting`` and ``moving`` owe a driver."""

    WAITING = "waiting"
    MOVING = "moving"
    MOVED = "moved"
    OVERTAKEN = "overtaken"


@dataclass(frozen=True, slots=True)
class Version:
    """What the record keeps of a version beside its document. ``effective_at`` None: a draft."""

    version: int
    name: str
    note: str
    author: str
    created_at: datetime
    approver: str | None = None
    published_at: datetime | None = None
    effective_at: datetime | None = None
    clocks: str | None = None

    def state(self, now: datetime, in_force: int) -> VersionState:
        if self.effective_at is None:
            return VersionState.DRAFT
        if self.effective_at > now:
            return VersionState.SCHEDULED
        return VersionState.CURRENT if self.version == in_force else VersionState.SUPERSEDED


def may_read(actor: Actor, directory: Directory) -> bool:
    """The operator's people; to everybody else it is the operator's own business."""
    return actor.person is not None and actor.organisation == directory.operator.code


def may_propose(actor: Actor, directory: Directory) -> bool:
    return may_read(actor, directory) and bool(actor.roles & PROPOSES)


def may_publish(actor: Actor, directory: Directory) -> bool:
    return may_read(actor, directory) and bool(actor.roles & PUBLISHES)


def may_simulate(actor: Actor, directory: Directory) -> bool:
    """It shows the amounts of every case."""
    return may_propose(actor, directory) or may_publish(actor, directory)


def published(
    version: Version, command: PublishPolicy, actor: Actor, at: datetime, directory: Directory
) -> Version:
    """The version with its publication; refuses ``forbidden``, ``wrong-state``, ``four-eyes``, ``invalid-date``."""
    if not may_publish(actor, directory):
        raise Refused("forbidden", "Finance or an executive publishes a policy.")
    if version.effective_at is not None:
        raise Refused("wrong-state", f"Version {version.version} is published already; draft another.")
    if actor.person == version.author:
        raise Refused("four-eyes", "You wrote this version; another person must publish it.")
    wanted = command.effective_at or at
    if wanted < at - AGO:
        raise Refused("invalid-date", "A policy cannot hold from the past on.", pointer="/effective_at")
    if wanted > at + AHEAD:
        raise Refused("invalid-date", "That is more than two years ahead.", pointer="/effective_at")
    return replace(
        version,
        approver=actor.person,
        published_at=at,
        effective_at=max(wanted, at),
        clocks=ClocksMoved.WAITING.value if command.move_clocks else None,
    )
