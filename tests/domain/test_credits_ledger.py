"""Entries balance, name their accounts, and are corrected by a reversal only. DOMAIN: Ledger, Credit note."""

from dataclasses import replace

import pytest

from partnerflow.credits.amounts import add_up, plain_taxes
from partnerflow.credits.ledger import (
    Entry,
    Posting,
    balances,
    entry_for_note,
    entry_for_rebill,
    reversal,
)
from partnerflow.credits.notes import Allocation, Note, NoteKind, build_credit_note, note_number, tax_totals
from partnerflow.orders.model import Leg, TaxTotal
from tests.support.credits import HARBOUR, MERIDIAN, PLACED, amount_line, an_order

ORDER = an_order()
AMOUNTS = add_up(
    [amount_line(10_000), amount_line(5_000, 50_000)],
    plain_taxes([amount_line(10_000), amount_line(5_000, 50_000)]),
)


def a_note(allocation: Allocation) -> Note:
    return build_credit_note(
        ORDER,
        ORDER.invoice_of(Leg.DOWNSTREAM),
        AMOUNTS,
        number=note_number("MER", NoteKind.CREDIT_NOTE, 2027, 7),
        issuer=MERIDIAN,
        recipient=HARBOUR,
        issued_at=PLACED,
        case_ref="PF-2027-000001",
        reason="wrong_price",
        allocation=allocation,
        locale="en_GB",
        zone="Europe/London",
    )


NOTE = a_note(Allocation(10_000, 4_000, 2_000, 1_250))


def test_a_credit_note_posts_sales_and_tax_per_rate_against_where_the_money_went():
    assert entry_for_note(NOTE, "k").postings == (
        Posting("meridian:sales", 15_000, 0),
        Posting("meridian:vat-output:S:200000", 2_000, 0),
        Posting("meridian:vat-output:S:50000", 250, 0),
        Posting("meridian:receivable:harbour", 0, 10_000),
        Posting("meridian:refund-payable:harbour", 0, 4_000),
        Posting("meridian:customer-credit:harbour", 0, 2_000),
        Posting("meridian:settled-outside:harbour", 0, 1_250),
    )


def test_an_entry_carries_case_leg_reason_and_instant():
    entry = entry_for_note(NOTE, "k")
    assert (entry.key, entry.case_ref, entry.leg, entry.currency) == (
        "k",
        "PF-2027-000001",
        Leg.DOWNSTREAM,
        "GBP",
    )
    assert (entry.at, entry.reason, entry.reverses) == (PLACED, "wrong_price", None)


def test_parts_of_zero_post_nothing():
    accounts = [p.account for p in entry_for_note(a_note(Allocation(17_250, 0, 0, 0)), "k").postings]
    assert accounts[-1] == "meridian:receivable:harbour"


def test_a_rebill_posts_an_ordinary_sale():
    bill = replace(NOTE, kind=NoteKind.REBILL, allocation=None)
    assert balances([entry_for_rebill(bill, "r")])["meridian:receivable:harbour", "GBP"] == 17_250


def test_paper_of_the_wrong_kind_is_not_posted():
    with pytest.raises(ValueError, match="not a rebill"):
        entry_for_rebill(NOTE, "r")
    with pytest.raises(ValueError, match="not a credit note"):
        entry_for_note(replace(NOTE, allocation=None), "k")


def test_a_note_whose_allocation_is_not_its_gross_cannot_be_made():
    with pytest.raises(ValueError, match="add up"):
        a_note(Allocation(17_249, 0, 0, 0))


def test_an_unbalanced_entry_cannot_be_made():
    with pytest.raises(ValueError, match="differ"):
        Entry("k", "c", Leg.DOWNSTREAM, "GBP", PLACED, (Posting("a", 1, 0),), "x")
    with pytest.raises(ValueError, match="differ"):
        Entry("k", "c", Leg.DOWNSTREAM, "GBP", PLACED, (), "x")


@pytest.mark.parametrize(("debit", "credit"), [(0, 0), (1, 1), (-1, 0), (0, -1)])
def test_a_posting_has_one_positive_side(debit, credit):
    with pytest.raises(ValueError, match="one side"):
        Posting("a", debit, credit)


def test_a_reversal_undoes_its_entry_names_it_and_needs_a_reason():
    entry = entry_for_note(NOTE, "k")
    back = reversal(entry, "void", "void:k", PLACED)
    assert (back.key, back.reverses, back.reason) == ("void:k", "k", "void")
    assert balances([entry, back]) == {}
    with pytest.raises(ValueError, match="reason"):
        reversal(entry, " ", "void:k", PLACED)


def test_a_note_gives_back_its_tax_rows_for_a_void():
    assert tax_totals(NOTE) == (TaxTotal("S", 200_000, 10_000, 2_000), TaxTotal("S", 50_000, 5_000, 250))
    assert NOTE.number == "MER-CN-2027-000007"
