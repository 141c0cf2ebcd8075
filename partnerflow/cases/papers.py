"""A paper of a remedy, complete as its issuer has to write it: who to whom, why no VAT is charged where none is, and
the tax once more in the issuer's own currency. DOMAIN: Money (Credit note, Tax), Exchange.
"""

from dataclasses import replace
from datetime import date

from partnerflow.cases.model import Case
from partnerflow.cases.postings import reason_of
from partnerflow.cases.view import Draft
from partnerflow.credits import exchange
from partnerflow.credits.amounts import LegAmounts
from partnerflow.credits.exchange import Rate, stated
from partnerflow.credits.notes import (
    AccountingTax,
    Allocation,
    Note,
    Party,
    build_credit_note,
    build_rebill,
    local_date,
)
from partnerflow.credits.vat_reasons import reasoned
from partnerflow.orders.model import Leg
from partnerflow.people import Organisation


def parties(draft: Draft, leg: Leg) -> tuple[Organisation, Organisation]:
    """(issuer, recipient) of a leg."""
    case, known = draft.case, draft.view.directory.organisations
    if leg is Leg.DOWNSTREAM:
        return known[case.distributor or case.vendor or ""], known[case.reseller or ""]
    return known[case.vendor or ""], known[case.distributor or ""]


def credit_paper(
    draft: Draft, leg: Leg, amounts: LegAmounts, number: str = "", allocation: Allocation | None = None
) -> Note:
    """The credit note of a leg; without a number the one that another system is to number."""
    issuer, recipient = parties(draft, leg)
    invoice = draft.view.order.invoice_of(leg)
    assert invoice is not None
    note = build_credit_note(
        draft.view.order,
        invoice,
        amounts,
        number=number,
        issuer=party_of(issuer),
        recipient=party_of(recipient),
        issued_at=draft.at,
        case_ref=draft.case.ref,
        reason=reason_of(draft.case),
        allocation=allocation,
        locale=recipient.locale,
        zone=issuer.zone,
    )
    return _complete(draft, note, issuer, None)


def rebill_paper(draft: Draft, case: Case, leg: Leg, amounts: LegAmounts, number: str, order: str) -> Note:
    """The invoice of the new supply, with a day and a rate of exchange of its own; ``order`` is its order's number."""
    issuer, recipient = parties(draft, leg)
    note = build_rebill(
        draft.view.order,
        case.wanted,
        leg,
        amounts,
        number=number,
        order_number=order,
        issuer=party_of(issuer),
        recipient=party_of(recipient),
        issued_at=draft.at,
        case_ref=case.ref,
        reason=reason_of(case),
        locale=recipient.locale,
        zone=issuer.zone,
    )
    return _complete(draft, note, issuer, note.issue_date)


def no_rate(draft: Draft, leg: Leg, amounts: LegAmounts, day: date | None = None) -> str | None:
    """Why the tax cannot be stated in the issuer's own currency; ``day`` None: the invoice's."""
    issuer, _ = parties(draft, leg)
    if not amounts.tax or (day is None and draft.view.order.invoice_of(leg) is None):
        return None
    currency = draft.case.currency_of(leg)
    if issuer.currency == currency or _rate(draft, leg, issuer, day):
        return None
    of = day or _invoiced(draft, leg, issuer)
    return (
        f"{issuer.name} states its VAT in {issuer.currency}, and no rate of {currency} is recorded for "
        f"{of:%d.%m.%Y}: record it, then approve again."
    )


def _complete(draft: Draft, note: Note, issuer: Organisation, day: date | None) -> Note:
    rows = reasoned(note.taxes, note.issuer.country, note.recipient.country, note.locale)
    return replace(note, taxes=rows, accounting_tax=_own_tax(draft, note, issuer, day))


def _own_tax(draft: Draft, note: Note, issuer: Organisation, day: date | None) -> AccountingTax | None:
    """In the currency the issuer accounts in (Directive 2006/112/EC art. 230; EN 16931 BT-111)."""
    if not note.tax or issuer.currency == note.currency:
        return None
    rate = _rate(draft, note.leg, issuer, day)
    assert rate is not None
    return AccountingTax(rate.into, rate.worth(note.tax), rate.micros, rate.day)


def _rate(draft: Draft, leg: Leg, issuer: Organisation, day: date | None) -> Rate | None:
    """Of a rebill's own ``day``; else (None) the original invoice's: the distributor's own, where it states one."""
    currency, into = draft.case.currency_of(leg), issuer.currency
    of = day or _invoiced(draft, leg, issuer)
    invoice = draft.view.order.invoice_of(leg)
    own = invoice.exchange_rate if invoice and day is None and issuer.code == draft.case.distributor else None
    return stated(own, currency, into, of) if own else exchange.rate(draft.view.daily, currency, into, of)


def _invoiced(draft: Draft, leg: Leg, issuer: Organisation) -> date:
    invoice = draft.view.order.invoice_of(leg)
    assert invoice is not None
    return local_date(invoice.issued_at, issuer.zone)


def party_of(organisation: Organisation) -> Party:
    """As a paper names it."""
    o = organisation
    return Party(o.code, o.name, o.vat_id, o.address, o.country)
