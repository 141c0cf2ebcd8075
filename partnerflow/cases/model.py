"""The case as the record keeps it. Persons are ids, instants aware UTC, amounts net minor units unless said otherwise.

DOMAIN: Cases, Approvals, Deadlines.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from partnerflow.credits.ceilings import Reservation
from partnerflow.credits.legs import LegAmounts, WantedLine
from partnerflow.credits.notes import Allocation
from partnerflow.credits.portions import Portion
from partnerflow.credits.settlement import Settlement
from partnerflow.orders.model import Leg
from partnerflow.people import Role, Scope
from partnerflow.policy.terms import CaseType, Reason


class Stage(StrEnum):
    ASSESSMENT = "assessment"
    APPROVAL = "approval"
    REMEDY = "remedy"
    PASSING_ON = "passing_on"
    CLOSED = "closed"


class CaseOutcome(StrEnum):
    CREDITED = "credited"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"


class Verdict(StrEnum):
    WITHIN_POLICY = "within_policy"
    PARTLY_WITHIN_POLICY = "partly_within_policy"
    OUTSIDE_POLICY = "outside_policy"
    NEEDS_ASSESSMENT = "needs_assessment"


class ClockState(StrEnum):
    RUNNING = "running"
    PAUSED = "paused"
    BREACHED = "breached"
    DONE = "done"


class StepStatus(StrEnum):
    """``waiting`` for its turn, ``pending`` a decision; the API shows approved and declined as ``decided``."""

    WAITING = "waiting"
    PENDING = "pending"
    APPROVED = "approved"
    DECLINED = "declined"
    VOID = "void"


class RemedyState(StrEnum):
    EXECUTING = "executing"
    DONE = "done"
    FAILED = "failed"
    COMPENSATED = "compensated"


@dataclass(frozen=True, slots=True)
class RequestedLine:
    """What the partner asks on one line: units (the exception's included), or a net amount."""

    line_no: int
    quantity: int = 0
    amount: int | None = None
    convert: bool = False


@dataclass(frozen=True, slots=True)
class ExceptionLine:
    line_no: int
    quantity: int
    percent: int


@dataclass(frozen=True, slots=True)
class ExceptionAsked:
    justification: str
    lines: tuple[ExceptionLine, ...]


@dataclass(frozen=True, slots=True)
class Fact:
    """A statement with a source; what the order says and the partner submits starts confirmed (DOMAIN: Facts)."""

    id: str
    text: str
    source: str
    by: str
    at: datetime
    decisive: bool
    confirmed_by: str | None


@dataclass(frozen=True, slots=True)
class LegShown:
    """The amounts of one leg as shown and bound: the credit, and the rebill of what is wanted instead."""

    leg: Leg
    credit: LegAmounts
    rebill: LegAmounts | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is put before the deciders. ``by`` is a person, or ``policy`` where the policy or the partner's own
    line-by-line exception gave the amounts. ``version`` counts proposals: it is what an approval binds."""

    version: int
    portions: tuple[Portion, ...]
    legs: tuple[LegShown, ...]
    by: str
    at: datetime
    clause: str
    text: str
    root_cause: str | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """One person's answer in a step; ``instead_of`` names the stored decider they stood in for."""

    by: str
    at: datetime
    what: str
    text: str | None = None
    reason_code: str | None = None
    instead_of: str | None = None


@dataclass(frozen=True, slots=True)
class Holder:
    """Who had the step from when to when: a late expiry is judged against it (DOMAIN: Settle first)."""

    persons: tuple[str, ...]
    since: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a round; ``id`` stays through rungs, absences and passing on. ``rung`` counts fired rungs."""

    id: str
    no: int
    name: str
    role: Role | None
    mode: str
    needed: int
    allowance_minutes: int | None
    status: StepStatus
    person: str | None = None
    manager_of: str | None = None
    holders: tuple[Holder, ...] = ()
    decisions: tuple[Decision, ...] = ()
    rung: int = 0
    started_at: datetime | None = None

    @property
    def deciders(self) -> tuple[str, ...]:
        return self.holders[-1].persons if self.holders else ()


@dataclass(frozen=True, slots=True)
class Round:
    """One pass through a route. ``aggregate`` is in the operator's minor units, fixed at the start (DOMAIN)."""

    no: int
    route: str
    aggregate: int
    exception: bool
    started_at: datetime
    steps: tuple[Step, ...]
    state: str = "open"
    granted: tuple[Portion, ...] = ()
    granted_at: datetime | None = None

    @property
    def current(self) -> Step | None:
        return next((step for step in self.steps if step.status is StepStatus.PENDING), None)


@dataclass(frozen=True, slots=True)
class ClockWarning:
    percent: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Clock:
    """A deadline. ``measured_by`` names the calendar: ``person:<id>`` or ``organisation:<code>``.

    ``due_at`` is None only while paused; ``warnings`` are those still to come; ``used`` is working seconds at the last
    start or pause; ``rung`` how many rungs of its ladder have fired; ``exhausted`` after the last one.
    """

    name: str
    measured_by: str
    allowance: int
    started_at: datetime
    due_at: datetime | None
    state: ClockState
    warnings: tuple[ClockWarning, ...] = ()
    used: int = 0
    resumed_at: datetime | None = None
    rung: int = 0
    exhausted: bool = False
    paused_because: str | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """A point put to the partner. It pauses the decision until answered, or until the ``partner_answer`` clock ends:
    then it is ``lapsed``, "not answered"."""

    id: str
    text: str
    by: str
    at: datetime
    answered_at: datetime | None = None
    answer: str | None = None
    lapsed: bool = False

    @property
    def open(self) -> bool:
        return self.answered_at is None and not self.lapsed


@dataclass(frozen=True, slots=True)
class Action:
    """One act of the remedy that is done; ``reference`` is what the other side gave back."""

    name: str
    at: datetime
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class Remedy:
    round: int
    state: RemedyState
    started_at: datetime
    actions: tuple[Action, ...] = ()
    failed_because: str | None = None
    held_by: str | None = None

    def done(self, name: str) -> bool:
        return any(action.name == name for action in self.actions)


@dataclass(frozen=True, slots=True)
class Issued:
    """A document of this case: a credit note or a rebill, issued here (``ready`` once its PDF is stored)."""

    kind: str
    number: str
    leg: Leg
    round: int
    invoice: str | None
    net: int
    tax: int
    gross: int
    allocation: Allocation | None = None
    ready: bool = False


@dataclass(frozen=True, slots=True)
class PassThrough:
    how: str
    reference: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Case:
    """``version`` is the number of its last event. ``requester`` sent it; ``opened_for`` is the partner's person when
    somebody else opened it on their behalf (both are recorded)."""

    ref: str
    order_id: str
    order_number: str
    po_number: str | None
    type: CaseType
    reason: Reason
    description: str
    currency: str
    vendor: str | None
    distributor: str | None
    reseller: str | None
    scope: Scope
    legs: tuple[Leg, ...]
    opened_at: datetime
    requester: str
    opened_for: str | None
    policy_version: int
    lines: tuple[RequestedLine, ...]
    wanted: tuple[WantedLine, ...]
    exception: ExceptionAsked | None
    settlement: Settlement | None
    verdict: Verdict
    clause: str
    asked: tuple[Portion, ...]
    requested: tuple[LegShown, ...]
    held: dict[Leg, tuple[Reservation, ...]]
    stage: Stage
    owner: str
    facts: tuple[Fact, ...] = ()
    proposal: Proposal | None = None
    rounds: tuple[Round, ...] = ()
    clocks: tuple[Clock, ...] = ()
    questions: tuple[Question, ...] = ()
    remedy: Remedy | None = None
    issued: tuple[Issued, ...] = ()
    pass_through: PassThrough | None = None
    outcome: CaseOutcome | None = None
    root_cause: str | None = None
    decline_code: str | None = None
    closed_at: datetime | None = None
    appeal_until: datetime | None = None
    pulled: tuple[str, ...] = ()
    rungs_fired: int = 0
    origin: str = "partner"
    external_reference: str | None = None
    version: int = 0

    @property
    def round(self) -> Round | None:
        return self.rounds[-1] if self.rounds else None

    @property
    def step(self) -> Step | None:
        return self.round.current if self.round and self.round.state == "open" else None

    def clock(self, name: str) -> Clock | None:
        return next((clock for clock in self.clocks if clock.name == name), None)

    @property
    def awaiting_partner(self) -> bool:
        """A condition of assessment and approval (DOMAIN: Pauses)."""
        asking = self.stage in (Stage.ASSESSMENT, Stage.APPROVAL)
        return asking and any(question.open for question in self.questions)

    @property
    def open(self) -> bool:
        return self.stage is not Stage.CLOSED

    @property
    def main_leg(self) -> Leg:
        return self.legs[0]

    @property
    def clocks_due(self) -> tuple[tuple[datetime, str], ...]:
        """Every stored instant at which something happens by itself, earliest first; the step's before the rest."""
        found = [(when, clock.name) for clock in self.clocks if (when := next_instant(clock))]
        return tuple(sorted(found, key=lambda due: (due[0], due[1] != "step", due[1])))


def next_instant(clock: Clock) -> datetime | None:
    """The clock's next warning or due instant; None when paused, done, or breached without more to come."""
    if clock.state is ClockState.RUNNING:
        return clock.warnings[0].at if clock.warnings else clock.due_at
    return clock.due_at if clock.exhausted else None
