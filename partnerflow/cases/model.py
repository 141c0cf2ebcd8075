"""The case as the record keeps it. Persons are ids, instants aware UTC, amounts net minor units unless said otherwise.

DOMAIN: Cases, Approvals, Deadlines.
"""

from dataclasses import dataclass
from datetime import datetime

from partnerflow.cases.attachments import Attachment
from partnerflow.cases.calls import Call
from partnerflow.cases.clock import Clock, ClockState, ClockWarning
from partnerflow.cases.grounds import Named
from partnerflow.cases.money_parts import Exchanged, Gated, PaidGoodwill, Payout, VoidAsked
from partnerflow.cases.paper_parts import Instructed, Issued
from partnerflow.cases.parts import (
    Action,
    Appeal,
    CaseOutcome,
    Decision,
    ExceptionAsked,
    ExceptionLine,
    Holder,
    LegShown,
    PassThrough,
    Proposal,
    Remedy,
    RemedyState,
    RequestedLine,
    Round,
    Stage,
    Step,
    StepStatus,
    Verdict,
)
from partnerflow.cases.statements import PARTNER, CitedFact, Dispute, Fact, FactState, Question, Upheld
from partnerflow.credits.ceilings import Reservation
from partnerflow.credits.legs import WantedLine
from partnerflow.credits.portions import Portion
from partnerflow.credits.settlement import Settlement
from partnerflow.orders.model import Leg
from partnerflow.people import Scope
from partnerflow.policy.terms import CaseType, Reason


