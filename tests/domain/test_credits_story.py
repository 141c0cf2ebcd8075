"""DOMAIN: worked example 1, the 2,500 pound wrong licence: every figure, on both legs."""

from datetime import UTC, date, datetime

from partnerflow.credits.amounts import WantedLine, rebill
from partnerflow.credits.ledger import (
    Occasion,
    balances,
    credit_entry,
    credit_key,
    rebill_entry,
    rebill_key,
    reversal,
)
from partnerflow.credits.legs import (
    amounts_of,
    credit_lines,
    line_ceilings,
    release_lines,
    reserve_legs,
    work_out,
)
from partnerflow.credits.notes import build_credit_note, build_rebill, local_date, tax_totals
from partnerflow.credits.portions import Portion
from partnerflow.credits.settlement import Settlement, bill_falls_by, settle, still_to_pay, unpaid
from partnerflow.credits.taxes import credit_invoice, expected, invoice_ceiling, reserve_invoice
from partnerflow.orders.model import Leg, TaxTotal
from tests.support.credits import ARBOR, HARBOUR, MERIDIAN, a_payment, an_order, gbp, refused

DOWN, UP = Leg.DOWNSTREAM, Leg.UPSTREAM
ORDER = an_order(payments=[a_payment(120_000)])
ASKED = (Portion(1, 46, clause="unactivated"), Portion(1, 4, percent=500_000, exception=True))
WANTED = (WantedLine("LIC-STD", "Standard licence", 46, 31_200_000, 27_450_000, "S", 200_000),)
ISSUED = datetime(2027, 1, 5, 10, tzinfo=UTC)


def legs():
    return {leg: line_ceilings(ORDER, leg) for leg in ORDER.legs}


def credited():
    """Both legs' line ceilings once the case is executed, and what was credited on them."""
    after, held = reserve_legs(ORDER, ASKED, legs())
    return {leg: credit_lines(after[leg], held[leg]) for leg in after}, held


def figures(amounts):
    return amounts.net, amounts.tax, amounts.gross


def amounts(leg):
    _, held = credited()
    return amounts_of(ORDER, held[leg], invoice_ceiling(ORDER.invoice_of(leg)).rates)


def test_the_invoices_are_3000_and_2640_gross():
    assert [ORDER.invoice_of(leg).gross for leg in ORDER.legs] == [300_000, 264_000]


def test_the_credit_is_2880_downstream_and_2534_40_upstream():
    assert figures(amounts(DOWN)) == (240_000, 48_000, 288_000)
    assert figures(amounts(UP)) == (211_200, 42_240, 253_440)


def test_the_preview_shows_the_same_and_holds_nothing():
    lines = line_ceilings(ORDER, DOWN)
    rates = invoice_ceiling(ORDER.invoice_of(DOWN)).rates
    assert work_out(ORDER, DOWN, ASKED, lines, rates) == amounts(DOWN)
    assert lines == line_ceilings(ORDER, DOWN)


def test_an_order_not_invoiced_yet_previews_plain_tax():
    order = an_order(invoiced=False)
    assert figures(work_out(order, DOWN, ASKED, line_ceilings(order, DOWN), ())) == (240_000, 48_000, 288_000)


def test_the_lines_of_the_credit_say_units_and_percent():
    rows = [(row.quantity, row.percent, row.net) for row in amounts(DOWN).lines]
    assert rows == [(46, 1_000_000, 230_000), (4, 500_000, 10_000)]


def test_the_rebill_is_1722_24_downstream_and_1515_24_upstream():
    assert figures(rebill(WANTED, DOWN, "GBP")) == (143_520, 28_704, 172_224)
    assert figures(rebill(WANTED, UP, "GBP")) == (126_270, 25_254, 151_524)


def test_the_bills_fall_by_1157_76_and_1019_16():
    falls = [bill_falls_by(amounts(leg).gross, rebill(WANTED, leg, "GBP").gross) for leg in ORDER.legs]
    assert falls == [115_776, 101_916]


def test_the_unpaid_1800_go_first_and_1080_must_be_allocated():
    open_amount = unpaid(ORDER.invoice_of(DOWN), ORDER.payments, ())
    allocation = settle(288_000, open_amount, Settlement(), "GBP")
    assert open_amount == 180_000
    assert (allocation.unpaid_reduced, allocation.account_credit) == (180_000, 108_000)


def test_a_refund_of_1200_is_refused_and_the_excess_named():
    with refused("allocation-mismatch", excess=gbp("1080.00")) as caught:
        settle(288_000, 180_000, Settlement(refund=120_000), "GBP")
    assert "1080.00 GBP" in caught.value.detail


def test_the_reseller_still_has_to_pay_642_24():
    allocation = settle(288_000, 180_000, Settlement(), "GBP")
    assert still_to_pay(180_000, allocation, 172_224) == 64_224


def test_a_refund_leaves_the_whole_rebill_to_pay():
    allocation = settle(288_000, 180_000, Settlement(refund=108_000), "GBP")
    assert still_to_pay(180_000, allocation, 172_224) == 172_224


def test_100_net_or_120_gross_are_left_to_credit():
    after, _ = credited()
    assert (after[DOWN][1].left_quantity, after[DOWN][1].left_net) == (0, 10_000)
    assert (after[UP][1].left_quantity, after[UP][1].left_net) == (0, 8_800)


def test_of_two_requests_by_amount_for_200_and_100_the_first_is_refused_and_the_second_closes_both_legs():
    after, _ = credited()
    with refused("exceeds-creditable", remaining={"quantity": 0, "amount": gbp("100.00")}, leg="downstream"):
        reserve_legs(ORDER, [Portion(1, amount=20_000, convert=True)], after)
    closed, held = reserve_legs(ORDER, [Portion(1, amount=10_000, convert=True)], after)
    assert [held[leg][0].net for leg in ORDER.legs] == [10_000, 8_800]
    assert [closed[leg][1].left_net for leg in ORDER.legs] == [0, 0]


