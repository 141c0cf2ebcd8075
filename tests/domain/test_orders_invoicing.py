"""What others report about an accepted order: invoices, payments, activations, quantities corrected in a
case."""

from dataclasses import replace
from datetime import UTC, timedelta, timezone
from typing import Any

import pytest

from partnerflow.orders.commands import (
    InvoiceDraft,
    InvoiceLineDraft,
    RecordActivation,
    RecordInvoice,
    RecordPayment,
    ReduceQuantity,
)
from partnerflow.orders.model import Invoice, Leg, Order, Payment, Severity, TaxTotal
from tests.domain.builders_orders import (
    DOWNSTREAM,
    MONDAY,
    UPSTREAM,
    a_line,
    a_view,
    an_order,
    do,
    events,
    refused,
)

LATER = MONDAY + timedelta(hours=1)
BILL = InvoiceDraft(DOWNSTREAM, "INV-1", MONDAY)
PAID = Payment("p-1", DOWNSTREAM, "INV-1", 120_000, MONDAY)
PENNIES = (6_833, 5_750, 8_500, 6_833)


def bill(order: Order, **changes: Any) -> Order:
    return do(order, RecordInvoice(replace(BILL, **changes)), at=LATER)


def billed(order: Order, **changes: Any) -> Invoice:
    return bill(order, **changes).invoices[-1]


def pay(order: Order, **changes: Any) -> Order:
    return do(order, RecordPayment(replace(PAID, **changes)), at=LATER)


def four_lines() -> Order:
    """Worked example 2: nets 68.33, 57.50, 85.00, 68.33."""
    lines = (a_line(n, quantity=1, unit_price=net * 10_000) for n, net in enumerate(PENNIES, 1))
    return an_order(*lines)


def test_an_invoice_takes_lines_net_and_tax_from_the_order_by_default() -> None:
    down, up = billed(an_order()), billed(an_order(), leg=UPSTREAM, number="ARB-9")
    assert (down.net, down.gross, up.net, up.gross) == (250_000, 300_000, 220_000, 264_000)
    assert down.tax_totals == (TaxTotal("S", 200_000, 250_000, 50_000),)


def test_tax_is_computed_on_the_total_of_a_rate() -> None:
    invoice = billed(four_lines())
    assert [line.net for line in invoice.lines] == list(PENNIES)
    assert (invoice.tax_totals[0].tax, invoice.gross) == (5_583, 33_499)


def test_a_stated_tax_wins_over_the_recalculation() -> None:
    stated = (TaxTotal("S", 200_000, 27_916, 5_584),)
    assert billed(four_lines(), tax_totals=stated).tax_totals == stated


def test_rates_are_totalled_apart() -> None:
    order = an_order(a_line(1), a_line(2, tax_category="Z", tax_rate=0, quantity=1))
    assert billed(order).tax_totals == (TaxTotal("S", 200_000, 250_000, 50_000), TaxTotal("Z", 0, 5_000, 0))


def test_a_stated_net_finds_a_home_on_the_lines() -> None:
    stated = (TaxTotal("S", 200_000, 27_917, 5_583),)
    invoice = billed(four_lines(), tax_totals=stated)
    assert sum(line.net for line in invoice.lines) == 27_917


def test_stated_line_nets_stay_and_must_add_up() -> None:
    lines = (InvoiceLineDraft(1, 1, net=6_800), InvoiceLineDraft(2, 1))
    fitting = billed(four_lines(), lines=lines, tax_totals=(TaxTotal("S", 200_000, 12_600, 2_520),))
    assert [line.net for line in fitting.lines] == [6_800, 5_800]
    both = tuple(replace(line, net=6_800) for line in lines)
    with refused("tax-mismatch"):
        bill(four_lines(), lines=both, tax_totals=(TaxTotal("S", 200_000, 13_601, 2_720),))


@pytest.mark.parametrize(
    "totals",
    [
        (),
        (TaxTotal("S", 190_000, 250_000, 47_500),),
        (TaxTotal("Z", 200_000, 250_000, 50_000),),
        (TaxTotal("S", 200_000, 125_000, 25_000),) * 2,
        (TaxTotal("S", 200_000, 250_000, 50_000), TaxTotal("Z", 0, 1, 0)),
    ],
)
def test_totals_are_for_the_rates_of_the_lines_each_once(totals: tuple[TaxTotal, ...]) -> None:
    with refused("tax-mismatch"):
        bill(an_order(), tax_totals=totals)


