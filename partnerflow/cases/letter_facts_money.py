"""What messages about the money of a case say (see ``letter_facts``); amounts are minor units as text."""

from collections.abc import Callable
from typing import Any

from partnerflow.cases import events as e
from partnerflow.cases import notices_money
from partnerflow.cases.view import Draft
from partnerflow.orders.model import Leg


def _confirmed(event: e.CreditNoteIssued, draft: Draft) -> dict[str, str]:
    """Only notes of other issuers have a message of their own."""
    note = event.document
    said = {"external": "yes", "number": note.number, "gross": str(note.gross), "invoice": note.invoice or ""}
    said |= _in(note.leg, draft)
    if note.issued_at:
        said["issued_at"] = note.issued_at.isoformat()
    if note.external and notices_money.differs(event, draft):
        said["instructed"] = str(notices_money.instructed(event, draft).gross)
    return said


def _settled(event: e.SettlementChanged, _: Draft) -> dict[str, str]:
    asked = event.settlement
    parts = {
        "refund": asked.refund,
        "account_credit": asked.account_credit,
        "settled_outside": asked.settled_outside,
    }
    return {"because": event.because} | {name: str(part) for name, part in parts.items() if part}


def _void_asked(event: e.NoteVoidAsked, _: Draft) -> dict[str, str]:
    return {"number": event.number, "reason": event.reason}


def _voided(event: e.CreditNoteVoided, draft: Draft) -> dict[str, str]:
    said = {"number": event.number, "debit_note": event.document.number, "reason": event.reason}
    said |= _in(event.document.leg, draft)
    return said | {"gross": str(event.document.gross), "reopened": "yes" if event.reopened else ""}


def _debited(event: e.DebitNotesStored, draft: Draft) -> dict[str, str]:
    """Of several at once the partner's own."""
    found = [d for d in draft.case.issued if d.number in event.numbers]
    own = next((d for d in found if d.leg is draft.case.main_leg), found[0])
    reopened = "yes" if own.leg is draft.case.main_leg and draft.case.open else ""
    said = {"number": own.corrects or "", "debit_note": own.number, "gross": str(own.gross)}
    return said | _in(own.leg, draft) | {"reopened": reopened, "stored": "yes"}


def _paid(event: e.GoodwillPaid, draft: Draft) -> dict[str, str]:
    return _in(event.paid.leg, draft) | {"amount": str(event.paid.amount), "leg": event.leg}


def _exchanged(event: e.ExchangeDifference, _: Draft) -> dict[str, str]:
    found = event.exchanged.found
    said = {
        "number": event.exchanged.number,
        "amount": str(found.amount),
        "currency": found.currency,
        "into": found.into,
    }
    rates = {name: str(rate.micros) for name, rate in (("then", found.then), ("now", found.now)) if rate}
    return said | rates | ({} if event.loss is None else {"loss": str(event.loss)})


def _advanced(event: e.CreditAdvanced, draft: Draft) -> dict[str, str]:
    said = {"gross": str(event.gross), "since": event.since.isoformat(), "issuer": _issuer(draft)}
    return said | _in(Leg.UPSTREAM, draft)


def _chased(event: e.NoteChased, draft: Draft) -> dict[str, str]:
    """The vendor reads the same as the distributor: what it was told, and since when."""
    told = next(i for i in draft.case.instructed if (i.leg.value, i.round) == (event.leg, event.round))
    said = {"gross": str(told.gross), "invoice": told.invoice, "since": told.at.isoformat()} | _in(
        told.leg, draft
    )
    return said | {"no": str(event.no), "next_at": event.next_at.isoformat(), "issuer": _issuer(draft)}


def _in(leg: Leg, draft: Draft) -> dict[str, str]:
    """What amounts of a leg are of, where that is not the letter's own currency."""
    own = draft.case.currency_of(leg)
    return {} if own == draft.case.currency else {"currency": own}


def _issuer(draft: Draft) -> str:
    known = draft.view.directory.organisations.get(draft.case.vendor or "")
    return known.name if known else draft.case.vendor or ""


def _payout(event: e.PayoutChanged | e.PaidOut, draft: Draft) -> dict[str, str]:
    payout = event.payout
    payer = draft.view.directory.organisations.get(payout.payer)
    said = {"amount": str(payout.amount), "kind": payout.kind.value, "leg": payout.leg.value}
    said |= {"payer": payer.name if payer else payout.payer, "payee": payout.payee_name}
    more = {"reference": payout.reference, "because": payout.because, "number": payout.note}
    return said | _in(payout.leg, draft) | {name: text for name, text in more.items() if text}


FACTS: dict[type, Callable[[Any, Draft], dict[str, str]]] = {
    e.CreditNoteIssued: _confirmed,
    e.SettlementChanged: _settled,
    e.GoodwillPaid: _paid,
    e.CreditAdvanced: _advanced,
    e.ExchangeDifference: _exchanged,
    e.NoteChased: _chased,
    e.NoteVoidAsked: _void_asked,
    e.CreditNoteVoided: _voided,
    e.DebitNotesStored: _debited,
    e.PayoutChanged: _payout,
    e.PaidOut: _payout,
}
