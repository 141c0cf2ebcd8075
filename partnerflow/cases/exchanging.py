"""The exchange difference of a vendor's credit, once per note, with the note: in the distributor's books and nowhere
else. DOMAIN: Legs.
"""

from partnerflow.cases.events import ExchangeDifference
from partnerflow.cases.model import Issued
from partnerflow.cases.money_parts import Exchanged
from partnerflow.cases.view import Draft
from partnerflow.credits.exchange import Difference, Rate, rate, stated
from partnerflow.credits.notes import local_date
from partnerflow.orders.model import Leg


def account(draft: Draft, note: Issued) -> None:
    """After the note's own event; what is worked out stays with the rates it was worked out at."""
    if note.leg is not Leg.UPSTREAM or len(draft.case.legs) == 1 or note.allocation is None:
        return
    given = note.allocation
    found = _difference(draft, given.refund + given.account_credit + given.settled_outside)
    if found is not None:
        exchanged = Exchanged(note.leg, note.round, note.invoice or "", note.number, found)
        draft.emit(ExchangeDifference(note.leg.value, exchanged, found.loss))


def _difference(draft: Draft, amount: int) -> Difference | None:
    """None where the leg is in the distributor's own currency, or nothing is given back. What only lowers the unpaid
    invoice is no difference: it takes off the payable at the rate it was booked at."""
    case = draft.case
    buyer = draft.view.directory.organisations[case.distributor or ""]
    currency, into = case.currency_of(Leg.UPSTREAM), buyer.currency
    if currency == into or not amount:
        return None
    now = rate(draft.view.daily, currency, into, local_date(draft.at, buyer.zone))
    return Difference(amount, currency, into, _then(draft, currency, into, buyer.zone), now)


def _then(draft: Draft, currency: str, into: str, zone: str) -> Rate | None:
    """The original invoice's own rate, where it states one, else the operator's of its day."""
    invoice = draft.view.order.invoice_of(Leg.UPSTREAM)
    assert invoice is not None
    day = local_date(invoice.issued_at, zone)
    if invoice.exchange_rate:
        return stated(invoice.exchange_rate, currency, into, day)
    return rate(draft.view.daily, currency, into, day)
