"""Issuing what a remedy grants: per leg the credit note or the quantity that falls, and the rebill of what is wanted
instead. DOMAIN: Money (Credit note, Issuer), Exchange.
"""

from dataclasses import replace

from partnerflow.cases import exchanging, papers, proposals, settlements
from partnerflow.cases.events import CreditNoteIssued, GoodwillPaid, RebillIssued
from partnerflow.cases.model import Case, Issued, LegShown
from partnerflow.cases.money_parts import PaidGoodwill
from partnerflow.cases.view import Draft
from partnerflow.credits.legs import amounts_of, credit_lines, release_lines
from partnerflow.credits.notes import Note, NoteKind, local_date, note_number, tax_totals
from partnerflow.credits.settlement import Settlement, give_back, settle_at_issue
from partnerflow.credits.taxes import credit_invoice, release_invoice
from partnerflow.directory.clearance import numbered_here
from partnerflow.orders.model import Invoice, Leg
from partnerflow.people import Organisation


def credit_leg(draft: Draft, case: Case, shown: LegShown) -> bool:
    """Whether the leg is put right: one whose notes another issues keeps its reservation until they confirm."""
    leg, held = shown.leg, case.held[shown.leg]
    issuer, _ = papers.parties(draft, leg)
    here = numbered_here(issuer, local_date(draft.at, issuer.zone))
    if case.outside_notes:
        _pay(draft, shown, here=issuer.operator or issuer.mandated)
        return True
    invoice = draft.view.order.invoice_of(leg)
    if invoice is None or leg not in draft.invoices:
        _correct_uninvoiced(draft, case, leg)
        return True
    if not shown.credit.net:
        draft.lines[leg] = release_lines(draft.lines[leg], held)
        draft.invoices[leg] = release_invoice(draft.invoices[leg], sum(row.net for row in held))
        return True
    if not here:
        return False
    lines = amounts_of(draft.view.order, held, draft.view.rates(leg)).lines
    draft.lines[leg] = credit_lines(draft.lines[leg], held)
    less_fees = release_invoice(draft.invoices[leg], sum(row.fee for row in held))
    draft.invoices[leg], amounts = credit_invoice(less_fees, lines, case.currency_of(leg))
    if amounts.gross == 0:
        return True
    asked = case.settlement if leg is case.main_leg else None
    settled = settle_at_issue(amounts.gross, draft.view.unpaid(leg), asked or Settlement())
    settlements.keep_what_fits(draft, asked, settled)
    draft.payments[leg] = give_back(draft.payments[leg], settled.allocation, case.currency_of(leg))
    number = take_number(draft, issuer, NoteKind.CREDIT_NOTE)
    note = papers.credit_paper(draft, leg, amounts, number, settled.allocation)
    draft.notes.append(note)
    document = replace(_issued(note, _round(draft), invoice), rows=held)
    draft.emit(CreditNoteIssued(leg.value, document))
    exchanging.account(draft, document)
    return True


def _pay(draft: Draft, shown: LegShown, *, here: bool) -> None:
    """Goodwill outside any credit note: the line is as it was, and money is owed (DOMAIN: Goodwill)."""
    proposals.release_leg(draft, shown.leg)
    if shown.credit.net:
        paid = PaidGoodwill(shown.leg, _round(draft), shown.credit.net, here)
        draft.emit(GoodwillPaid(shown.leg.value, paid))


def _correct_uninvoiced(draft: Draft, case: Case, leg: Leg) -> None:
    """Nothing is invoiced on this leg: the order's quantity falls, no note, nothing posted."""
    draft.lines[leg] = release_lines(draft.lines[leg], case.held[leg])
    if leg is case.main_leg:
        draft.uninvoiced += [(row.line_no, row.quantity) for row in case.held[leg] if row.quantity]


def rebill_leg(draft: Draft, case: Case, shown: LegShown) -> None:
    issuer, _ = papers.parties(draft, shown.leg)
    if shown.rebill is None or not numbered_here(issuer, local_date(draft.at, issuer.zone)):
        return
    number, order = take_number(draft, issuer, NoteKind.REBILL), replacement_number(case)
    note = papers.rebill_paper(draft, case, shown.leg, shown.rebill, number, order)
    draft.notes.append(note)
    document = _issued(note, _round(draft), None)
    draft.emit(RebillIssued(shown.leg.value, document, note.order_number))


def replacement_number(case: Case) -> str:
    """The order of the new supply: number + ``-R<round>`` (DOMAIN: Exchange)."""
    return f"{case.order_number}-R{case.remedy.round if case.remedy else 1}"


def _round(draft: Draft) -> int:
    assert draft.case.remedy is not None
    return draft.case.remedy.round


def take_number(draft: Draft, issuer: Organisation, kind: NoteKind) -> str:
    """The next of the issuer's series in the year of its own calendar; ValueError where its numbers are not ours."""
    day = local_date(draft.at, issuer.zone)
    if not numbered_here(issuer, day) and kind is not NoteKind.DEBIT_NOTE:
        raise ValueError(f"{issuer.code}: its notes take no number of ours")
    year = day.year
    key = (issuer.code, kind.series, year)
    last = draft.counters.get(key, draft.view.counters.get(key, 0))
    draft.counters[key] = last + 1
    return note_number(issuer.series_code, kind, year, last + 1)


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
        taxes=tax_totals(note),
    )
