"""Entries balance, stand in one organisation's books, and are corrected by one reversal. DOMAIN: Ledger."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnerflow.credits import accounts
from partnerflow.credits.ledger import (
    Entry,
    Occasion,
    Posting,
    balances,
    bought_entry,
    confirmed_entry,
    credit_entry,
    exchange_entry,
    goodwill_entry,
    passed_on_entry,
    rebill_entry,
    refund_entry,
    reversal,
    reversal_key,
)
from partnerflow.credits.notes import Allocation
from partnerflow.money import tax_of
from partnerflow.orders.model import Leg, TaxTotal
from tests.support.credits import PLACED

TAXES = (TaxTotal("S", 200_000, 10_000, 2_000), TaxTotal("S", 50_000, 5_000, 250))
GIVEN = Allocation(10_000, 4_000, 2_000, 1_250)
ABOUT = Occasion("PF-2027-000001", Leg.DOWNSTREAM, "GBP", PLACED, "wrong_price", "MER-CN-2027-000007")


def a_credit(given_=GIVEN, key="k", taxes=TAXES, fees=0):
    return credit_entry("meridian", "harbour", taxes, given_, key, ABOUT, fees)


def test_a_credit_note_posts_revenue_and_tax_per_rate_against_where_the_money_went():
    assert a_credit().postings == (
        Posting("meridian:revenue-corrections", 15_000, 0),
        Posting("meridian:output-vat:S:200000", 2_000, 0),
        Posting("meridian:output-vat:S:50000", 250, 0),
        Posting("meridian:receivables:harbour", 0, 10_000),
        Posting("meridian:refunds-payable:harbour", 0, 4_000),
        Posting("meridian:account-credit:harbour", 0, 2_000),
        Posting("meridian:clearing:harbour", 0, 1_250),
    )


def test_a_restocking_fee_is_income_beside_the_revenue_that_came_back():
    found = balances([a_credit(fees=1_500)])
    assert found["meridian:revenue-corrections", "GBP"] == 16_500
    assert found["meridian:restocking-fees", "GBP"] == -1_500


def test_an_entry_carries_case_leg_reason_instant_paper_and_books():
    entry = a_credit()
    assert (entry.key, entry.case_ref, entry.leg, entry.currency) == (
        "k",
        "PF-2027-000001",
        Leg.DOWNSTREAM,
        "GBP",
    )
    assert (entry.at, entry.reason, entry.reverses) == (PLACED, "wrong_price", None)
    assert (entry.document, entry.books) == ("MER-CN-2027-000007", "meridian")


def test_parts_of_zero_post_nothing():
    found = [p.account for p in a_credit(Allocation(17_250, 0, 0, 0)).postings]
    assert found[-1] == "meridian:receivables:harbour"


def test_a_rebill_posts_an_ordinary_sale():
    found = balances([rebill_entry("meridian", "harbour", TAXES, "r", ABOUT)])
    assert found["meridian:receivables:harbour", "GBP"] == 17_250
    assert found["meridian:revenue", "GBP"] == -15_000


def test_a_suppliers_note_is_posted_in_its_recipients_books():
    credit = balances([confirmed_entry("meridian", "arbor", TAXES, GIVEN, "c", ABOUT)])
    assert credit == {
        ("meridian:payables:arbor", "GBP"): 10_000,
        ("meridian:supplier-credit:arbor", "GBP"): 6_000,
        ("meridian:clearing:arbor", "GBP"): 1_250,
        ("meridian:purchase-corrections", "GBP"): -15_000,
        ("meridian:input-vat:S:200000", "GBP"): -2_000,
        ("meridian:input-vat:S:50000", "GBP"): -250,
    }
    rebill = balances([bought_entry("meridian", "arbor", TAXES, "r", ABOUT)])
    assert rebill["meridian:payables:arbor", "GBP"] == -17_250
    assert rebill["meridian:purchases", "GBP"] == 15_000


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ("refund", {"refunds-payable": 4_000, "account-credit": 2_000, "clearing": -6_000}),
        ("offset", {"refunds-payable": 4_000, "account-credit": 2_000, "receivables": -6_000}),
        ("account_credit", {"refunds-payable": 4_000, "account-credit": -4_000}),
    ],
)
def test_passing_on_moves_what_the_notes_had_left_to_give(how, expected):
    entry = passed_on_entry("meridian", "harbour", GIVEN, how, "p", ABOUT)
    assert balances([entry]) == {
        (f"meridian:{name}:harbour", "GBP"): amount for name, amount in expected.items()
    }


def test_passing_on_to_the_account_what_stands_there_already_posts_nothing():
    at_account = Allocation(10_000, 0, 2_000, 0)
    assert passed_on_entry("meridian", "harbour", at_account, "account_credit", "p", ABOUT) is None
    assert passed_on_entry("meridian", "harbour", Allocation(10, 0, 0, 0), "refund", "p", ABOUT) is None


def test_a_refund_that_left_a_goodwill_and_an_exchange_difference_have_their_accounts():
    assert balances([refund_entry("meridian", "harbour", 4_000, "f", ABOUT)]) == {
        ("meridian:refunds-payable:harbour", "GBP"): 4_000,
        ("meridian:clearing:harbour", "GBP"): -4_000,
    }
    for refund, to in ((True, "refunds-payable"), (False, "account-credit")):
        found = balances([goodwill_entry("meridian", "harbour", 500, "g", ABOUT, refund=refund)])
        assert found == {("meridian:goodwill-expense", "GBP"): 500, (f"meridian:{to}:harbour", "GBP"): -500}
    for loss in (37, -37):
        found = balances([exchange_entry("meridian", "harbour", loss, "x", ABOUT)])
        assert found["meridian:exchange-difference", "GBP"] == loss


def test_an_unbalanced_entry_cannot_be_made():
    with pytest.raises(ValueError, match="differ"):
        Entry("k", "c", Leg.DOWNSTREAM, "GBP", PLACED, (Posting("a:revenue", 1, 0),), "x")
    with pytest.raises(ValueError, match="differ"):
        Entry("k", "c", Leg.DOWNSTREAM, "GBP", PLACED, (), "x")


def test_an_entry_over_the_books_of_two_cannot_be_made():
    rows = (Posting("a:revenue", 1, 0), Posting("b:revenue", 0, 1))
    with pytest.raises(ValueError, match="one organisation"):
        Entry("k", "c", Leg.DOWNSTREAM, "GBP", PLACED, rows, "x")


@pytest.mark.parametrize(("debit", "credit"), [(0, 0), (1, 1), (-1, 0), (0, -1)])
def test_a_posting_has_one_positive_side(debit, credit):
    with pytest.raises(ValueError, match="one side"):
        Posting("meridian:revenue", debit, credit)


@pytest.mark.parametrize(
    "code",
    ["sales", "meridian:sales", "meridian:revenue:harbour", "meridian:receivables", ":revenue", "meridian:"],
)
def test_an_account_that_the_chart_does_not_have_cannot_be_posted_to(code):
    with pytest.raises(ValueError, match="account"):
        Posting(code, 1, 0)


def test_an_account_says_whose_it_is_and_what_of():
    books, row, of = accounts.parts("meridian:output-vat:S:200000")
    assert (books, row.name, of) == ("meridian", accounts.OUTPUT_VAT, "S:200000")


def test_a_reversal_mirrors_its_entry_names_it_and_needs_a_reason():
    entry = a_credit(key="credit:1")
    back = reversal(entry, "issued twice", PLACED, "MER-DN-2027-000001")
    assert (back.key, back.reverses, back.reason) == (reversal_key("credit:1"), "credit:1", "issued twice")
    assert balances([entry, back]) == {}
    with pytest.raises(ValueError, match="reason"):
        reversal(entry, " ", PLACED)


def test_a_reversal_is_not_reversed_and_two_of_one_entry_have_the_same_key():
    entry = a_credit()
    first, second = (reversal(entry, why, PLACED) for why in ("one", "two"))
    assert first.key == second.key
    with pytest.raises(ValueError, match="is a reversal"):
        reversal(first, "back again", PLACED)


AMOUNT = st.integers(min_value=0, max_value=10**9)
RATE = st.sampled_from([0, 50_000, 77_000, 200_000, 255_000])


@st.composite
def credit_notes(draw):
    nets = draw(
        st.lists(st.tuples(RATE, st.integers(1, 10**9)), min_size=1, max_size=4, unique_by=lambda r: r[0])
    )
    taxes = tuple(TaxTotal("S" if rate else "Z", rate, net, tax_of(net, rate)) for rate, net in nets)
    left, parts = sum(row.net + row.tax for row in taxes), []
    for _ in range(3):
        parts.append(draw(st.integers(0, left)))
        left -= parts[-1]
    return a_credit(Allocation(left, *parts), "k", taxes, draw(AMOUNT))


@st.composite
def sequences(draw):
    """Credits, rebills, passing on, refunds, goodwill, differences, each perhaps reversed later."""
    entries = []
    for number in range(draw(st.integers(1, 8))):
        entry = replace(draw(credit_notes()), key=f"credit:{number}")
        others = [
            rebill_entry("arbor", "meridian", TAXES, f"rebill:{number}", ABOUT),
            passed_on_entry(
                "meridian", "harbour", GIVEN, draw(st.sampled_from(["refund", "offset"])), "p", ABOUT
            ),
            exchange_entry("meridian", "harbour", draw(st.integers(-99, 99).filter(bool)), "x", ABOUT),
            goodwill_entry("meridian", "harbour", draw(st.integers(1, 99)), "g", ABOUT),
        ]
        found = [entry, *draw(st.lists(st.sampled_from(others), max_size=3))]
        entries += found
        if draw(st.booleans()):
            entries += [reversal(each, "void", PLACED + timedelta(days=1)) for each in found]
    return entries


@given(sequences())
def test_any_sequence_of_entries_and_reversals_balances_in_every_organisations_books(entries):
    sums = {}
    for (account, currency), balance in balances(entries).items():
        books = account.partition(":")[0]
        sums[books, currency] = sums.get((books, currency), 0) + balance
    assert not any(sums.values())


@given(credit_notes())
def test_an_entry_and_its_reversal_leave_no_balance(entry):
    assert balances([entry, reversal(entry, "void", PLACED)]) == {}


def test_the_chart_names_every_account_once_and_says_what_for():
    names = [row.name for row in accounts.CHART]
    assert len(names) == len(set(names)) == len(accounts.BY_NAME)
    constants = {value for name, value in vars(accounts).items() if name.isupper() and isinstance(value, str)}
    assert constants == set(names)
    assert all(row.about.endswith(".") for row in accounts.CHART)
