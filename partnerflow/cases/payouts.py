"""Money that goes through the payment port: intended with the note, submitted before anybody is told, then confirmed,
refused, or unknown until somebody has looked.

One key for ever: a payment that was submitted is never given another, and leaves ``unknown`` only by what the payer's
system says under that key. DOMAIN: Money ("If it cannot be recorded, no money moves"); docs/adr/0011-payments.md.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

from partnerflow import people
from partnerflow.cases import chasing, external_notes, paying, remedies, responsibility
from partnerflow.cases.events import CasePassedOn, PaidOut, PayoutChanged
from partnerflow.cases.model import Case, PassThrough, Stage
from partnerflow.cases.money_commands import Found, PayoutAnswered, RetryPayout, SubmitPayout
from partnerflow.cases.money_parts import Payout, PayoutKind, PayoutState
from partnerflow.cases.paying import PayoutAct
from partnerflow.cases.postings import parties
from partnerflow.cases.view import Draft
from partnerflow.orders.model import Leg
from partnerflow.people import Role
from partnerflow.refusals import Refused

EARLY = timedelta(minutes=5)


def key_of(ref: str, round_no: int, leg: Leg, invoice: str | None, kind: PayoutKind) -> str:
    return f"payout:{ref}:{round_no}:{leg}:{invoice or '-'}:{kind}"


def intend(draft: Draft) -> None:
    """What the notes issued just now give back, and the goodwill paid here, is to be paid through the port."""
    case = draft.case
    assert case.remedy is not None
    for leg, kind, amount, note, invoice in _given(draft, case.remedy.round):
        sides = parties(case)
        payee = sides.customer(leg)
        payout = Payout(
            key=key_of(case.ref, case.remedy.round, leg, invoice, kind),
            leg=leg,
            round=case.remedy.round,
            kind=kind,
            amount=amount,
            currency=case.currency_of(leg),
            payer=sides.seller(leg),
            payee=payee,
            payee_name=draft.view.directory.organisations[payee].name,
            note=note,
            invoice=invoice,
            state=PayoutState.INTENDED,
            since=draft.at,
            after_upstream=leg is case.main_leg and not draft.view.policy.upstream.advance,
        )
        draft.emit(PayoutChanged(leg.value, payout))


def _given(draft: Draft, round_no: int) -> Iterator[tuple[Leg, PayoutKind, int, str | None, str | None]]:
    case = draft.case
    for note in case.issued:
        if note.round == round_no and note.kind == "credit_note" and not note.external and note.allocation:
            parts = (
                (PayoutKind.REFUND, note.allocation.refund),
                (PayoutKind.ACCOUNT_CREDIT, note.allocation.account_credit),
            )
            yield from ((note.leg, kind, part, note.number, note.invoice) for kind, part in parts if part)
    for gift in case.goodwill:
        if gift.round == round_no and gift.here and gift.amount:
            invoice = draft.view.order.invoice_of(gift.leg)
            yield gift.leg, PayoutKind.GOODWILL, gift.amount, None, invoice.number if invoice else None


def submit(draft: Draft, command: SubmitPayout) -> None:
    """From now on it may have moved. Again only for one who has looked, and found nothing under the key."""
    payout = _known(draft.case, command.key)
    again = command.looked and payout.state in paying.PAYING and not payout.accepted
    if not again and paying.next_act(draft.case, payout) is not PayoutAct.SUBMIT:
        raise Refused("wrong-state", f"{payout.key} is {payout.state}: it is not to be submitted now.")
    _change(draft, payout, state=PayoutState.SUBMITTED, because=None, held_by=None, tries=payout.tries + 1)


def answered(draft: Draft, command: PayoutAnswered) -> None:
    """What the payer's system says. A payment that was seen is confirmed whatever was said before; everything else
    counts only for the last submission, and only while nothing is known of it."""
    payout = _known(draft.case, command.key)
    if payout.state is PayoutState.CONFIRMED:
        return
    if command.found is Found.CONFIRMED:
        _confirm(draft, payout, command)
    elif payout.state in paying.PAYING and payout.tries == command.tries:
        _tell(draft, payout, command)


def _confirm(draft: Draft, payout: Payout, command: PayoutAnswered) -> None:
    if not payout.tries or payout.state is PayoutState.CANCELLED:
        raise Refused("wrong-state", f"{payout.key} is {payout.state}, but its payer says that it is paid.")
    at = command.at if command.at and command.at <= draft.at + EARLY else draft.at
    done = replace(
        payout,
        state=PayoutState.CONFIRMED,
        since=draft.at,
        reference=command.reference or payout.reference or payout.key,
        at=at,
        because=None,
        held_by=None,
    )
    draft.emit(PaidOut(payout.leg.value, done))
    passed = _all_passed_on(draft.case, draft.actor.name)
    if passed and payout.leg is draft.case.main_leg:
        if draft.view.policy.upstream.advance:
            chasing.advance(draft)
        draft.emit(CasePassedOn(passed))
        remedies.close(draft)


def _tell(draft: Draft, payout: Payout, command: PayoutAnswered) -> None:
    match command.found:
        case Found.FAILED:
            _change(
                draft,
                payout,
                state=PayoutState.FAILED,
                reference=command.reference,
                because=command.reason or "The payer's system refused it.",
                held_by=_finance(draft),
                accepted=False,
            )
        case Found.ACCEPTED if not payout.accepted:
            reference = command.reference or payout.reference
            _change(
                draft, payout, state=PayoutState.SUBMITTED, accepted=True, reference=reference, because=None
            )
        case Found.UNKNOWN if payout.state is PayoutState.SUBMITTED:
            _change(draft, payout, state=PayoutState.UNKNOWN, because=command.reason)


def retry(draft: Draft, command: RetryPayout) -> None:
    """What stopped it is mended: the same payment again, under the same key."""
    payout = paying.find(draft.case, command.key)
    if payout is None or payout.state is not PayoutState.FAILED:
        stands = f"The payment is {payout.state}" if payout else "There is no such payment"
        raise Refused(
            "wrong-state", f"{stands}; only one that was refused is tried again.", pointer="/payout"
        )
    _change(draft, payout, state=PayoutState.INTENDED, because=None, held_by=None)


def cancel(draft: Draft, payouts: Iterable[Payout], because: str) -> None:
    """Those of which nothing has moved never will."""
    for payout in payouts:
        if payout.state in paying.OPEN:
            _change(draft, payout, state=PayoutState.CANCELLED, because=because, held_by=None)


def leave_to_hand(draft: Draft) -> None:
    """The distributor passes it on itself: only as long as nothing of it is under way, and then the port never does."""
    case = draft.case
    if paying.under_way(case):
        raise Refused("wrong-state", "It is being paid: what becomes of the payment has to be known first.")
    cancel(draft, paying.awaited(case), "It was passed on by hand.")


def _all_passed_on(case: Case, by: str) -> PassThrough | None:
    """Every payment of the round to the partner is confirmed: the payer's own word that the account shows it."""
    awaited = paying.awaited(case) or external_notes.waiting(case, case.main_leg)
    if case.stage is not Stage.PASSING_ON or len(case.legs) == 1 or awaited:
        return None
    assert case.remedy is not None
    mine = [p for p in case.payouts if p.leg is case.main_leg and p.round == case.remedy.round and p.at]
    if not mine:
        return None
    how = "account_credit" if all(p.kind is PayoutKind.ACCOUNT_CREDIT for p in mine) else "refund"
    references = ", ".join(dict.fromkeys(p.reference for p in mine if p.reference))
    return PassThrough(how, references, max(p.at for p in mine if p.at), by)


def _finance(draft: Draft) -> str:
    """Who has a refused payment: finance for the case's country and family, else the owner."""
    directory, case = draft.view.directory, draft.case
    found = people.covering(directory, Role.FINANCE, case.scope, draft.at)
    found = found or people.first_contact(directory, directory.operator.code, Role.FINANCE)
    return (found or responsibility.owner(case, directory, draft.at)).id


def _known(case: Case, key: str) -> Payout:
    found = paying.find(case, key)
    if found is None:
        raise Refused("not-found", "The case has no such payment.")
    return found


def _change(draft: Draft, payout: Payout, **changes: Any) -> None:
    draft.emit(PayoutChanged(payout.leg.value, replace(payout, since=draft.at, **changes)))
