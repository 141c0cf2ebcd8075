"""One transaction at the desk: what it read, and what it owes to be written at its end, in the order of the locks."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from partnerflow.desk.model import Request
from partnerflow.policy.document import Policy
from partnerflow.store import history, policy_versions
from partnerflow.store.closing import close
from partnerflow.store.commands import Received
from partnerflow.store.directory import Snapshot, snapshot
from partnerflow.store.messages import Owed
from partnerflow.store.orders import Head


class NotDue(Exception):
    """A deadline's own command came before its instant: nothing is written."""

    def __init__(self, due_at: datetime | None) -> None:
        super().__init__("not yet")
        self.due_at = due_at


@dataclass(slots=True)
class Work:
    """``made`` names a new record for the command's row; ``on_refusal`` writes what was due before a refused
    command."""

    session: Session
    request: Request
    received: Received
    made: str | None = None
    on_refusal: Callable[[], None] | None = None
    events: list[dict[str, Any]] = field(default_factory=list)
    messages: list[Owed] = field(default_factory=list)
    drivers: set[str] = field(default_factory=set)
    writing: bool = False

    @property
    def at(self) -> datetime:
        return self.received.at

    @property
    def owes(self) -> bool:
        return bool(self.messages or self.drivers)

    def snapshot(self) -> Snapshot:
        return snapshot(self.session, self.received.directory)

    def policy(self, version: int | None = None) -> Policy:
        return policy_versions.policy(self.session, version or self.received.policy)

    def year(self, snap: Snapshot) -> int:
        """The year of case references, by the operator's calendar."""
        return self.at.astimezone(ZoneInfo(snap.directory.operator.zone)).year

    def begin_writing(self) -> None:
        """From here on a refusal has to undo what was written (see ``desk.handle``)."""
        self.writing = True

    def append(self, head: Head, rows: Sequence[history.Recorded]) -> Head:
        """Chain events of one stream onto its head; written with all others at the end."""
        after, chained = history.chain(head, rows)
        self.events += chained
        return after

    def owe(self, owed: Iterable[Owed]) -> None:
        self.messages += owed

    def wake(self, *workflow_ids: str) -> None:
        self.drivers.update(workflow_ids)

    def settle_refused(self) -> None:
        if self.on_refusal:
            self.on_refusal()

    def close(self, **outcome: object) -> None:
        """Write what is owed and the outcome: the transaction's last statement."""
        close(
            self.session, self.received, self.events, self.messages, self.drivers, target=self.made, **outcome
        )
