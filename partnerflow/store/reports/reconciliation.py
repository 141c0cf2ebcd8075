"""What was instructed against what was confirmed, per case, leg and round. DOMAIN: Legs, Issuer; issue: reconciliation.

Instructed is what the approval granted: a note to be issued here, one to be issued by another system, a credit to be
passed on, a payment through the payment port. Confirmed is the paper, or the word, that answers it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from partnerflow.cases import external_notes
from partnerflow.cases.model import Case, Instructed, Issued, LegShown, RemedyState, Stage
from partnerflow.cases.money_parts import PayoutState
from partnerflow.cases.remedies import ISSUE, PUBLISH
from partnerflow.orders.model import Leg
from partnerflow.store.reports.awaited import Executed, Paper

AWAITED, AGREES, DIFFERS, MISSING, EXTRA = "awaited", "agrees", "differs", "missing", "extra"
DIFFERENCES: Final = (DIFFERS, MISSING, EXTRA)
CREDIT_NOTE, REBILL, PASS_THROUGH, PAYMENT = "credit_note", "rebill", "pass_through", "payment"
DEBIT_NOTE: Final = "debit_note"
"""Answers two persons who made a credit note void, not an approval."""


@dataclass(frozen=True, slots=True)
class Sum:
    net: int
    tax: int
    gross: int

    def less(self, other: "Sum") -> "Sum":
        return Sum(self.net - other.net, self.tax - other.tax, self.gross - other.gross)


@dataclass(frozen=True, slots=True)
class Pair:
    """One instruction and its answer. ``by`` is the organisation that has to confirm; ``here``: its notes are issued by
    this desk. ``number`` is a note's, or the reference of a pass-through."""

    what: str
    leg: Leg
    round: int
    by: str
    here: bool
    state: str
    since: datetime
    instructed: Sum | None
    confirmed: Sum | None
    number: str | None
    confirmed_at: datetime | None

    @property
    def difference(self) -> Sum | None:
        """Confirmed less instructed; all of it where one side is missing."""
        nothing = Sum(0, 0, 0)
        return None if self.state == AWAITED else (self.confirmed or nothing).less(self.instructed or nothing)


def pairs(found: Executed) -> tuple[Pair, ...]:
    """Everything one case has instructed, and what answered it; then notes that nothing asked for."""
    case = found.case
    rows = [pair for no, legs in _granted(case).items() for shown in legs for pair in _leg(found, no, shown)]
    known = {row.number for row in rows}
    extra = [
        _pair(found, p.kind, Leg(p.leg), p.round, EXTRA, None, p)
        for p in found.papers
        if p.number not in known and p.kind != DEBIT_NOTE
    ]
    return (*rows, *_payments(found.case), *_passed_on(found), *extra)


def _granted(case: Case) -> dict[int, tuple[LegShown, ...]]:
    """What each executed round granted: that of an appeal comes beside the one before it."""
    remedy = case.remedy
    if remedy is None or case.proposal is None or remedy.state is RemedyState.COMPENSATED:
        return {}
    appealed = {r.no for r in case.rounds if r.appeal}
    earlier = [r.no for r in case.rounds if not r.appeal and r.state == "granted"]
    found = {}
    if case.appeal and case.appeal.granted and earlier:
        found[earlier[-1]] = case.appeal.granted
    if remedy.round in appealed or not case.appeal:
        found[remedy.round] = case.proposal.legs
    return found


def _leg(found: Executed, no: int, shown: LegShown) -> Iterator[Pair]:
    case, leg = found.case, shown.leg
    told = next((i for i in case.instructed if (i.leg, i.round) == (leg, no)), None)
    if told is not None:
        yield _elsewhere(found, told)
    elif (credit := _answered(found, CREDIT_NOTE, shown, no)) is not None:
        yield credit
    if shown.rebill is not None and case.to_supply and told is None:
        rebill = _answered(found, REBILL, shown, no)
        if rebill is not None:
            yield rebill