def test_an_invoice_may_state_another_rate_than_the_order() -> None:
    lines = (InvoiceLineDraft(1, 50, category="Z", rate=0),)
    assert billed(an_order(), lines=lines).gross == 250_000


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"lines": ()}, "line-count"),
        ({"lines": (InvoiceLineDraft(2, 1),)}, "unknown-line"),
        ({"lines": (InvoiceLineDraft(1, 1), InvoiceLineDraft(1, 1))}, "invalid-parameter"),
        ({"lines": (InvoiceLineDraft(1, 0),)}, "invalid-quantity"),
        ({"lines": (InvoiceLineDraft(1, 1, net=-1),)}, "invalid-amount"),
        ({"tax_totals": (TaxTotal("S", 200_000, 250_000, -1),)}, "invalid-amount"),
        ({"issued_at": LATER + timedelta(minutes=6)}, "invalid-date"),
    ],
)
def test_an_invoice_that_could_not_be_right_is_refused(changes: dict[str, Any], code: str) -> None:
    with refused(code):
        bill(an_order(), **changes)


def test_an_invoice_needs_a_leg_the_order_has_and_a_price_on_it() -> None:
    with refused("invalid-parameter"):
        bill(an_order(distributor=None), leg=UPSTREAM)
    unpriced = an_order(lines=(a_line(upstream_price=None),))
    with refused("invalid-amount"):
        bill(unpriced, leg=UPSTREAM)
    stated = (InvoiceLineDraft(1, 50, net=220_000),)
    assert billed(unpriced, leg=UPSTREAM, lines=stated).net == 220_000


@pytest.mark.parametrize("command", [RecordInvoice(BILL, "EUR"), RecordPayment(PAID, "EUR")])
def test_another_currency_than_the_orders_is_refused(command: RecordInvoice | RecordPayment) -> None:
    with refused("invalid-currency"):
        events(bill(an_order(), number="INV-0"), command, at=LATER)


def test_the_same_invoice_again_changes_nothing_even_after_credits() -> None:
    order, carried = bill(an_order()), a_view(credited_invoices=frozenset({(DOWNSTREAM, "INV-1")}))
    assert events(order, RecordInvoice(BILL), at=LATER) == ()
    assert events(order, RecordInvoice(BILL), at=LATER, view=carried) == ()
    reduced = replace(order, lines=(a_line(quantity=4),))
    assert events(reduced, RecordInvoice(BILL), at=LATER, view=carried) == ()


def test_an_invoice_takes_other_content_until_it_carries_credits() -> None:
    fewer = replace(BILL, lines=(InvoiceLineDraft(1, 46),))
    order = do(bill(an_order()), RecordInvoice(fewer), at=LATER)
    assert [(invoice.number, invoice.net) for invoice in order.invoices] == [("INV-1", 230_000)]
    carried = a_view(credited_invoices=frozenset({(DOWNSTREAM, "INV-1")}))
    with refused("wrong-state"):
        events(order, RecordInvoice(BILL), at=LATER, view=carried)


def test_credits_on_one_leg_do_not_bind_the_other() -> None:
    carried = a_view(credited_invoices=frozenset({(DOWNSTREAM, "INV-1")}))
    order = do(
        bill(an_order(), leg=UPSTREAM), RecordInvoice(replace(BILL, leg=UPSTREAM)), at=LATER, view=carried
    )
    assert order.invoice(UPSTREAM, "INV-1")
    assert order.invoice(DOWNSTREAM, "INV-1") is None


def test_a_second_invoice_covers_what_the_first_left() -> None:
    order = bill(an_order(), lines=(InvoiceLineDraft(1, 30),))
    assert billed(order, number="INV-2").lines[0].quantity == 20


def test_an_invoice_for_more_than_is_ordered_is_recorded_with_a_finding() -> None:
    order = bill(an_order(lines=(a_line(quantity=4),)), lines=(InvoiceLineDraft(1, 50),))
    (finding,) = order.findings
    assert (finding.severity, finding.line_no, finding.leg) == (Severity.ADVISE, 1, DOWNSTREAM)
    assert finding.text == "50 units of line 1 are invoiced, but 4 are ordered."
    assert not finding.open
    assert bill(order, lines=(InvoiceLineDraft(1, 4),)).findings == ()


