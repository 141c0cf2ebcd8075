"""What each event posts. The desk writes these entries with the event; the verifier works them out again from it.

An entry rests on the event, and on what every event of the case shares: its parties and the documents before it.
DOMAIN: Ledger; docs/accounting.md.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from partnerflow.cases import events as e
from partnerflow.cases.model import Case, Issued
from partnerflow.cases.money_parts import Exchanged, PaidGoodwill, Payout, PayoutKind, PayoutState
from partnerflow.credits import ledger
from partnerflow.credits.ledger import Entry, Occasion
from partnerflow.credits.notes import Allocation
from partnerflow.orders.model import Leg

CREDIT_NOTE: Final = "credit_note"


@dataclass(frozen=True, slots=True)
class Parties:
    """Who sells to whom on a case, its currency, the reason its papers state, and the documents issued so far."""

    ref: str
    currency: str
    main_leg: Leg
    vendor: str | None
    distributor: str | None
    reseller: str | None
    reason: str
    document: str | None
    issued: tuple[Issued, ...]
    goodwill: tuple[PaidGoodwill, ...] = ()
    paid_out: tuple[Payout, ...] = ()
    upstream_currency: str | None = None
    exchanged: tuple[Exchanged, ...] = ()

    def currency_of(self, leg: Leg) -> str:
        return self.upstream_currency or self.currency if leg is Leg.UPSTREAM else self.currency

    def seller(self, leg: Leg) -> str:
        return (self.distributor or self.vendor or "") if leg is Leg.DOWNSTREAM else self.vendor or ""

    def customer(self, leg: Leg) -> str:
        return (self.reseller if leg is Leg.DOWNSTREAM else self.distributor) or ""


def parties(case: Case) -> Parties:
    return Parties(
        case.ref,
        case.currency,
        case.main_leg,
        case.vendor,
        case.distributor,
        case.reseller,
        reason_of(case),
        case.external_reference,
        case.issued,
        case.goodwill,
        tuple(p for p in case.payouts if p.state is PayoutState.CONFIRMED),
        case.upstream_currency,
        case.exchanged,
    )


def after(known: Parties, event: Any) -> Parties:
    """What the events that follow rest on."""
    if isinstance(event, e.ExchangeDifference):
        return replace(known, exchanged=(*known.exchanged, event.exchanged))
    if isinstance(event, e.GoodwillPaid):
        return replace(known, goodwill=(*known.goodwill, event.paid))
    if isinstance(event, e.PaidOut):
        return replace(known, paid_out=(*known.paid_out, event.payout))
    document = getattr(event, "document", None)
    return replace(known, issued=(*known.issued, document)) if isinstance(document, Issued) else known


def reason_of(case: Case) -> str:
    """The sentence that papers and entries of a case carry."""
    if case.external_reference is not None:
        return f"Corrected elsewhere by {case.external_reference}: order {case.order_number}."
    return f"{case.reason.replace('_', ' ').capitalize()}: order {case.order_number} corrected in case {case.ref}."


def entries(known: Parties, event: Any, at: datetime) -> tuple[Entry, ...]:
    """The entries of one event that happened at ``at``; none for the kinds of ``SILENT``."""
    posts = POSTS.get(type(event))
    return posts(known, event, at) if posts else ()


def _credited(known: Parties, event: e.CreditNoteIssued, at: datetime) -> tuple[Entry, ...]:
    return (_credit(known, event.document, at),)


def _imported(known: Parties, event: e.CaseOpened, _: datetime) -> tuple[Entry, ...]:
    """A correction made elsewhere stands at its own instant, not at that of the import."""
    return (_credit(known, event.posted, event.case.opened_at),) if event.posted else ()


def _credit(known: Parties, paper: Issued, at: datetime) -> Entry:
    """In the issuer's books; a vendor's note from its own system in those of the distributor it was issued to."""
    leg = paper.leg
    assert paper.allocation is not None
    key = ledger.credit_key(known.ref, paper.round, leg, paper.invoice or "")
    about = Occasion(
        known.ref, leg, known.currency_of(leg), paper.issued_at or at, known.reason, paper.number
    )
    seller, customer = known.seller(leg), known.customer(leg)
    if paper.external and leg is Leg.UPSTREAM:
        return ledger.confirmed_entry(customer, seller, paper.taxes, paper.allocation, key, about)
    fees = sum(row.fee for row in paper.rows)
    return ledger.credit_entry(seller, customer, paper.taxes, paper.allocation, key, about, fees)


def _voided(known: Parties, event: e.CreditNoteVoided, at: datetime) -> tuple[Entry, ...]:
    """The mirror of what the credit note posted, in the same books, for the debit note."""
    paper = next(p for p in known.issued if p.number == event.number and p.kind == CREDIT_NOTE)
    gone = (ledger.reversal(_credit(known, paper, at), event.reason, at, event.document.number),)
    found = next((each for each in known.exchanged if each.number == event.number), None)
    entry = _difference(known, found, at) if found else None
    return (*gone, ledger.reversal(entry, event.reason, at)) if entry else gone


def _exchanged(known: Parties, event: e.ExchangeDifference, at: datetime) -> tuple[Entry, ...]:
    """In the distributor's books and its own currency; the rates stand in the event, so it can be worked out again."""
    found = _difference(known, event.exchanged, at)
    return (found,) if found else ()


def _difference(known: Parties, exchanged: Exchanged, at: datetime) -> Entry | None:
    if not (loss := exchanged.found.loss):
        return None
    leg = exchanged.leg
    key = ledger.exchange_key(known.ref, exchanged.round, leg, exchanged.invoice)
    about = Occasion(known.ref, leg, exchanged.found.into, at, known.reason)
    return ledger.exchange_entry(known.customer(leg), known.seller(leg), loss, key, about)


