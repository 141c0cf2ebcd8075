"""What was decided about a case. Each event carries what evolve needs, nothing is looked up again.

Readers get events too, so everything of the upstream leg sits in members named ``upstream...`` or in list entries with
``leg: upstream``, and ``visibility`` says whether the partner may see the event at all.
"""

from typing import get_args

from partnerflow.cases.events.approval import (
    CaseAppealed,
    CaseApproved,
    CaseApprovedInPart,
    CaseDeclined,
    CaseEscalated,
    CaseProposed,
    CaseRecalled,
    CaseRevised,
    ProposalLowered,
    RoundRestarted,
    RoundStarted,
    RungSuperseded,
    StepDecided,
    StepHanded,
    StepStarted,
)
from partnerflow.cases.events.facts import AlreadyTold, ExceptionRequested, FactChanged, FactDisputed
from partnerflow.cases.events.kindnesses import (
    CallAsked,
    CallMade,
    CaseUnwatched,
    CaseWatched,
    PartnerHanded,
)
from partnerflow.cases.events.lifecycle import (
    CaseCancelled,
    CaseClosed,
    CaseOpened,
    CasePassedOn,
    CaseWithdrawn,
    DocumentAdded,
    NoteAdded,
    OwnerChanged,
)
from partnerflow.cases.events.money import (
    CreditAdvanced,
    CreditNoteVoided,
    DebitNotesStored,
    ExchangeDifference,
    GoodwillPaid,
    NoteChased,
    NoteVoidAsked,
    PaidOut,
    PayoutChanged,
    SettlementChanged,
)
from partnerflow.cases.events.remedy import (
    CreditNoteIssued,
    RebillIssued,
    RemedyActed,
    RemedyDone,
    RemedyFailed,
    RemedyRetried,
    RemedyStarted,
)
from partnerflow.cases.events.time import (
    ClockBreached,
    ClockPaused,
    ClockResumed,
    ClocksMoved,
    ClocksSet,
    ClockWarned,
    InfoReceived,
    InfoRequested,
)

Event = (
    CaseOpened
    | OwnerChanged
    | NoteAdded
    | DocumentAdded
    | CaseWithdrawn
    | CaseCancelled
    | CasePassedOn
    | CaseClosed
    | CaseProposed
    | RoundStarted
    | StepStarted
    | StepDecided
    | ProposalLowered
    | CaseApproved
    | CaseApprovedInPart
    | CaseDeclined
    | CaseEscalated
    | RungSuperseded
    | ClockWarned
    | ClockBreached
    | ClocksSet
    | ClockPaused
    | ClockResumed
    | InfoRequested
    | InfoReceived
    | RemedyStarted
    | RemedyActed
    | RemedyFailed
    | RemedyRetried
    | CreditNoteIssued
    | RebillIssued
    | RemedyDone
    | FactChanged
    | FactDisputed
    | ExceptionRequested
    | AlreadyTold
    | CaseRevised
    | RoundRestarted
    | StepHanded
    | CaseRecalled
    | CaseAppealed
    | ClocksMoved
    | SettlementChanged
    | GoodwillPaid
    | CreditAdvanced
    | ExchangeDifference
    | NoteChased
    | NoteVoidAsked
    | CreditNoteVoided
    | DebitNotesStored
    | PayoutChanged
    | PaidOut
    | CaseWatched
    | CaseUnwatched
    | CallAsked
    | CallMade
    | PartnerHanded
)

EVENTS: dict[str, type[Event]] = {kind.KIND: kind for kind in get_args(Event)}

PRIVATE = frozenset(
    {
        "case.round_started",
        "case.round_restarted",
        "case.clocks_moved",
        "case.clocks_set",
        "case.clock_warned",
        "case.clock_breached",
        "case.rung_superseded",
        "case.remedy_acted",
        "case.remedy_retried",
        "case.remedy_done",
        "credit_note.void_asked",
        "case.debit_notes_stored",
        "case.payout_changed",
    }
)
"""Kinds that only the operator's people see in the timeline; the partner has the status for what they mean."""

__all__ = [
    "EVENTS",
    "PRIVATE",
    "AlreadyTold",
    "CallAsked",
    "CallMade",
    "CaseAppealed",
    "CaseApproved",
    "CaseApprovedInPart",
    "CaseCancelled",
    "CaseClosed",
    "CaseDeclined",
    "CaseEscalated",
    "CaseOpened",
    "CasePassedOn",
    "CaseProposed",
    "CaseRecalled",
    "CaseRevised",
    "CaseUnwatched",
    "CaseWatched",
    "CaseWithdrawn",
    "ClockBreached",
    "ClockPaused",
    "ClockResumed",
    "ClockWarned",
    "ClocksMoved",
    "ClocksSet",
    "CreditAdvanced",
    "CreditNoteIssued",
    "CreditNoteVoided",
    "DebitNotesStored",
    "DocumentAdded",
    "Event",
    "ExceptionRequested",
    "ExchangeDifference",
    "FactChanged",
    "FactDisputed",
    "GoodwillPaid",
    "InfoReceived",
    "InfoRequested",
    "NoteAdded",
    "NoteChased",
    "NoteVoidAsked",
    "OwnerChanged",
    "PaidOut",
    "PartnerHanded",
    "PayoutChanged",
    "ProposalLowered",
    "RebillIssued",
    "RemedyActed",
    "RemedyDone",
    "RemedyFailed",
    "RemedyRetried",
    "RemedyStarted",
    "RoundRestarted",
    "RoundStarted",
    "RungSuperseded",
    "SettlementChanged",
    "StepDecided",
    "StepHanded",
    "StepStarted",
]
