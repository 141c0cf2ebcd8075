"""Each leg has its own price and currency; the exchange difference is the distributor's alone."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from partnerflow.cases.model import Case
from partnerflow.cases.money_commands import ConfirmNote, VoidNote
from partnerflow.credits.daily_rates import DailyRates
from partnerflow.credits.exchange import Rate
from partnerflow.credits.ledger import balances
from partnerflow.orders.commands import EnterOrder, InvoiceDraft, RecordInvoice, RecordPayment
from partnerflow.orders.model import Leg, Payment
from tests.domain import builders_orders as orders
from tests.domain.builders_cases import MONDAY, PaperDesk, a_request, amounts, jan, refused, story_order
from tests.domain.builders_people import AMARA, NADIA, person
from tests.domain.test_cases_external_notes import unmandated

REF = "PF-2027-000001"
UP, DOWN = Leg.UPSTREAM, Leg.DOWNSTREAM
THEN, NOW = {("USD", date(2027, 1, 4)): 790_000}, {("USD", date(2027, 1, 5)): 760_000}
"""Of the invoice's day, and of the day arbor's note is confirmed."""
NOON = jan(4, 12)
V1 = ConfirmNote(UP, "V-77", jan(5, 9), 88_000, 17_600, 105_600)
"""20 x LIC-PRO at 44.00 USD, as arbor's own system credits them."""


class Exchanging(PaperDesk):
    """A desk whose operator has recorded rates."""

    rates: dict[tuple[str, date], int] = THEN | NOW

    def view(self, ref: str = "") -> Any:
        return replace(super().view(ref), daily=DailyRates("GBP", self.rates))


def in_dollars(paid_upstream: int = 264_000) -> Any:
    """50 x LIC-PRO at 50.00 GBP downstream and 44.00 USD upstream, both invoiced, the vendor paid."""
    order = story_order(upstream_currency="USD")
    if paid_upstream:
        paid = Payment("p-2", UP, "upstream-1", paid_upstream, MONDAY)
        order = orders.do(order, RecordPayment(paid))
    return order


def carried_out(desk: PaperDesk, at: datetime = NOON) -> Case:
    case = desk.open(a_request(20))
    while case.step:
        case = desk.decide(person(case.step.deciders[0]), jan(4, 10))
    return desk.remedy(at)


def elsewhere(**changes: Any) -> PaperDesk:
    """arbor's notes come from its own system."""
    bare = unmandated("arbor")
    desk = Exchanging(order=in_dollars(**changes), directory=bare.directory)
    carried_out(desk)
    return desk


def posted(desk: PaperDesk) -> list[Any]:
    return [entry for entry in desk.entries if entry.key.startswith("exchange:")]


def test_each_leg_is_credited_in_its_own_currency() -> None:
    desk = Exchanging(order=in_dollars())
    case = carried_out(desk)
    assert {note.leg: note.currency for note in desk.notes} == {DOWN: "GBP", UP: "USD"}
    assert amounts(case) == {"downstream": (100_000, 20_000, 120_000), "upstream": (88_000, 17_600, 105_600)}
    keys = {entry.leg: entry.currency for entry in desk.entries if entry.key.startswith("credit:")}
    assert keys == {DOWN: "GBP", UP: "USD"}
    assert case.currency_of(UP) == "USD"
    assert desk.fold(REF) == case


def test_what_the_vendor_gives_back_is_worth_less_and_the_distributor_bears_it() -> None:
    desk = elsewhere()
    case = desk.do(V1, NADIA, jan(5, 10))
    (entry,) = posted(desk)
    assert (entry.key, entry.currency) == (f"exchange:{REF}:1:upstream:upstream-1", "GBP")
    loss = 83_424 - 80_256  # 1,056.00 USD at 0.79 and at 0.76
    assert balances([entry]) == {
        ("meridian:exchange-difference", "GBP"): loss,
        ("meridian:clearing:arbor", "GBP"): -loss,
    }
    (event,) = desk.events("case.exchange_difference")
    assert (event.leg, event.loss, event.exchanged.found.amount) == ("upstream", 3_168, 105_600)
    assert desk.fold(REF) == case


def test_nothing_of_it_is_on_the_resellers_leg_nor_told_to_it() -> None:
    desk = elsewhere()
    desk.do(V1, NADIA, jan(5, 10))
    assert not [e for e in posted(desk) if e.leg is DOWN or "harbour" in str(e)]
    told = {desk.directory.people[n.recipient].organisation for n in desk.told}
    assert told <= {"meridian", "arbor"}