def _answered(found: Executed, what: str, shown: LegShown, no: int) -> Pair | None:
    """A note issued here; None where there is none to come: nothing was invoiced on the leg."""
    amounts = shown.credit if what == CREDIT_NOTE else shown.rebill
    assert amounts is not None
    asked = Sum(amounts.net, amounts.tax, amounts.gross)
    paper = next((p for p in found.papers if (p.kind, p.leg, p.round) == (what, shown.leg, no)), None)
    if paper is not None:
        # The tax is worked out at issue over what was credited by then: only the net was bound.
        state = AGREES if paper.net == asked.net else DIFFERS
        return _pair(found, what, shown.leg, no, state, asked, paper)
    due = amounts.gross > 0 and (shown.leg in found.invoiced or what == REBILL)
    if not due:
        return None
    return _pair(found, what, shown.leg, no, MISSING if _issued(found.case, no) else AWAITED, asked, None)


def _issued(case: Case, no: int) -> bool:
    return case.remedy is not None and (case.remedy.round != no or case.remedy.done(ISSUE))


def _pair(
    found: Executed, what: str, leg: Leg, no: int, state: str, asked: Sum | None, paper: Paper | None
) -> Pair:
    remedy = found.case.remedy
    confirmed = Sum(paper.net, paper.tax, paper.gross) if paper else None
    since = remedy.started_at if remedy else found.case.opened_at
    return Pair(
        what=what,
        leg=leg,
        round=no,
        by=_seller(found.case, leg),
        here=True,
        state=state,
        since=since,
        instructed=asked,
        confirmed=confirmed,
        number=paper.number if paper else None,
        confirmed_at=paper.issued_at if paper else None,
    )


def _elsewhere(found: Executed, told: Instructed) -> Pair:
    case = found.case
    note: Issued | None = external_notes.noted(case, told)
    asked = Sum(told.net, told.tax, told.gross)
    confirmed = Sum(note.net, note.tax, note.gross) if note else None
    return Pair(
        what=CREDIT_NOTE,
        leg=told.leg,
        round=told.round,
        by=_seller(case, told.leg),
        here=False,
        state=AWAITED if note is None else AGREES if confirmed == asked else DIFFERS,
        since=told.at,
        instructed=asked,
        confirmed=confirmed,
        number=note.number if note else None,
        confirmed_at=note.issued_at if note else None,
    )


def _passed_on(found: Executed) -> Iterator[Pair]:
    """What the reseller is to see on its account: the distributor confirms it, or still has to."""
    case, passed = found.case, found.case.pass_through
    if case.remedy is None or len(case.legs) < 2 or not (passed or case.stage is Stage.PASSING_ON):
        return
    mine: list[Issued | Instructed] = [
        d for d in case.issued if d.leg is case.main_leg and d.kind == CREDIT_NOTE
    ]
    mine += external_notes.waiting(case, case.main_leg)
    last = [d for d in mine if d.round == max(each.round for each in mine)]
    asked = Sum(sum(d.net for d in last), sum(d.tax for d in last), sum(d.gross for d in last))
    confirmed = passed if passed and case.stage is not Stage.PASSING_ON else None
    done = next((a.at for a in case.remedy.actions if a.name == PUBLISH), case.remedy.started_at)
    yield Pair(
        what=PASS_THROUGH,
        leg=case.main_leg,
        round=case.remedy.round,
        by=case.distributor or "",
        here=False,
        state=AGREES if confirmed else AWAITED,
        since=done,
        instructed=asked,
        confirmed=asked if confirmed else None,
        number=confirmed.reference if confirmed else None,
        confirmed_at=confirmed.at if confirmed else None,
    )


def _payments(case: Case) -> Iterator[Pair]:
    """What the payer's system was, or is to be, told to pay: a refusal is missing until it is mended."""
    for payout in case.payouts:
        if payout.state is PayoutState.CANCELLED:
            continue
        asked, paid = Sum(payout.amount, 0, payout.amount), payout.state is PayoutState.CONFIRMED
        refused = payout.state is PayoutState.FAILED
        yield Pair(
            what=PAYMENT,
            leg=payout.leg,
            round=payout.round,
            by=payout.payer,
            here=False,
            state=AGREES if paid else MISSING if refused else AWAITED,
            since=payout.since,
            instructed=asked,
            confirmed=asked if paid else None,
            number=payout.reference or payout.key,
            confirmed_at=payout.at,
        )


def _seller(case: Case, leg: Leg) -> str:
    return (case.distributor or case.vendor or "") if leg is Leg.DOWNSTREAM else case.vendor or ""
