"""docs/accounting.md: every table on the page is held against the ledger that the story makes, or worked out again."""

from collections.abc import Iterable
from pathlib import Path

import pytest

from partnerflow.credits import accounts
from partnerflow.credits.exchange import Difference, Rate
from partnerflow.credits.ledger import (
    Entry,
    Occasion,
    confirmed_entry,
    credit_entry,
    exchange_entry,
    goodwill_entry,
    passed_on_entry,
    refund_entry,
    reversal,
)
from partnerflow.credits.notes import Allocation
from partnerflow.money import format_minor
from partnerflow.orders.model import Leg, TaxTotal
from partnerflow.policy.terms import CaseType
from partnerflow.store.database import reading
from partnerflow.store.reports.balances import trial_balance
from tests.store.builders import remedied, rows
from tests.workflows.house import MONDAY, House

PAGE = Path(__file__).parents[2] / "docs" / "accounting.md"
Row = list[str]


def tables() -> dict[str, list[Row]]:
    """The page's tables by heading, without their headers."""
    found: dict[str, list[Row]] = {}
    heading = ""
    for text in PAGE.read_text(encoding="utf-8").splitlines():
        if text.startswith("#"):
            heading = text.lstrip("# ")
        elif text.startswith("|"):
            found.setdefault(heading, []).append(
                [cell.strip() for cell in text.strip().strip("|").split("|")]
            )
    return {heading: rows_[2:] for heading, rows_ in found.items()}


def shown(minor: int) -> str:
    whole, _, pence = format_minor(minor, "GBP").partition(".")
    return f"{int(whole):,}.{pence}" if whole != "-0" else f"-0.{pence}"


def written(postings: Iterable[tuple[str, int, int]]) -> list[Row]:
    return [
        [account, shown(debit) if debit else "", shown(credit) if credit else ""]
        for account, debit, credit in postings
    ]


def of_entries(*entries: Entry | None) -> list[Row]:
    return written((p.account, p.debit, p.credit) for entry in entries if entry for p in entry.postings)


@pytest.fixture(scope="module")
def ref(house: House) -> str:
    made = house.open_exchange(house.order("D-8841"))
    for _ in range(2):
        house.approve(made)
    remedied(house, made)
    house.pass_on(made)
    return made


POSTED = {
    "The wrong licence: the credit note, distributor to reseller": "credit:{ref}:1:downstream:M-D-8841",
    "The wrong licence: the rebill, distributor to reseller": "rebill:{ref}:1:downstream:MER-INV-2027-000001",
    "The wrong licence: the credit note, vendor to distributor": "credit:{ref}:1:upstream:A-D-8841",
    "The wrong licence: the rebill, vendor to distributor": "rebill:{ref}:1:upstream:ARB-INV-2027-000001",
}


@pytest.mark.parametrize("heading", POSTED)
def test_the_story_posts_what_the_page_says(house: House, ref: str, heading: str) -> None:
    query = "SELECT account, debit, credit FROM ledger_posting WHERE entry = :key ORDER BY no"
    assert written(rows(house.engine, query, key=POSTED[heading].format(ref=ref))) == tables()[heading]


def test_the_trial_balance_is_the_storys(house: House, ref: str) -> None:
    with reading(house.engine, "*") as session:
        found = trial_balance(session)
    told = [[b.account, shown(b.debit), shown(b.credit), shown(b.balance)] for b in found]
    assert told == tables()["The trial balance after the example"]


ABOUT = Occasion("PF-2027-000001", Leg.DOWNSTREAM, "GBP", MONDAY, "Wrong item ordered.", "MER-CN-2027-000001")
TWO_PARTIES = ("meridian", "harbour")
TAXES = (TaxTotal("S", 200_000, 240_000, 48_000),)
TO_ACCOUNT, TO_REFUND = Allocation(180_000, 0, 108_000, 0), Allocation(180_000, 108_000, 0, 0)


def credited(given: Allocation, taxes: tuple[TaxTotal, ...] = TAXES, fees: int = 0) -> Entry:
    return credit_entry(*TWO_PARTIES, taxes, given, "credit:1", ABOUT, fees)


def dollars_given_back() -> int:
    """1,056.00 USD, at the rates the page names."""
    then, now = (Rate("USD", "GBP", micros, 1_000_000, MONDAY.date()) for micros in (790_000, 754_868))
    assert (then.worth(105_600), now.worth(105_600)) == (83_424, 79_714)
    return Difference(105_600, "USD", "GBP", then, now).loss or 0


WORKED = {
    "Passed on: a refund has left": lambda: of_entries(
        passed_on_entry(*TWO_PARTIES, TO_ACCOUNT, "refund", "p", ABOUT)
    ),
    "Settled between the parties": lambda: of_entries(credited(Allocation(180_000, 0, 0, 108_000))),
    "A refund asked for, and confirmed by the payment port": lambda: of_entries(
        credited(TO_REFUND), refund_entry(*TWO_PARTIES, 108_000, "f", ABOUT)
    ),
    "A restocking fee": lambda: of_entries(
        credited(Allocation(180_000, 0, 96_000, 0), (TaxTotal("S", 200_000, 230_000, 46_000),), 10_000)
    ),
    "A void": lambda: of_entries(reversal(credited(TO_ACCOUNT), "Issued twice.", MONDAY)),
    "A vendor's note from its own system": lambda: of_entries(
        confirmed_entry(
            "meridian",
            "arbor",
            (TaxTotal("S", 200_000, 211_200, 42_240),),
            Allocation(253_440, 0, 0, 0),
            "c",
            ABOUT,
        )
    ),
    "Goodwill outside any credit note": lambda: of_entries(goodwill_entry(*TWO_PARTIES, 5_000, "g", ABOUT)),
    "An exchange difference": lambda: of_entries(
        exchange_entry("meridian", "arbor", dollars_given_back(), "x", ABOUT)
    ),
}


@pytest.mark.parametrize("heading", WORKED)
def test_the_table_is_what_the_code_posts(heading: str) -> None:
    assert WORKED[heading]() == tables()[heading]


def test_the_chart_on_the_page_is_the_chart() -> None:
    found = [[row.name, row.kind.value, row.of.value, row.about] for row in accounts.CHART]
    assert found == tables()["The chart"]


def test_every_case_type_is_on_the_page_and_every_table_is_held_against_something() -> None:
    found = tables()
    assert [row[0] for row in found["What a case of each type posts"]] == [kind.value for kind in CaseType]
    here = {"The chart", "What a case of each type posts", "The trial balance after the example"}
    assert set(found) == {*POSTED, *WORKED, *here}
