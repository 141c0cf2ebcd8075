"""The remedy: cancel upstream, issue every note in one transaction, publish the documents, wait for the distributor.

Before the first note a failing remedy compensates and returns to the owner; after it, it only goes forward.
DOMAIN: Money (Remedy, Identity, Credit note), Exchange.
"""

from partnerflow.cases import clocks, responsibility, talking
from partnerflow.cases.events import (
    CaseClosed,
    ClocksSet,
    CreditNoteIssued,
    RebillIssued,
    RemedyActed,
    RemedyDone,
    RemedyFailed,
    RemedyRetried,
)
from partnerflow.cases.model import Case, CaseOutcome, Clock, Issued, LegShown, Remedy, RemedyState
from partnerflow.cases.view import Draft
from partnerflow.credits.ledger import credit_key, entry_for_note, entry_for_rebill, rebill_key
from partnerflow.credits.legs import amounts_of, credit_lines, release_lines
from partnerflow.credits.notes import (
    Note,
    NoteKind,
    Party,
    build_credit_note,
    build_rebill,
    local_date,
    note_number,
)
from partnerflow.credits.settlement import Settlement, give_back, settle_at_issue
from partnerflow.credits.taxes import credit_invoice
from partnerflow.orders.model import Invoice, Leg
from partnerflow.people import Organisation
from partnerflow.refusals import Refused

CHECK, CANCEL_UPSTREAM, ISSUE, PUBLISH = "check", "cancel_upstream", "issue", "publish"
ACTIONS = (CHECK, CANCEL_UPSTREAM, ISSUE, PUBLISH)


def next_action(case: Case) -> str | None:
    """What the remedy does next; None when it is done, failed, or there is none."""
    remedy = case.remedy
    if remedy is None or remedy.state is not RemedyState.EXECUTING:
        return None
    return next((action for action in ACTIONS if not remedy.done(action)), None)


def record(draft: Draft, action: str, reference: str | None) -> None:
    """An act that is done; the same again changes nothing."""
    remedy = _current(draft)
    if remedy.done(action):
        return
    _refuse_out_of_turn(draft.case, action)
    if action == CHECK and (surprise := _more_activated(draft)):
        fail(draft, surprise)
        return
    draft.emit(RemedyActed(action, reference))
    if action == PUBLISH:
        _finish(draft)


def issue(draft: Draft) -> None:
    """All notes, rebills, postings and ceilings of the round in one transaction."""
    if _current(draft).done(ISSUE):
        return
    _refuse_out_of_turn(draft.case, ISSUE)
    if (missing := _not_supplied(draft)) is not None:
        fail(draft, missing)
        return
    case = draft.case
    assert case.proposal is not None
    kept = {
        shown.leg: case.held[shown.leg] for shown in case.proposal.legs if not _credit_leg(draft, case, shown)
    }
    if case.wanted:
        for shown in case.proposal.legs:
            _rebill_leg(draft, case, shown)
    draft.emit(RemedyActed(ISSUE, None, kept))


def _refuse_out_of_turn(case: Case, action: str) -> None:
    """No note before the upstream cancel, no document before the notes: each act makes the next one safe."""
    following = next_action(case)
    if action != following:
        raise Refused("wrong-state", f"The remedy's next act is {following}, not {action}.")


def fail(draft: Draft, because: str) -> None:
    """Before the first note: back to the owner, the reservation stays. After it: failed, a named person is on it."""
    remedy = _current(draft)
    case, view = draft.case, draft.view
    owner = responsibility.owner(case, view.directory, draft.at)
    compensated = not remedy.done(ISSUE)
    draft.emit(RemedyFailed(because, compensated, owner.id))
    minutes = view.policy.allowances["decision" if compensated else "step"]
    name = clocks.DECISION if compensated else clocks.STEP
    by = clocks.by_person(owner.id)
    clock = clocks.start(name, by, minutes * clocks.MINUTE, draft.at, view.directory, view.policy)
    ended = [clocks.done(c) for c in (case.clock(clocks.VAT_NOTE),) if c and compensated]
    draft.emit(ClocksSet((clock, *ended)))


