"""Who is owed a message about the money of a case beside its documents (see ``notices``)."""

from collections.abc import Callable
from typing import Any

from partnerflow import people
from partnerflow.cases import audience as to
from partnerflow.cases import chasing, external_notes, responsibility
from partnerflow.cases import events as e
from partnerflow.cases.audience import Told
from partnerflow.cases.model import Instructed
from partnerflow.cases.money_parts import PayoutState
from partnerflow.cases.view import Draft
from partnerflow.people import Person, Role


def _issued(event: e.CreditNoteIssued, draft: Draft) -> Told:
    """One of ours goes out with its PDF, once that is stored (remedy done). Another issuer's is told when it is
    confirmed, and what differs from what was instructed also to finance."""
    if not event.document.external:
        return
    if event.document.leg is draft.case.main_leg:
        yield "partner", to.others(draft, to.partner(draft))
    yield "owner", to.others(draft, (to.owner(draft),))
    if differs(event, draft):
        yield "manager", to.others(draft, (finance(draft),))


def instructed(event: e.CreditNoteIssued, draft: Draft) -> Instructed:
    """What the confirmed note answers."""
    key = (event.document.leg, event.document.number)
    return next(i for i in draft.case.instructed if (i.leg, i.confirmed) == key)


def differs(event: e.CreditNoteIssued, draft: Draft) -> bool:
    found = external_notes.difference(draft.case, instructed(event, draft))
    return found is not None and not found.none


def finance(draft: Draft) -> Person | None:
    """Who of finance answers for the case's country and family."""
    directory = draft.view.directory
    covering = people.covering(directory, Role.FINANCE, draft.case.scope, draft.at)
    return covering or people.first_contact(directory, directory.operator.code, Role.FINANCE)


def _settled(event: e.SettlementChanged, draft: Draft) -> Told:
    """What was asked is told to the others; what no longer fitted to everybody it was asked by or for."""
    yield "partner", to.others(draft, to.partner(draft))
    if event.because == "asked":
        yield "owner", to.others(draft, (to.owner(draft),))
    yield "distributor", to.others(draft, (to.distributor(draft),))


def _void_asked(_: e.NoteVoidAsked, draft: Draft) -> Told:
    """Another person of finance has to agree; the owner will have the case again."""
    colleagues = draft.view.directory.of(draft.view.directory.operator.code)
    able = [p for p in colleagues if p.active and Role.FINANCE in p.roles and p.present(draft.at)]
    yield "manager", to.others(draft, able)
    yield "owner", to.others(draft, (to.owner(draft),))


def _voided(_: e.CreditNoteVoided, draft: Draft) -> Told:
    """The partner and the distributor hear of it with the debit note, once that is stored."""
    yield "owner", to.others(draft, (to.owner(draft),))
    yield "manager", to.others(draft, (to.manager(draft),))


def _debited(event: e.DebitNotesStored, draft: Draft) -> Told:
    if any(d.number in event.numbers and d.leg is draft.case.main_leg for d in draft.case.issued):
        yield "partner", to.partner(draft)
    yield "distributor", (to.distributor(draft),)


def _paid(event: e.GoodwillPaid, draft: Draft) -> Told:
    if event.paid.leg is draft.case.main_leg:
        yield "partner", to.partner(draft)
    yield "distributor", (to.distributor(draft),)


def _exchanged(event: e.ExchangeDifference, draft: Draft) -> Told:
    """Whose books it is in; where a rate is missing, finance has to find out."""
    yield "distributor", (to.distributor(draft),)
    if event.loss is None:
        yield "manager", (finance(draft),)


def _advanced(event: e.CreditAdvanced, draft: Draft) -> Told:
    """Whoever answers for the exposure from now on, and the case's owner."""
    yield "distributor", to.people(draft, (event.owner,))
    yield "owner", to.others(draft, (to.owner(draft),))


def _chased(event: e.NoteChased, draft: Draft) -> Told:
    """Whoever answers for it, the issuer it is asked of, and from the policy's number of times on the manager."""
    yield "distributor", to.people(draft, (event.owner,))
    yield "vendor", (chasing.issuer(draft.case, draft.view.directory, draft.at),)
    if event.escalated:
        above = to.manager(draft) or responsibility.executive(draft.case, draft.view.directory, draft.at)
        yield "manager", (above,)


def _payout_changed(event: e.PayoutChanged, draft: Draft) -> Told:
    """A refusal is somebody's to see to; every other state the case shows."""
    payout = event.payout
    if payout.state is PayoutState.FAILED and payout.held_by:
        yield "owner", to.people(draft, (payout.held_by,))
        yield "manager", to.others(draft, (to.owner(draft),))


def _paid_out(event: e.PaidOut, draft: Draft) -> Told:
    if event.payout.leg is draft.case.main_leg:
        yield "partner", to.partner(draft)
    yield "distributor", (to.distributor(draft),)


RULES: dict[type, Callable[[Any, Draft], Told]] = {
    e.CreditNoteIssued: _issued,
    e.SettlementChanged: _settled,
    e.GoodwillPaid: _paid,
    e.CreditAdvanced: _advanced,
    e.ExchangeDifference: _exchanged,
    e.NoteChased: _chased,
    e.NoteVoidAsked: _void_asked,
    e.CreditNoteVoided: _voided,
    e.DebitNotesStored: _debited,
    e.PayoutChanged: _payout_changed,
    e.PaidOut: _paid_out,
}
