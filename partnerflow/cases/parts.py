"""What a case is made of: its stages, what was asked, rounds and steps, clocks, questions, the remedy. Frozen data.

DOMAIN: Cases, Approvals, Deadlines.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from partnerflow.cases.grounds import Authority, Named, PassedOver, Sums
from partnerflow.cases.statements import CitedFact
from partnerflow.cases.terms import RightTax, Terms
from partnerflow.credits.ceilings import Reservation
from partnerflow.credits.fees import Fee
from partnerflow.credits.legs import LegAmounts
from partnerflow.credits.passing import FaultShare
from partnerflow.credits.portions import Portion
from partnerflow.orders.model import Leg
from partnerflow.people import Role


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
    VOIDED = "voided"


@dataclass(frozen=True, slots=True)
class RequestedLine:
    """What the partner asks on one line: units (the exception's included), or a net amount; ``tax`` of a tax
    correction."""

    line_no: int
    quantity: int = 0
    amount: int | None = None
    convert: bool = False
    tax: RightTax | None = None


@dataclass(frozen=True, slots=True)
class ExceptionLine:
    line_no: int
    quantity: int
    percent: int


@dataclass(frozen=True, slots=True)
class ExceptionAsked:
    """``by`` asks it; ``cost`` is what it costs beyond policy, net minor units on the main leg (None: not worked
    out)."""

    justification: str
    lines: tuple[ExceptionLine, ...]
    by: str = ""
    cost: int | None = None
    attachments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LegShown:
    """The amounts of one leg as shown and bound: the credit, and the rebill of what is wanted instead."""

    leg: Leg
    credit: LegAmounts
    rebill: LegAmounts | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is put before the deciders. ``by`` is a person, or ``policy`` where the policy or the partner's own
    line-by-line exception gave the amounts. ``version`` counts proposals: it is what an approval binds. ``lowered``: a
    step made it less than what was proposed. ``upstream_fault`` says how the upstream leg follows, and is named so that
    who may not see that leg does not get it; on the lines the reseller's own share is taken off already."""

    version: int
    portions: tuple[Portion, ...]
    legs: tuple[LegShown, ...]
    by: str
    at: datetime
    clause: str
    text: str
    root_cause: str | None = None
    facts: tuple[CitedFact, ...] = ()
    lowered: bool = False
    upstream_fault: FaultShare | None = None
    fees: tuple[Fee, ...] = ()

    @property
    def terms(self) -> Terms:
        return Terms(self.upstream_fault, self.fees)


@dataclass(frozen=True, slots=True)
class Decision:
    """One person's answer in a step; ``instead_of`` names the stored decider they stood in for."""

    by: str
    at: datetime
    what: str
    text: str | None = None
    reason_code: str | None = None
    instead_of: str | None = None
    facts: tuple[CitedFact, ...] = ()
    to: str | None = None
    authority: Authority | None = None


ROUTE, RUNG = "route", "rung"


@dataclass(frozen=True, slots=True)
class Holder:
    """Who had the step from when to when: a late expiry is judged against it (DOMAIN: Settle first).

    ``named_by`` is ``route``, ``rung``, or why it was handed on; only whom the route names by role needs that role.
    ``stands_for``: who of them came for whom, so that an approval by delegation is judged by both persons.
    """

    persons: tuple[str, ...]
    since: datetime
    until: datetime | None = None
    named_by: str = ROUTE
    stands_for: dict[str, str] = field(default_factory=dict)
    named: tuple[Named, ...] = ()
    passed_over: tuple[PassedOver, ...] = ()


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
    roles: tuple[Role, ...] = ()
    persons: tuple[str, ...] = ()
    holders: tuple[Holder, ...] = ()
    decisions: tuple[Decision, ...] = ()
    rung: int = 0
    started_at: datetime | None = None

    @property
    def deciders(self) -> tuple[str, ...]:
        return self.holders[-1].persons if self.holders else ()


@dataclass(frozen=True, slots=True)
class Round:
    """One pass through a route. ``aggregate`` is in the operator's minor units, fixed at the start (DOMAIN); ``inputs``
    are the facts the route was chosen by. ``had`` says who had a step before the round began again: they may still hold
    what was shown then."""

    no: int
    route: str
    aggregate: int
    exception: bool
    started_at: datetime
    steps: tuple[Step, ...]
    state: str = "open"
    granted: tuple[Portion, ...] = ()
    granted_at: datetime | None = None
    inputs: dict[str, bool | int | str] = field(default_factory=dict)
    appeal: bool = False
    sums: Sums | None = None
    had: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def current(self) -> Step | None:
        return next((step for step in self.steps if step.status is StepStatus.PENDING), None)


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
class Appeal:
    """The one independent second look: ``asked`` is what was declined or left out, ``requested`` its amounts, and
    ``outcome`` what the case had come to before. ``granted`` are the amounts approved before, ``kept`` what the case
    then still held (notes that others issue): neither is what the appeal is about."""

    text: str
    by: str
    at: datetime
    outcome: CaseOutcome
    asked: tuple[Portion, ...]
    requested: tuple[LegShown, ...]
    granted: tuple[LegShown, ...] = ()
    kept: dict[Leg, tuple[Reservation, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PassThrough:
    how: str
    reference: str
    at: datetime
    by: str
