"""From a proposal to a decision: rounds, steps, answers, rungs."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from partnerflow.cases.grounds import Named
from partnerflow.cases.model import Appeal, Decision, Proposal, Round, Step
from partnerflow.credits.ceilings import Reservation
from partnerflow.credits.portions import Portion
from partnerflow.orders.model import Leg


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
class ProposalLowered:
    """A step granted less than what was shown: the later ones see and decide the lower one."""

    KIND: ClassVar[str] = "case.proposal_lowered"
    VERSION: ClassVar[int] = 1
    proposal: Proposal
    held: dict[Leg, tuple[Reservation, ...]]


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
    appeal_until: datetime | None


@dataclass(frozen=True, slots=True)
class CaseEscalated:
    """A rung fired: by its ``clock``, or ``pulled`` by the partner. ``to`` has it now, ``named`` says why
    they; None: the ladder is exhausted, ``again``: and was so before, as on each working morning."""

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
    named: Named | None = None
    again: bool = False


@dataclass(frozen=True, slots=True)
class RungSuperseded:
    """A decision received in time was recorded after its expiry: the rung counts for nothing (DOMAIN: Settle first)."""

    KIND: ClassVar[str] = "case.rung_superseded"
    VERSION: ClassVar[int] = 1
    step: str
    rung: int


@dataclass(frozen=True, slots=True)
class CaseRevised:
    """What lies before the deciders changed materially: whoever saw the earlier version is stale (DOMAIN: Approvals).

    ``because`` says what changed, in one sentence.
    """

    KIND: ClassVar[str] = "case.revised"
    VERSION: ClassVar[int] = 1
    proposal: Proposal
    held: dict[Leg, tuple[Reservation, ...]]
    because: str


@dataclass(frozen=True, slots=True)
class RoundRestarted:
    """The same round from its first step again: what was endorsed before no longer stands."""

    KIND: ClassVar[str] = "case.round_restarted"
    VERSION: ClassVar[int] = 1
    round: Round
    because: str


@dataclass(frozen=True, slots=True)
class StepHanded:
    """Somebody else has the step now, with its due instant as it was. ``because``: ``pass_on``, ``redirect``,
    ``absence``, ``left`` or ``role``."""

    KIND: ClassVar[str] = "case.step_handed_on"
    VERSION: ClassVar[int] = 1
    step: str
    before: tuple[str, ...]
    persons: tuple[str, ...]
    because: str
    text: str = ""
    stands_for: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CaseRecalled:
    """Back to assessment before the last step; the clocks and what is held stay as they are."""

    KIND: ClassVar[str] = "case.recalled"
    VERSION: ClassVar[int] = 1
    reason: str


@dataclass(frozen=True, slots=True)
class CaseAppealed:
    """Open again for one independent round over what was declined or left out."""

    KIND: ClassVar[str] = "case.appealed"
    VERSION: ClassVar[int] = 1
    appeal: Appeal
    held: dict[Leg, tuple[Reservation, ...]]