def retry(draft: Draft, round_no: int) -> None:
    remedy = draft.case.remedy
    if remedy is None or remedy.round != round_no or remedy.state is not RemedyState.FAILED:
        raise Refused("wrong-state", "There is no failed remedy to retry.")
    draft.emit(RemedyRetried(round_no))
    if clock := draft.case.clock(clocks.STEP):
        draft.emit(ClocksSet((clocks.done(clock),)))


def close(draft: Draft) -> None:
    """Credited; without a stated root cause the policy's mapping of the reason holds."""
    case = draft.case
    cause = case.root_cause or draft.view.policy.root_cause(case.reason)
    draft.emit(CaseClosed(CaseOutcome.CREDITED, cause))


def issued_here(organisation: Organisation) -> bool:
    """Only the operator's own notes, and those it has a recorded mandate for (DOMAIN: Issuer)."""
    return organisation.operator or organisation.mandated


def _current(draft: Draft) -> Remedy:
    remedy = draft.case.remedy
    if remedy is None or remedy.state is not RemedyState.EXECUTING:
        raise Refused("wrong-state", "No remedy is being executed.")
    return remedy


def _more_activated(draft: Draft) -> str | None:
    """More activated units than approved voids the approval (DOMAIN: Remedy)."""
    case, order = draft.case, draft.view.order
    for line in order.lines:
        fresh = sum(
            p.quantity
            for p in (case.proposal.portions if case.proposal else ())
            if p.line_no == line.line_no and not p.exception and not p.by_amount
        )
        if fresh and fresh > line.quantity - line.activated:
            return (
                f"{line.activated} units of {line.sku} are activated by now; {fresh} were approved as unused."
            )
    return None


def _not_supplied(draft: Draft) -> str | None:
    """What is wanted instead can no longer be had: credit and rebill both wait, the round is void."""
    for wanted in draft.case.wanted:
        product = draft.view.products.get(wanted.sku)
        if product is None or product.retired:
            return f"{wanted.sku} can no longer be supplied."
    return None


def _parties(draft: Draft, leg: Leg) -> tuple[Organisation, Organisation]:
    """(issuer, recipient) of a leg."""
    case, known = draft.case, draft.view.directory.organisations
    if leg is Leg.DOWNSTREAM:
        return known[case.distributor or case.vendor or ""], known[case.reseller or ""]
    return known[case.vendor or ""], known[case.distributor or ""]


def _credit_leg(draft: Draft, case: Case, shown: LegShown) -> bool:
    """Whether the leg is put right: one whose notes another issues keeps its reservation until they confirm."""
    leg, held = shown.leg, case.held[shown.leg]
    issuer, recipient = _parties(draft, leg)
    invoice = draft.view.order.invoice_of(leg)
    if invoice is None or leg not in draft.invoices:
        _correct_uninvoiced(draft, case, leg)
        return True
    if not issued_here(issuer):
        return False
    lines = amounts_of(draft.view.order, held, draft.view.rates(leg)).lines
    draft.lines[leg] = credit_lines(draft.lines[leg], held)
    draft.invoices[leg], amounts = credit_invoice(draft.invoices[leg], lines, case.currency)
    if amounts.gross == 0:
        return True
    asked = case.settlement if leg is case.main_leg else None
    settled = settle_at_issue(amounts.gross, draft.view.unpaid(leg), asked or Settlement())
    draft.payments[leg] = give_back(draft.payments[leg], settled.allocation, case.currency)
    note = build_credit_note(
        draft.view.order,
        invoice,
        amounts,
        number=_number(draft, issuer, NoteKind.CREDIT_NOTE),
        issuer=_party(issuer),
        recipient=_party(recipient),
        issued_at=draft.at,
        case_ref=case.ref,
        reason=_reason(case),
        allocation=settled.allocation,
        locale=recipient.locale,
        zone=issuer.zone,
    )
    draft.notes.append(note)
    draft.entries.append(entry_for_note(note, credit_key(case.ref, _round(draft), leg, invoice.number)))
    draft.emit(CreditNoteIssued(leg.value, _issued(note, _round(draft), invoice)))
    return True


