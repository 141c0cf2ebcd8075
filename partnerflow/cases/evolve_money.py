"""The fold of the money of a case: documents, notes that others issue, and how the excess is given back."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from partnerflow.cases import events as e
from partnerflow.cases.model import Case, Instructed, Issued, RemedyState, Stage
from partnerflow.cases.money_parts import VoidAsked
from partnerflow.credits.ceilings import Reservation
from partnerflow.credits.legs import Held
from partnerflow.events import Stamp


def _issued(case: Case, event: e.CreditNoteIssued | e.RebillIssued, _: Stamp) -> Case:
    changed = replace(case, issued=(*case.issued, event.document))
    return _confirmed(changed, event.document) if event.document.external else changed


def _confirmed(case: Case, note: Issued) -> Case:
    """The instruction is answered: what was held for it is credited, and held no more."""
    told = next(i for i in case.instructed if (i.leg, i.round, i.confirmed) == (note.leg, note.round, None))
    instructed = tuple(replace(i, confirmed=note.number) if i is told else i for i in case.instructed)
    changed = replace(case, instructed=instructed)
    if case.appeal and told.round < _appealed_from(case):
        kept = without(case.appeal.kept, told)
        changed = replace(changed, appeal=replace(case.appeal, kept=kept))
        if not _holds_earlier(case):
            return changed
    return replace(changed, held=without(case.held, told))


def _appealed_from(case: Case) -> int:
    return next((r.no for r in case.rounds if r.appeal), len(case.rounds) + 1)


def _holds_earlier(case: Case) -> bool:
    """Whether the case holds what the rounds before the appeal left: once its own notes are out, or it has ended."""
    return not case.open or case.notes_issued


def without(held: Held, told: Instructed) -> Held:
    """What is held but for the rows of one instruction; a leg of which nothing is left is gone."""
    left = _less(held.get(told.leg, ()), told.rows)
    rest = {leg: rows for leg, rows in held.items() if leg is not told.leg}
    return {leg: rows for leg, rows in (*rest.items(), (told.leg, left)) if leg is not told.leg or rows}


def _less(held: Iterable[Reservation], gone: Iterable[Reservation]) -> tuple[Reservation, ...]:
    left = list(held)
    for row in gone:
        left.remove(row)
    return tuple(left)


def _settled(case: Case, event: e.SettlementChanged, _: Stamp) -> Case:
    return replace(case, settlement=event.settlement)


def _void_asked(case: Case, event: e.NoteVoidAsked, stamp: Stamp) -> Case:
    others = tuple(asked for asked in case.voids if asked.number != event.number)
    return replace(case, voids=(*others, VoidAsked(event.number, stamp.actor, stamp.at, event.reason)))


def _voided(case: Case, event: e.CreditNoteVoided, _: Stamp) -> Case:
    changed = replace(
        case,
        issued=(*case.issued, event.document),
        voids=tuple(asked for asked in case.voids if asked.number != event.number),
    )
    return _reopened(changed, event.document.round) if event.reopened else changed


def _reopened(case: Case, round_no: int) -> Case:
    """The round is void, nothing is held, and what nobody has confirmed of it nobody waits for any more."""
    assert case.remedy is not None
    rounds = tuple(replace(r, state="void") if r.no == round_no else r for r in case.rounds)
    return replace(
        case,
        stage=Stage.ASSESSMENT,
        rounds=rounds,
        remedy=replace(case.remedy, state=RemedyState.VOIDED),
        held=dict.fromkeys(case.legs, ()),
        instructed=tuple(i for i in case.instructed if i.confirmed or i.round != round_no),
        outcome=None,
        closed_at=None,
        appeal_until=None,
    )


def _stored(case: Case, event: e.DebitNotesStored, _: Stamp) -> Case:
    issued = tuple(replace(d, ready=True) if d.number in event.numbers else d for d in case.issued)
    return replace(case, issued=issued)


def _paid(case: Case, event: e.GoodwillPaid, _: Stamp) -> Case:
    return replace(case, goodwill=(*case.goodwill, event.paid))


def _exchanged(case: Case, event: e.ExchangeDifference, _: Stamp) -> Case:
    return replace(case, exchanged=(*case.exchanged, event.exchanged))


def _advanced(case: Case, _: e.CreditAdvanced, stamp: Stamp) -> Case:
    return replace(case, advanced_at=stamp.at)


def _chased(case: Case, event: e.NoteChased, stamp: Stamp) -> Case:
    def asked(told: Instructed) -> Instructed:
        if told.confirmed or (told.leg.value, told.round) != (event.leg, event.round):
            return told
        return replace(told, chased=event.no, chased_at=stamp.at, chase_at=event.next_at)

    return replace(case, instructed=tuple(asked(told) for told in case.instructed))


def _payout(case: Case, event: e.PayoutChanged | e.PaidOut, _: Stamp) -> Case:
    others = {payout.key: payout for payout in case.payouts}
    return replace(case, payouts=tuple((others | {event.payout.key: event.payout}).values()))


FOLDS: dict[type, Callable[[Case, Any, Stamp], Case]] = {
    e.CreditNoteIssued: _issued,
    e.RebillIssued: _issued,
    e.SettlementChanged: _settled,
    e.GoodwillPaid: _paid,
    e.CreditAdvanced: _advanced,
    e.ExchangeDifference: _exchanged,
    e.NoteChased: _chased,
    e.NoteVoidAsked: _void_asked,
    e.CreditNoteVoided: _voided,
    e.DebitNotesStored: _stored,
    e.PayoutChanged: _payout,
    e.PaidOut: _payout,
}