def _goodwill(known: Parties, event: e.GoodwillPaid, at: datetime) -> tuple[Entry, ...]:
    """To the customer's account, until it is passed on; nothing in books that are not kept here."""
    paid, leg = event.paid, event.paid.leg
    if not paid.here:
        return ()
    key = ledger.goodwill_key(known.ref, paid.round, leg)
    about = Occasion(known.ref, leg, known.currency_of(leg), at, known.reason)
    return (ledger.goodwill_entry(known.seller(leg), known.customer(leg), paid.amount, key, about),)


def _rebilled(known: Parties, event: e.RebillIssued, at: datetime) -> tuple[Entry, ...]:
    paper, leg = event.document, event.document.leg
    key = ledger.rebill_key(known.ref, paper.round, leg, paper.number)
    about = Occasion(known.ref, leg, known.currency_of(leg), at, known.reason, paper.number)
    return (ledger.rebill_entry(known.seller(leg), known.customer(leg), paper.taxes, key, about),)


def _paid_out(known: Parties, event: e.PaidOut, at: datetime) -> tuple[Entry, ...]:
    """A refund and a goodwill payment have left; what is credited to the account stands there already."""
    payout, leg = event.payout, event.payout.leg
    if payout.kind is PayoutKind.ACCOUNT_CREDIT:
        return ()
    about = Occasion(known.ref, leg, known.currency_of(leg), payout.at or at, known.reason, payout.reference)
    parties_ = (known.seller(leg), known.customer(leg))
    if payout.kind is PayoutKind.REFUND:
        return (ledger.refund_entry(*parties_, payout.amount, payout.key, about),)
    gift = Allocation(0, 0, payout.amount, 0)
    found = ledger.passed_on_entry(*parties_, gift, "refund", payout.key, about)
    return (found,) if found else ()


def _passed_on(known: Parties, event: e.CasePassedOn, _: datetime) -> tuple[Entry, ...]:
    """At the instant the distributor named: what its notes of the last round had left to give, and no payment port has
    given."""
    leg, passed = known.main_leg, event.pass_through
    notes = [p for p in known.issued if p.kind == CREDIT_NOTE and p.leg is leg and p.allocation]
    paid = [p for p in known.goodwill if p.leg is leg and p.here]
    if not notes and not paid:
        return ()
    last = max([paper.round for paper in notes] + [gift.round for gift in paid])
    given = [p.allocation for p in notes if p.round == last and p.allocation]
    given += [Allocation(0, 0, p.amount, 0) for p in paid if p.round == last]
    gone = [p for p in known.paid_out if p.leg is leg and p.round == last]
    refunded = sum(p.amount for p in gone if p.kind is PayoutKind.REFUND)
    other = sum(p.amount for p in gone) - refunded
    refund, credit = sum(g.refund for g in given), sum(g.account_credit for g in given)
    left = Allocation(0, refund - refunded, credit - other, 0)
    key = ledger.passed_on_key(known.ref, last, leg)
    about = Occasion(known.ref, leg, known.currency_of(leg), passed.at, known.reason, passed.reference)
    found = ledger.passed_on_entry(known.seller(leg), known.customer(leg), left, passed.how, key, about)
    return (found,) if found else ()


POSTS: Final[dict[type, Callable[[Parties, Any, datetime], tuple[Entry, ...]]]] = {
    e.CaseOpened: _imported,
    e.CreditNoteIssued: _credited,
    e.CreditNoteVoided: _voided,
    e.GoodwillPaid: _goodwill,
    e.ExchangeDifference: _exchanged,
    e.RebillIssued: _rebilled,
    e.CasePassedOn: _passed_on,
    e.PaidOut: _paid_out,
}

SILENT: Final[dict[type, str]] = {
    **dict.fromkeys(
        (
            e.CaseProposed,
            e.RoundStarted,
            e.RoundRestarted,
            e.StepStarted,
            e.StepDecided,
            e.StepHanded,
            e.ProposalLowered,
            e.CaseApproved,
            e.CaseApprovedInPart,
            e.CaseDeclined,
            e.CaseEscalated,
            e.RungSuperseded,
            e.CaseRevised,
            e.CaseRecalled,
            e.CaseAppealed,
            e.ExceptionRequested,
            e.SettlementChanged,
            e.NoteVoidAsked,
            e.DebitNotesStored,
            e.CreditAdvanced,
            e.NoteChased,
        ),
        "a decision reserves; only its execution posts",
    ),
    **dict.fromkeys(
        (
            e.OwnerChanged,
            e.NoteAdded,
            e.DocumentAdded,
            e.FactChanged,
            e.FactDisputed,
            e.AlreadyTold,
            e.InfoRequested,
            e.InfoReceived,
            e.CaseWatched,
            e.CaseUnwatched,
            e.CallAsked,
            e.CallMade,
            e.PartnerHanded,
        ),
        "words and people move no money",
    ),
    **dict.fromkeys(
        (e.ClocksSet, e.ClockWarned, e.ClockBreached, e.ClockPaused, e.ClockResumed, e.ClocksMoved),
        "time moves no money",
    ),
    e.PayoutChanged: "a payment that is not confirmed has moved nothing",
    **dict.fromkeys((e.CaseWithdrawn, e.CaseCancelled, e.CaseClosed), "what was reserved was never posted"),
    **dict.fromkeys(
        (e.RemedyStarted, e.RemedyActed, e.RemedyFailed, e.RemedyRetried, e.RemedyDone),
        "the notes of the remedy post, its acts do not",
    ),
}
"""Kinds that post nothing, and why."""
