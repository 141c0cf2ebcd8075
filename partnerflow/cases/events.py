"""What was decided about a case. Each event carries what evolve needs, nothing is looked up again.

Readers get events too, so everything of the upstream leg sits in members named ``upstream...`` or in list entries with
``leg: upstream``, and ``visibility`` says whether the partner may see the event at all.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from partnerflow.cases.model import (
    Case,
    Clock,
    Decision,
    Fact,
    Issued,
    PassThrough,
    Proposal,
    Question,
    Round,
    Step,
)
from partnerflow.credits.ceilings import Reservation
from partnerflow.credits.portions import Portion
from partnerflow.orders.model import Leg


@dataclass(frozen=True, slots=True)
class CaseOpened:
    KIND: ClassVar[str] = "case.opened"
    VERSION: ClassVar[int] = 1
    case: Case


@dataclass(frozen=True, slots=True)
class OwnerChanged:
    """``because`` is ``rung``, ``absence``, ``left`` or ``reassigned``."""

    KIND: ClassVar[str] = "case.owner_changed"
    VERSION: ClassVar[int] = 1
    owner: str
    before: str
    because: str


@dataclass(frozen=True, slots=True)
class CaseProposed:
    KIND: ClassVar[str] = "case.proposed"
    VERSION: ClassVar[int] = 1
    proposal: Proposal
    held: dict[Leg, tuple[Reservation, ...]]


@dataclass(frozen=True, slots=True)
class RoundStarted:
    KIND: ClassVar[str] = "case.round_started"
    VERSION: ClassVar[int] = 1
    round: Round


@dataclass(frozen=True, slots=True)
class StepStarted:
    KIND: ClassVar[str] = "case.approval_step_started"
    VERSION: ClassVar[int] = 1
    step: Step


@dataclass(frozen=True, slots=True)
class StepDecided:
    """One person's answer; ``final`` when it ends the step. Until then no partner sees it (DOMAIN: Status)."""

    KIND: ClassVar[str] = "case.step_decided"
    VERSION: ClassVar[int] = 1
    step: str
    decision: Decision
    final: bool


@dataclass(frozen=True, slots=True)
class CaseApproved:
    """The last step granted. ``proposal`` is what was granted; kind ``case.approved_in_part`` when it is less."""

    KIND: ClassVar[str] = "case.approved"
    VERSION: ClassVar[int] = 1
    granted: tuple[Portion, ...]


@dataclass(frozen=True, slots=True)
class CaseApprovedInPart:
    KIND: ClassVar[str] = "case.approved_in_part"
    VERSION: ClassVar[int] = 1
    granted: tuple[Portion, ...]


@dataclass(frozen=True, slots=True)
class CaseDeclined:
    KIND: ClassVar[str] = "case.declined"
    VERSION: ClassVar[int] = 1
    reason_code: str
    text: str
    appeal_until: datetime


@dataclass(frozen=True, slots=True)
class ProposalLowered:
    """A step granted less than what was shown: the later ones see and decide the lower one."""

    KIND: ClassVar[str] = "case.proposal_lowered"
    VERSION: ClassVar[int] = 1
    proposal: Proposal
    held: dict[Leg, tuple[Reservation, ...]]


@dataclass(frozen=True, slots=True)
class CaseEscalated:
    """A rung fired: by its ``clock``, or ``pulled`` by the partner. ``to`` has it now; None: the ladder is
    exhausted."""

    KIND: ClassVar[str] = "case.escalated"
    VERSION: ClassVar[int] = 1
    clock: str
    rung: int
    before: tuple[str, ...]
    to: str | None
    due_at: datetime
    reason: str
    pulled: bool = False
    step: str | None = None


@dataclass(frozen=True, slots=True)
class RungSuperseded:
    """A decision received in time was recorded after its expiry: the rung counts for nothing (DOMAIN: Settle first)."""

    KIND: ClassVar[str] = "case.rung_superseded"
    VERSION: ClassVar[int] = 1
    step: str
    rung: int


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


@dataclass(frozen=True, slots=True)
class NoteAdded:
    """``visibility`` is ``public``, or ``internal`` to the writer's ``organisation``."""

    KIND: ClassVar[str] = "case.note_added"
    VERSION: ClassVar[int] = 1
    text: str
    visibility: str
    organisation: str


@dataclass(frozen=True, slots=True)
class CaseWithdrawn:
    KIND: ClassVar[str] = "case.withdrawn"
    VERSION: ClassVar[int] = 1
    reason: str