@dataclass(frozen=True, slots=True)
class Case:
    """``version`` is the number of its last event. ``requester`` sent it; ``opened_for`` is the partner's person when
    somebody else opened it on their behalf (both are recorded). ``earlier`` are the proposals that were shown before;
    ``told`` counts "I already told you this"; ``clock_policy_version`` is the policy whose allowances its clocks have
    been moved to (None: the case's own); ``owner_named`` says why its first owner was, ``instructed``
    what other issuers were told to credit, ``voids`` which notes one person of finance wants void; ``advanced_at``:
    then the distributor passed on what the vendor had not credited yet; ``handed`` to whom the partner's side went, in
    turn; ``duplicate_of`` the case or order that made it void."""

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
    decline_text: str | None = None
    closed_at: datetime | None = None
    appeal_until: datetime | None = None
    pulled: tuple[str, ...] = ()
    rungs_fired: int = 0
    origin: str = "partner"
    external_reference: str | None = None
    earlier: tuple[Proposal, ...] = ()
    appeal: Appeal | None = None
    told: int = 0
    clock_policy_version: int | None = None
    owner_named: Named | None = None
    instructed: tuple[Instructed, ...] = ()
    voids: tuple[VoidAsked, ...] = ()
    goodwill: tuple[PaidGoodwill, ...] = ()
    advanced_at: datetime | None = None
    attachments: tuple[Attachment, ...] = ()
    payouts: tuple[Payout, ...] = ()
    upstream_currency: str | None = None
    exchanged: tuple[Exchanged, ...] = ()
    vat_gate: tuple[Gated, ...] = ()
    watchers: tuple[str, ...] = ()
    calls: tuple[Call, ...] = ()
    handed: tuple[str, ...] = ()
    duplicate_of: str | None = None
    version: int = 0

    def currency_of(self, leg: Leg) -> str:
        """The order's on either leg."""
        return self.upstream_currency or self.currency if leg is Leg.UPSTREAM else self.currency

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
        return asking and bool(any(q.open for q in self.questions) or self.facts_for_partner)

    @property
    def facts_for_partner(self) -> tuple[Fact, ...]:
        """The decisive facts that are open to the partner: each pauses as a question does."""
        return tuple(fact for fact in self.facts_put_to_partner if fact.decisive)

    @property
    def facts_put_to_partner(self) -> tuple[Fact, ...]:
        """Every fact that waits for the partner's word, whether anything depends on it or not."""
        return tuple(fact for fact in self.facts if fact.waits_for == PARTNER)

    @property
    def disputed(self) -> Fact | None:
        """What keeps everybody from deciding: a decisive fact whose dispute is unanswered (DOMAIN: Facts)."""
        return next((fact for fact in self.facts if fact.blocks), None)

    @property
    def agreed(self) -> bool:
        """Whether no fact is open, so that the policy may decide by itself (DOMAIN: Stages)."""
        return all(fact.settled for fact in self.facts)

    def fact(self, fact_id: str) -> Fact | None:
        return next((fact for fact in self.facts if fact.id == fact_id), None)

    @property
    def open(self) -> bool:
        return self.stage is not Stage.CLOSED

    @property
    def call(self) -> Call | None:
        """The one that is asked for and not made yet."""
        return next((call for call in self.calls if call.open), None) if self.open else None

    @property
    def notes_issued(self) -> bool:
        """Whether the notes of the current round are out: from then on it only goes forward."""
        return self.remedy is not None and self.remedy.done("issue")

    @property
    def credit_notes(self) -> tuple[Issued, ...]:
        """Those that stand: not the ones a debit note took back."""
        gone = {document.corrects for document in self.issued if document.corrects}
        return tuple(d for d in self.issued if d.kind == "credit_note" and d.number not in gone)

    @property
    def outside_notes(self) -> bool:
        """Goodwill that is paid: outside any credit note and without VAT."""
        return bool(self.goodwill) or any(row.outside for rows in self.held.values() for row in rows)

    @property
    def debit_notes_owed(self) -> tuple[Issued, ...]:
        """Debit notes that nobody can read yet."""
        return tuple(d for d in self.issued if d.kind == "debit_note" and not d.ready)

    @property
    def main_leg(self) -> Leg:
        return self.legs[0]

    @property
    def to_supply(self) -> tuple[WantedLine, ...]:
        """What is wanted instead and still to be supplied: not again by the appeal of what was credited in part, nor
        when only the credit was taken back."""
        before = self.appeal.outcome if self.appeal else None
        kinds = {document.kind for document in self.issued}
        return () if kinds >= {"rebill", "debit_note"} or before is CaseOutcome.CREDITED else self.wanted

    @property
    def chases_due(self) -> tuple[tuple[datetime, str], ...]:
        """When what another issuer has not confirmed is asked for again: also once the case is closed."""
        found = ((told.chase_at, told.chase) for told in self.instructed if told.confirmed is None)
        return tuple(sorted((at, name) for at, name in found if at))

    @property
    def instants_due(self) -> tuple[tuple[datetime, str], ...]:
        """Everything that happens by itself, earliest first: clocks before chases."""
        clocks = self.clocks_due if self.open else ()
        return tuple(sorted((*clocks, *self.chases_due), key=lambda due: due[0]))

    @property
    def clocks_due(self) -> tuple[tuple[datetime, str], ...]:
        """Every stored instant of a clock, earliest first; the step's before the rest."""
        found = [(when, clock.name) for clock in self.clocks if (when := next_instant(clock))]
        return tuple(sorted(found, key=lambda due: (due[0], due[1] != "step", due[1])))


def next_instant(clock: Clock) -> datetime | None:
    """The clock's next warning or due instant; None when paused, done, or breached without more to come."""
    if clock.state is ClockState.RUNNING:
        return clock.warnings[0].at if clock.warnings else clock.due_at
    return clock.due_at if clock.exhausted else None


__all__ = [
    "Action",
    "Appeal",
    "Attachment",
    "Call",
    "Case",
    "CaseOutcome",
    "CitedFact",
    "Clock",
    "ClockState",
    "ClockWarning",
    "Decision",
    "Dispute",
    "ExceptionAsked",
    "ExceptionLine",
    "Fact",
    "FactState",
    "Gated",
    "Holder",
    "Instructed",
    "Issued",
    "LegShown",
    "PassThrough",
    "Proposal",
    "Question",
    "Remedy",
    "RemedyState",
    "RequestedLine",
    "Round",
    "Stage",
    "Step",
    "StepStatus",
    "Upheld",
    "Verdict",
    "next_instant",
]