def issued_here(later: int = 760_000) -> PaperDesk:
    """arbor's notes are issued here, the day after the invoice."""
    desk = Exchanging(order=in_dollars())
    desk.rates = THEN | {("USD", date(2027, 1, 5)): later}  # type: ignore[attr-defined]
    carried_out(desk, jan(5, 12))
    return desk


def test_a_note_issued_here_has_its_difference_when_it_is_issued() -> None:
    (entry,) = posted(issued_here())
    assert sum(p.debit for p in entry.postings) == 3_168
    assert entry.at == jan(5, 12)


def test_a_rate_that_rose_is_a_gain() -> None:
    desk = issued_here(820_000)
    assert balances(posted(desk))["meridian:exchange-difference", "GBP"] == -3_168


def test_what_only_lowers_an_unpaid_invoice_makes_no_difference() -> None:
    """The payable falls at the rate it was booked at."""
    desk = elsewhere(paid_upstream=0)
    desk.do(V1, NADIA, jan(5, 10))
    assert (posted(desk), desk.events("case.exchange_difference")) == ([], [])


def test_the_same_note_again_posts_nothing_more() -> None:
    desk = elsewhere()
    for _ in range(2):
        desk.do(V1, NADIA, jan(5, 10))
    assert len(posted(desk)) == 1


def test_a_void_takes_the_difference_back_too() -> None:
    desk = issued_here()
    number = next(note.number for note in desk.notes if note.leg is UP)
    for actor in (AMARA, person("peter-holt")):
        desk.do(VoidNote(number, "The wrong price."), actor, jan(5, 10))
    left = balances(desk.entries)
    assert not [account for account, _ in left if account.startswith("meridian:exchange")]
    gone = next(e for e in desk.entries if e.key.startswith("reversal:exchange:"))
    assert (gone.document, gone.currency) == (None, "GBP")


@pytest.mark.parametrize("known", [{}, NOW], ids=["neither", "only today's"])
def test_where_a_rate_is_not_known_finance_is_told_and_nothing_is_guessed(known: Any) -> None:
    desk = elsewhere()
    desk.rates = known  # type: ignore[attr-defined]
    desk.do(V1, NADIA, jan(5, 10))
    (event,) = desk.events("case.exchange_difference")
    assert (event.loss, posted(desk)) == (None, [])
    assert "manager" in {n.audience for n in desk.told if n.event == "case.exchange_difference"}


def test_the_invoices_own_rate_counts_before_the_operators() -> None:
    desk = elsewhere()
    own = replace(desk.order.invoices[1], exchange_rate=800_000)
    desk.order = replace(desk.order, invoices=(desk.order.invoices[0], own))
    desk.do(V1, NADIA, jan(5, 10))
    (event,) = desk.events("case.exchange_difference")
    assert event.loss == 84_480 - 80_256


def test_a_leg_in_the_distributors_own_currency_has_none() -> None:
    desk = Exchanging(directory=unmandated("arbor").directory)
    carried_out(desk)
    desk.do(V1, NADIA, jan(5, 10))
    assert desk.events("case.exchange_difference") == []


def test_the_worth_is_multiplied_first_and_rounded_once_whatever_the_decimals() -> None:
    day = date(2027, 1, 4)
    assert Rate("USD", "GBP", 1_234_567, 1_300_000, day).worth(1) == 1
    assert Rate("JPY", "GBP", 5_300, 1_000_000, day).worth(1_000) == 530
    assert Rate("GBP", "JPY", 1_000_000, 5_300, day).worth(530) == 1_000
    assert Rate("KWD", "GBP", 2_600_000, 1_000_000, day).worth(1_001) == 260


def test_an_invoice_of_the_upstream_leg_is_in_its_currency() -> None:
    order = story_order(upstream_currency="USD", invoiced=())
    with refused("invalid-currency"):
        orders.do(order, RecordInvoice(InvoiceDraft(UP, "A-1", MONDAY), "GBP"))
    order = orders.do(order, RecordInvoice(InvoiceDraft(UP, "A-1", MONDAY, exchange_rate=790_000), "USD"))
    invoice = order.invoice_of(UP)
    assert invoice is not None
    assert (invoice.net, invoice.exchange_rate) == (220_000, 790_000)


def test_an_order_of_one_leg_has_one_currency() -> None:
    with refused("invalid-currency"):
        orders.do(None, EnterOrder("o-1", orders.a_draft(reseller=None, upstream_currency="USD")))