@dataclass(frozen=True, slots=True)
class CaseCancelled:
    KIND: ClassVar[str] = "case.cancelled"
    VERSION: ClassVar[int] = 1
    reason: str
    root_cause: str
    duplicate_of: str | None


@dataclass(frozen=True, slots=True)
class RemedyStarted:
    KIND: ClassVar[str] = "case.remedy_started"
    VERSION: ClassVar[int] = 1
    round: int


@dataclass(frozen=True, slots=True)
class RemedyActed:
    """``held`` is what the case still reserves after the act (legs whose notes another issues); None: as before."""

    KIND: ClassVar[str] = "case.remedy_acted"
    VERSION: ClassVar[int] = 1
    action: str
    reference: str | None
    held: dict[Leg, tuple[Reservation, ...]] | None = None


@dataclass(frozen=True, slots=True)
class RemedyFailed:
    """``compensated``: before the first note, the case is back with its owner. Else ``held_by`` is on it."""

    KIND: ClassVar[str] = "case.remedy_failed"
    VERSION: ClassVar[int] = 1
    because: str
    compensated: bool
    held_by: str


@dataclass(frozen=True, slots=True)
class RemedyRetried:
    KIND: ClassVar[str] = "case.remedy_retried"
    VERSION: ClassVar[int] = 1
    round: int


@dataclass(frozen=True, slots=True)
class CreditNoteIssued:
    """A credit note, or with ``kind: rebill`` in ``document`` the invoice of what is wanted instead."""

    KIND: ClassVar[str] = "credit_note.issued"
    VERSION: ClassVar[int] = 1
    leg: str
    document: Issued


@dataclass(frozen=True, slots=True)
class RebillIssued:
    KIND: ClassVar[str] = "rebill.issued"
    VERSION: ClassVar[int] = 1
    leg: str
    document: Issued
    order_number: str


@dataclass(frozen=True, slots=True)
class RemedyDone:
    """Every document is stored and published; the case waits for the distributor, or ends (an order of one leg)."""

    KIND: ClassVar[str] = "case.remedy_done"
    VERSION: ClassVar[int] = 1
    passing_on: bool


@dataclass(frozen=True, slots=True)
class CasePassedOn:
    KIND: ClassVar[str] = "case.passed_on"
    VERSION: ClassVar[int] = 1
    pass_through: PassThrough


@dataclass(frozen=True, slots=True)
class CaseClosed:
    KIND: ClassVar[str] = "case.closed"
    VERSION: ClassVar[int] = 1
    outcome: str
    root_cause: str


Event = (
    CaseOpened
    | OwnerChanged
    | CaseProposed
    | RoundStarted
    | StepStarted
    | StepDecided
    | CaseApproved
    | CaseApprovedInPart
    | CaseDeclined
    | ProposalLowered
    | CaseEscalated
    | RungSuperseded
    | ClockWarned
    | ClockBreached
    | ClocksSet
    | ClockPaused
    | ClockResumed
    | InfoRequested
    | InfoReceived
    | NoteAdded
    | CaseWithdrawn
    | CaseCancelled
    | RemedyStarted
    | RemedyActed
    | RemedyFailed
    | RemedyRetried
    | CreditNoteIssued
    | RebillIssued
    | RemedyDone
    | CasePassedOn
    | CaseClosed
)

EVENTS: dict[str, type[Event]] = {
    kind.KIND: kind
    for kind in (
        CaseOpened,
        OwnerChanged,
        CaseProposed,
        RoundStarted,
        StepStarted,
        StepDecided,
        CaseApproved,
        CaseApprovedInPart,
        CaseDeclined,
        ProposalLowered,
        CaseEscalated,
        RungSuperseded,
        ClockWarned,
        ClockBreached,
        ClocksSet,
        ClockPaused,
        ClockResumed,
        InfoRequested,
        InfoReceived,
        NoteAdded,
        CaseWithdrawn,
        CaseCancelled,
        RemedyStarted,
        RemedyActed,
        RemedyFailed,
        RemedyRetried,
        CreditNoteIssued,
        RebillIssued,
        RemedyDone,
        CasePassedOn,
        CaseClosed,
    )
}

PRIVATE = frozenset(
    {
        "case.round_started",
        "case.clocks_set",
        "case.clock_warned",
        "case.clock_breached",
        "case.rung_superseded",
        "case.remedy_acted",
        "case.remedy_retried",
        "case.remedy_done",
    }
)
"""Kinds that only the operator's people see in the timeline; the partner has the status for what they mean."""
