"""What drivers, their steps and the relay agree on: the queue, the ids, what goes in and what is read.

All instants are aware and UTC. ``now`` and a due instant come from one read of the record, so that a timer is
set to their difference and no workflow ever looks at a clock.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from partnerflow.cases.model import Stage
from partnerflow.orders.model import OrderStatus
from workflows.contract_payments import PayoutInput

QUEUE: Final = "partnerflow"
MESSAGES: Final = "partnerflow-messages"
"""Later attempts of messages wait apart: when a mail server is away, thousands must not hold up the cases."""
WAKE: Final = "wake"
"""The one signal: something has changed, read the record again. It carries no data."""


@dataclass(frozen=True, slots=True)
class OrderInput:
    order_id: str


@dataclass(frozen=True, slots=True)
class CaseInput:
    ref: str


@dataclass(frozen=True, slots=True)
class RoundInput:
    """A round of a case: its approval, or the remedy that follows from it."""

    ref: str
    round: int


@dataclass(frozen=True, slots=True)
class DeliveryInput:
    delivery_id: str


@dataclass(frozen=True, slots=True)
class ImportInput:
    import_id: str


@dataclass(frozen=True, slots=True)
class PeopleInput:
    """There is one such driver: ``people/sync``."""

    name: str


@dataclass(frozen=True, slots=True)
class ImportSummary:
    """``position`` is the last row that was booked or listed."""

    open: bool
    position: int


@dataclass(frozen=True, slots=True)
class Portion:
    """The staged rows after ``position``."""

    import_id: str
    position: int


@dataclass(frozen=True, slots=True)
class PolicyInput:
    """A published version whose clocks are to be moved."""

    version: str


@dataclass(frozen=True, slots=True)
class Due:
    """A stored instant at which something happens by itself; ``name`` is the clock's."""

    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PeopleSummary:
    """``behind``: the directory was changed and not every case has followed. ``due`` is when somebody comes or goes
    next."""

    now: datetime
    behind: bool
    due: Due | None

    @property
    def open(self) -> bool:
        return self.behind or self.due is not None


@dataclass(frozen=True, slots=True)
class Followers:
    """The open cases after ``after``. One pass follows what was ``asked`` and who came and went ``until`` it began;
    None: it begins."""

    after: str = ""
    asked: int | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class OrderSummary:
    """``due`` is the hold's expiry or the window's next reminder; an order without one needs no driver."""

    now: datetime
    status: OrderStatus | None
    due: Due | None

    @property
    def open(self) -> bool:
        return self.due is not None


@dataclass(frozen=True, slots=True)
class CaseSummary:
    """``due`` is the earliest instant of every clock but a pending step's; ``stage`` None: no such case. A closed case
    is driven on while the distributor still waits for the vendor's note."""

    now: datetime
    stage: Stage | None
    due: Due | None

    @property
    def open(self) -> bool:
        return self.stage is not None and (self.stage is not Stage.CLOSED or self.due is not None)


@dataclass(frozen=True, slots=True)
class RoundSummary:
    """``step`` is the id of the step whose turn it is, None once the round is over, ``due`` its instant."""

    now: datetime
    step: str | None
    due: Due | None

    @property
    def open(self) -> bool:
        return self.step is not None


@dataclass(frozen=True, slots=True)
class PolicySummary:
    """``due`` is the version's instant while clocks are to be moved; ``left`` open cases have not been asked yet."""

    now: datetime
    due: Due | None
    moving: bool
    left: int

    @property
    def open(self) -> bool:
        return self.due is not None


class Act(StrEnum):
    """The acts of a remedy, in their order; the record says which is next."""

    CHECK = "check"
    CANCEL_UPSTREAM = "cancel_upstream"
    ISSUE = "issue"
    INSTRUCT = "instruct"
    PUBLISH = "publish"


@dataclass(frozen=True, slots=True)
class RemedySummary:
    """``next_act`` None: it failed and waits for its named person, whose clock the case's driver has.
    ``version`` is the number of the case's last event. ``to_restore``: the
    vendor had cancelled, and the remedy was compensated after it. ``to_store``: debit notes of the round are owed."""

    open: bool
    next_act: Act | None
    version: int
    to_restore: bool = False
    to_store: bool = False


@dataclass(frozen=True, slots=True)
class DeliverySummary:
    """``now`` is the machine's clock here: back-off is no business instant. ``due``: the next attempt."""

    now: datetime
    due: Due | None

    @property
    def open(self) -> bool:
        return self.due is not None


@dataclass(frozen=True, slots=True)
class Settling:
    """Ask the desk to settle what is due on ``case/<ref>`` or ``order/<id>``."""

    target: str
    due: Due


@dataclass(frozen=True, slots=True)
class ActDone:
    """``reference`` is what the other side gave back."""

    ref: str
    round: int
    act: Act
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class NoteGiven:
    """What the system that owns an issuer's numbers answered of one leg's note, in minor units."""

    ref: str
    round: int
    leg: str
    number: str
    issued_at: datetime
    net: int
    tax: int
    gross: int
    clearance_id: str | None = None
    document: str | None = None


@dataclass(frozen=True, slots=True)
class RemedyFailure:
    """``version`` is the case's when the failure was seen: in the key it makes each failure one command."""

    ref: str
    round: int
    version: int
    because: str


@dataclass(frozen=True, slots=True)
class RemedyRetry:
    """``version`` as in a failure: each retry is one command."""

    ref: str
    round: int
    version: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What the desk said. ``refused``: no, by rule and for good; ``text`` is its sentence."""

    refused: bool
    text: str


def rounded(key: str) -> RoundInput:
    """``PF-2027-000123-1`` -> the first round of that case."""
    ref, _, number = key.rpartition("-")
    return RoundInput(ref, int(number))


DRIVERS: Final[dict[str, tuple[str, Callable[[str], Any]]]] = {
    "order": ("OrderWorkflow", OrderInput),
    "case": ("CaseWorkflow", CaseInput),
    "approval": ("ApprovalWorkflow", rounded),
    "remedy": ("RemedyWorkflow", rounded),
    "payout": ("PayoutWorkflow", PayoutInput),
    "delivery": ("DeliveryWorkflow", DeliveryInput),
    "import": ("ImportWorkflow", ImportInput),
    "policy": ("PolicyWorkflow", PolicyInput),
    "people": ("PeopleWorkflow", PeopleInput),
}
"""What runs under an id: ``<kind>/<key>`` -> the workflow's name, and its input made of the key."""


def driver(workflow_id: str) -> tuple[str, Any]:
    """The workflow's name and its input; ValueError for an id that no driver has."""
    kind, _, key = workflow_id.partition("/")
    if kind not in DRIVERS or not key:
        raise ValueError(f"no driver has the id {workflow_id!r}")
    name, start = DRIVERS[kind]
    return name, start(key)


def queue(workflow_id: str) -> str:
    """Where the driver with this id waits for a worker."""
    return MESSAGES if workflow_id.startswith("delivery/") else QUEUE


def due_in(due: Due, now: datetime) -> timedelta:
    """How long until it is due, as the record saw it; never negative."""
    return max(due.at - now, timedelta(0))
