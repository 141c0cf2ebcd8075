"""What must hold of payments, advances and chases, judged event by event (DOMAIN: Money, Legs; docs/adr/0011)."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from partnerflow.cases import chasing, external_notes, paying
from partnerflow.cases import events as e
from partnerflow.cases.model import Case
from partnerflow.cases.money_parts import Payout, PayoutKind
from partnerflow.cases.money_parts import PayoutState as State
from partnerflow.people import Directory

ONWARD: Final[dict[State, set[State]]] = {
    State.INTENDED: {State.SUBMITTED, State.CONFIRMED, State.CANCELLED},
    State.SUBMITTED: {State.SUBMITTED, State.UNKNOWN, State.CONFIRMED, State.FAILED},
    State.UNKNOWN: {State.SUBMITTED, State.CONFIRMED, State.FAILED},
    State.FAILED: {State.INTENDED, State.CONFIRMED, State.CANCELLED},
    State.CONFIRMED: set(),
    State.CANCELLED: set(),
}
"""Intended again and then confirmed: one that was refused, and had left all the same."""
EARLY: Final = timedelta(minutes=5)
"""By how much a payer's clock may be ahead."""


def judge_money(case: Case, event: Any, at: datetime, known: Directory) -> None:
    match event:
        case e.PayoutChanged() | e.PaidOut():
            before = paying.find(case, event.payout.key)
            if before is None:
                _intended(case, event.payout)
            else:
                _went_on(before, event.payout, known)
            assert isinstance(event, e.PaidOut) is (event.payout.state is State.CONFIRMED)
            assert event.payout.at is None or event.payout.at <= at + EARLY
        case e.CreditAdvanced():
            waiting = chasing.exposed(case)
            assert waiting
            assert event.gross == sum(told.gross for told in waiting)
            assert event.owner in known.people
        case e.NoteChased():
            told = next(t for t in chasing.exposed(case) if t.round == event.round)
            assert told.chase_at
            assert told.chase_at <= at < event.next_at
            assert event.no == told.chased + 1
            assert known.people[event.owner].present(at)
        case e.CasePassedOn():
            assert not paying.awaited(case)


def _intended(case: Case, new: Payout) -> None:
    """As its note gives back, or as the goodwill is: each part once."""
    assert (new.state, new.tries) == (State.INTENDED, 0)
    if new.kind is PayoutKind.GOODWILL:
        assert (new.leg, new.amount) in {(gift.leg, gift.amount) for gift in case.goodwill if gift.here}
        return
    note = next(d for d in case.issued if d.number == new.note)
    assert note.allocation
    assert new.amount == getattr(note.allocation, new.kind.value)
    assert (new.leg, new.round, new.invoice) == (note.leg, note.round, note.invoice)


def _went_on(old: Payout, new: Payout, known: Directory) -> None:
    """Nothing of the money ever changes under a key, nothing that may have moved is free again, and each submission
    counts."""
    assert new.state in ONWARD[old.state], (old, new)
    told = {
        name: getattr(old, name) for name in ("since", "reference", "at", "because", "held_by", "accepted")
    }
    assert replace(new, **told, state=old.state, tries=old.tries) == old
    if new.state is State.SUBMITTED and new.tries == old.tries:
        assert new.accepted
        assert not old.accepted
    else:
        assert new.tries - old.tries == (new.state is State.SUBMITTED)
    assert new.tries or new.state is State.CANCELLED
    assert (new.held_by is not None) is (new.state is State.FAILED)
    assert new.held_by is None or known.people[new.held_by].active


def given_back_once(case: Case, everything: list[Any]) -> None:
    """No key twice, never more than a note gives back, nothing for a void one; and no chase twice."""
    keys = [payout.key for payout in case.payouts]
    assert len(keys) == len(set(keys))
    for note in case.issued:
        mine = paying.of_note(case, note.number)
        given = note.allocation.refund + note.allocation.account_credit if note.allocation else 0
        assert sum(payout.amount for payout in mine) in (0, given)
        if any(other.corrects == note.number for other in case.issued):
            assert all(payout.state is State.CANCELLED for payout in mine)
    chases = [event.key for event in everything if isinstance(event, e.NoteChased)]
    assert len(chases) == len(set(chases))
    awaited = {told.chase for told in external_notes.waiting(case) if told.leg is not case.main_leg}
    assert awaited == {name for _, name in case.chases_due}