def test_the_same_goods_invoiced_twice_are_a_finding_of_their_leg_alone() -> None:
    order = bill(bill(an_order()), number="INV-2")
    assert [finding.leg for finding in bill(order, leg=UPSTREAM).findings] == [DOWNSTREAM]


def test_a_line_corrected_to_nothing_is_left_out_of_the_next_invoice() -> None:
    order = do(an_order(a_line(1), a_line(2)), ReduceQuantity(1, 50, "PF-2027-000001"))
    assert [line.line_no for line in billed(order).lines] == [2]


def test_payments_count_once_and_a_reversal_takes_them_back() -> None:
    order = pay(pay(bill(an_order())))
    assert order.received(DOWNSTREAM, "INV-1") == 120_000
    order = pay(order, id="p-2", kind="reversal")
    assert order.received(DOWNSTREAM, "INV-1") == 0


def test_the_same_payment_written_in_another_zone_is_the_same() -> None:
    paris = MONDAY.astimezone(timezone(timedelta(hours=1)))
    order = pay(bill(an_order()), received_at=paris)
    assert order.payments[0].received_at.tzinfo is UTC
    assert events(order, RecordPayment(PAID), at=LATER) == ()


def test_more_money_than_the_invoice_is_accepted() -> None:
    assert pay(bill(an_order()), amount=400_000).received(DOWNSTREAM, "INV-1") == 400_000


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"invoice": "INV-2"}, "unknown-invoice"),
        ({"leg": Leg.UPSTREAM}, "unknown-invoice"),
        ({"amount": 0}, "invalid-amount"),
        ({"amount": -1}, "invalid-amount"),
        ({"amount": 10**15 + 1}, "invalid-amount"),
        ({"kind": "gift"}, "invalid-parameter"),
        ({"kind": "reversal"}, "invalid-amount"),
        ({"received_at": LATER + timedelta(minutes=6)}, "invalid-date"),
    ],
)
def test_a_payment_that_could_not_be_right_is_refused(changes: dict[str, Any], code: str) -> None:
    with refused(code):
        pay(bill(an_order()), **changes)


def test_a_payments_id_is_never_used_for_another() -> None:
    with refused("wrong-state"):
        pay(pay(bill(an_order())), amount=1)


def activation(quantity: int, **changes: Any) -> RecordActivation:
    return replace(RecordActivation(1, quantity, MONDAY, "vendor portal"), **changes)


def test_activations_state_how_many_units_are_active() -> None:
    order = do(do(an_order(), activation(6)), activation(4))
    assert (order.lines[0].activated, order.lines[0].activated_at) == (4, MONDAY)
    assert events(order, activation(4)) == ()


def test_an_older_report_does_not_undo_a_newer_one() -> None:
    order = do(an_order(), activation(6))
    assert events(order, activation(4, at=MONDAY - timedelta(seconds=1))) == ()


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (activation(51), "invalid-quantity"),
        (activation(-1), "invalid-quantity"),
        (activation(4, line_no=2), "unknown-line"),
        (activation(4, at=MONDAY + timedelta(minutes=6)), "invalid-date"),
    ],
)
def test_an_activation_that_could_not_be_right_is_refused(command: RecordActivation, code: str) -> None:
    with refused(code):
        events(an_order(), command)


def test_what_is_not_invoiced_is_corrected_without_a_note() -> None:
    order = do(an_order(), ReduceQuantity(1, 46, "PF-2027-000001"))
    assert order.lines[0].quantity == 4
    assert billed(order).net == 20_000


def test_only_what_some_leg_has_not_invoiced_can_be_taken_off() -> None:
    order = bill(an_order(), lines=(InvoiceLineDraft(1, 30),))
    assert do(order, ReduceQuantity(1, 50, "PF-2027-000001")).lines[0].quantity == 0
    both = bill(order, leg=UPSTREAM, lines=(InvoiceLineDraft(1, 40),))
    with refused("exceeds-creditable") as info:
        events(both, ReduceQuantity(1, 21, "PF-2027-000001"))
    assert info.value.extra == {"remaining": 20}


@pytest.mark.parametrize(
    ("line_no", "quantity", "code"), [(2, 1, "unknown-line"), (1, 0, "invalid-quantity")]
)
def test_a_reduction_is_of_units_of_a_known_line(line_no: int, quantity: int, code: str) -> None:
    with refused(code):
        events(an_order(), ReduceQuantity(line_no, quantity, "PF-2027-000001"))