def _correct_uninvoiced(draft: Draft, case: Case, leg: Leg) -> None:
    """Nothing is invoiced on this leg: the order's quantity falls, no note, nothing posted."""
    draft.lines[leg] = release_lines(draft.lines[leg], case.held[leg])
    if leg is case.main_leg:
        draft.uninvoiced += [(row.line_no, row.quantity) for row in case.held[leg] if row.quantity]


def _rebill_leg(draft: Draft, case: Case, shown: LegShown) -> None:
    issuer, recipient = _parties(draft, shown.leg)
    if shown.rebill is None or not issued_here(issuer):
        return
    note = build_rebill(
        draft.view.order,
        case.wanted,
        shown.leg,
        shown.rebill,
        number=_number(draft, issuer, NoteKind.REBILL),
        order_number=replacement_number(case),
        issuer=_party(issuer),
        recipient=_party(recipient),
        issued_at=draft.at,
        case_ref=case.ref,
        reason=_reason(case),
        locale=recipient.locale,
        zone=issuer.zone,
    )
    draft.notes.append(note)
    draft.entries.append(entry_for_rebill(note, rebill_key(case.ref, _round(draft), shown.leg, note.number)))
    document = _issued(note, _round(draft), None)
    draft.emit(RebillIssued(shown.leg.value, document, note.order_number))


def replacement_number(case: Case) -> str:
    """The order of the new supply: number + ``-R<round>`` (DOMAIN: Exchange)."""
    return f"{case.order_number}-R{case.remedy.round if case.remedy else 1}"


def _round(draft: Draft) -> int:
    return _current(draft).round


def _number(draft: Draft, issuer: Organisation, kind: NoteKind) -> str:
    year = local_date(draft.at, issuer.zone).year
    key = (issuer.code, kind.series, year)
    last = draft.counters.get(key, draft.view.counters.get(key, 0))
    draft.counters[key] = last + 1
    return note_number(issuer.series_code, kind, year, last + 1)


def _party(organisation: Organisation) -> Party:
    o = organisation
    return Party(o.code, o.name, o.vat_id, o.address, o.country)


def _reason(case: Case) -> str:
    return f"{case.reason.replace('_', ' ').capitalize()}: order {case.order_number} corrected in case {case.ref}."


def _issued(note: Note, round_no: int, invoice: Invoice | None) -> Issued:
    return Issued(
        kind=note.kind.value,
        number=note.number,
        leg=note.leg,
        round=round_no,
        invoice=invoice.number if invoice else None,
        net=note.net,
        tax=note.tax,
        gross=note.gross,
        allocation=note.allocation,
    )


def _finish(draft: Draft) -> None:
    """The documents stand: the distributor passes it on. An order of one leg is done, and so is one of which nothing
    was invoiced: where no note was issued there is nothing to pass on."""
    round_no = _current(draft).round
    issued = any(document.round == round_no for document in draft.case.issued)
    waits = len(draft.case.legs) > 1 and (issued or bool(draft.case.held))
    draft.emit(RemedyDone(passing_on=waits))
    if vat := draft.case.clock(clocks.VAT_NOTE):
        draft.emit(ClocksSet((clocks.done(vat),)))
    if waits:
        draft.emit(ClocksSet((_pass_through_clock(draft), talking.restarted_update(draft))))
    else:
        close(draft)


def _pass_through_clock(draft: Draft) -> Clock:
    view = draft.view
    contact = responsibility.distributor_contact(draft.case, view.directory, draft.at)
    by = clocks.by_person(contact.id) if contact else clocks.by_organisation(draft.case.distributor or "")
    seconds = view.policy.allowances["pass_through"] * clocks.MINUTE
    return clocks.start(clocks.PASS_THROUGH, by, seconds, draft.at, view.directory, view.policy)
