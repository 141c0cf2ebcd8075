"""What the machine drives: a desk on paper or the real one. Both keep cases, histories and people of the story."""

from datetime import datetime
from typing import Any, Protocol

from partnerflow.cases.commands import OpenCase
from partnerflow.cases.model import Case
from partnerflow.events import Stamp
from partnerflow.people import Actor, Directory, Role
from partnerflow.policy.document import Policy

DONE = "done"


class Desk(Protocol):
    """``send`` and ``open`` answer ``done`` or the code of the refusal; any other exception is a defect."""

    @property
    def now(self) -> datetime: ...

    @property
    def answered_at(self) -> datetime:
        """When the last command was received."""

    @property
    def directory(self) -> Directory: ...

    @property
    def refs(self) -> tuple[str, ...]: ...

    def case(self, ref: str) -> Case: ...

    def policy(self, ref: str) -> Policy:
        """The case's own, with the allowances its clocks were moved to."""

    def history(self, ref: str, after: int) -> list[tuple[Stamp, Any]]:
        """The events beyond a number, with their stamps."""

    def open(self, command: OpenCase, actor: Actor) -> str: ...

    def send(self, command: Any, actor: Actor, ref: str) -> str: ...

    def activate(self, units: int) -> None:
        """The distributor reports how many units of line 1 are activated."""

    def wait(self, minutes: int) -> None:
        """Time passes and nobody drives what comes due."""

    def settle(self, ref: str) -> bool:
        """Move to the case's next stored instant, and let its driver settle it; False: there is none."""

    def changed(self, person: str, *, roles: frozenset[Role] | None = None, active: bool = True) -> None: ...

    def absent(self, person: str, until: datetime | None, delegate: str | None) -> None: ...

    def covered(self, place: int, person: str) -> None:
        """Another person for a row of the coverage."""


def actor_of(directory: Directory, person: str) -> Actor:
    """Acts as a person of the directory, in the roles they have now."""
    known = directory.people[person]
    return Actor(known.id, known.organisation, known.roles)