def test_the_last_credit_closes_both_invoices_to_the_penny():
    after, first = credited()
    _, last = reserve_legs(ORDER, [Portion(1, amount=10_000, convert=True)], after)
    for leg in ORDER.legs:
        ceiling = invoice_ceiling(ORDER.invoice_of(leg))
        for rows in (first[leg], last[leg]):
            lines = amounts_of(ORDER, rows, ceiling.rates).lines
            ceiling = reserve_invoice(ceiling, sum(row.net for row in lines), "GBP")
            ceiling, issued = credit_invoice(ceiling, lines, "GBP")
        assert issued.gross == {DOWN: 12_000, UP: 10_560}[leg]
        assert (ceiling.credited_net, ceiling.credited_tax) == (ceiling.limit_net, ceiling.limit_tax)
        assert (ceiling.reserved_net, ceiling.left_net) == (0, 0)


def test_a_declined_case_leaves_no_trace_on_the_ceilings():
    after, held = reserve_legs(ORDER, ASKED, legs())
    assert {leg: release_lines(after[leg], held[leg]) for leg in after} == legs()


def the_notes():
    common = {"issued_at": ISSUED, "case_ref": "PF-2027-000001", "reason": "wrong_item_ordered"}
    place = {"locale": "en_GB", "zone": "Europe/London"}
    allocation = settle(288_000, 180_000, Settlement(), "GBP")
    parties = {"issuer": MERIDIAN, "recipient": HARBOUR}
    note = build_credit_note(
        ORDER,
        ORDER.invoice_of(DOWN),
        amounts(DOWN),
        number="MER-CN-2027-000001",
        allocation=allocation,
        **parties,
        **common,
        **place,
    )
    bill = build_rebill(
        ORDER,
        WANTED,
        DOWN,
        rebill(WANTED, DOWN, "GBP"),
        number="MER-INV-2027-000001",
        order_number="D-8841-R1",
        **parties,
        **common,
        **place,
    )
    return note, bill


def test_the_note_states_what_the_credit_came_to_and_which_invoice_it_corrects():
    note, _ = the_notes()
    assert (note.net, note.tax, note.gross) == (240_000, 48_000, 288_000)
    assert (note.preceding, note.preceding_date) == ("downstream-1", date(2027, 1, 4))
    assert [(row.sku, row.quantity, row.percent, row.unit_price) for row in note.lines] == [
        ("LIC-PRO", 46, 1_000_000, 50_000_000),
        ("LIC-PRO", 4, 500_000, 50_000_000),
    ]
    assert [(row.rate, row.net, row.tax) for row in note.taxes] == [(200_000, 240_000, 48_000)]


def test_an_upstream_note_states_upstream_prices():
    note = build_credit_note(
        ORDER,
        ORDER.invoice_of(UP),
        amounts(UP),
        number="ARB-CN-2027-000001",
        issuer=ARBOR,
        recipient=MERIDIAN,
        issued_at=ISSUED,
        case_ref="PF-2027-000001",
        reason="wrong_item_ordered",
        allocation=settle(253_440, 264_000, Settlement(), "GBP"),
        locale="en_GB",
        zone="Europe/London",
    )
    assert (note.leg, note.gross, note.lines[0].unit_price) == (UP, 253_440, 44_000_000)


def test_the_rebill_is_a_new_supply_without_a_preceding_invoice():
    _, bill = the_notes()
    assert (bill.order_number, bill.preceding, bill.allocation) == ("D-8841-R1", None, None)
    assert [(row.sku, row.quantity, row.net) for row in bill.lines] == [("LIC-STD", 46, 143_520)]


def test_the_date_on_paper_is_the_issuers():
    assert local_date(datetime(2026, 12, 31, 23, 30, tzinfo=UTC), "Europe/Berlin") == date(2027, 1, 1)


def posted(note, key):
    about = Occasion(note.case_ref, note.leg, note.currency, note.issued_at, note.reason, note.number)
    if note.allocation is None:
        return rebill_entry(note.issuer.code, note.recipient.code, tax_totals(note), key, about)
    return credit_entry(note.issuer.code, note.recipient.code, tax_totals(note), note.allocation, key, about)


def test_the_books_show_642_24_owed_once_the_account_credit_is_set_off():
    note, bill = the_notes()
    credit = posted(note, credit_key("PF-2027-000001", 1, DOWN, "downstream-1"))
    sale = posted(bill, rebill_key("PF-2027-000001", 1, DOWN, bill.number))
    assert credit.key == "credit:PF-2027-000001:1:downstream:downstream-1"
    assert balances([credit, sale]) == {
        ("meridian:revenue-corrections", "GBP"): 240_000,
        ("meridian:revenue", "GBP"): -143_520,
        ("meridian:output-vat:S:200000", "GBP"): 19_296,
        ("meridian:receivables:harbour", "GBP"): -7_776,
        ("meridian:account-credit:harbour", "GBP"): -108_000,
    }
    assert 180_000 - 7_776 - 108_000 == 64_224


def test_an_entry_and_its_reversal_are_zero():
    note, _ = the_notes()
    entry = posted(note, "credit:1")
    back = reversal(entry, "issued twice", ISSUED)
    assert back.reverses == "credit:1"
    assert balances([entry, back]) == {}


def test_expected_tax_of_several_rates_is_stated_per_rate():
    row = amounts(DOWN).taxes
    assert row == (TaxTotal("S", 200_000, 240_000, 48_000),)
    assert expected((), amounts(DOWN).lines).taxes == row
