"""A feed taken over into a real database: every row booked or listed, nothing twice, whatever happens in between."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from api import feeding
from api.feeding import Result, UnusableFile, listed_rows, take_over
from partnerflow.cases.model import Case
from partnerflow.imports.mappings import ONLINE_RETAIL
from partnerflow.imports.model import REASONS
from partnerflow.store.codec import decode_case, decode_order
from partnerflow.store.database import EVERY_ORGANISATION, reading, unit_of_work
from partnerflow.store.verify import verify
from tests.imports.feed import REAL, count, facts, row, write


def take(engine: Engine, path: Path, *rows: dict[str, str]) -> Result:
    return take_over(engine, write(path / "feed.csv", rows), ONLINE_RETAIL)


def cases(engine: Engine) -> list[Case]:
    with reading(engine, EVERY_ORGANISATION) as session:
        found = session.execute(text('SELECT state::text FROM "case" ORDER BY ref')).scalars()
        return [decode_case(state) for state in found]


def reasons(engine: Engine, result: Result) -> dict[int, str]:
    return {each.no: each.code for each in listed_rows(engine, result.import_id)}


@pytest.mark.long
def test_every_row_of_the_real_feed_is_booked_or_listed_and_nothing_is_over_credited(seeded: Engine) -> None:
    result = take_over(seeded, REAL, ONLINE_RETAIL)

    assert (result.invoices, result.cancellations, result.rows) == (3_501, 586, 77_628)
    assert result.booked + result.listed == result.rows
    assert result.reasons == {
        "missing-customer": 28_866,
        "no-earlier-line": 551,
        "adjustment": 17,
        "more-than-bought": 16,
        "price-above-original": 14,
    }
    assert sum(result.reasons.values()) == result.listed
    assert count(seeded, 'count(*) FROM "order"') == 2_387
    assert count(seeded, "count(*) FROM \"case\" WHERE stage <> 'closed'") == 0
    assert count(seeded, "count(*) FROM ceiling WHERE credited + reserved > max_amount") == 0
    assert count(seeded, "count(*) FROM ceiling WHERE credited_quantity > max_quantity") == 0
    credited = count(seeded, "sum(credited) FROM ceiling WHERE kind = 'line'")
    assert credited == count(seeded, "sum(credited) FROM ceiling WHERE kind = 'invoice'")
    assert credited == count(seeded, "sum(debit) FROM ledger_posting")
    assert count(seeded, "(SELECT count(*) FROM wake) + (SELECT count(*) FROM delivery)") == 0
    assert count(seeded, "count(*) FROM note") == 0

    with unit_of_work(seeded) as session:
        assert verify(session) == ()

    before = facts(seeded)
    again = take_over(seeded, REAL, ONLINE_RETAIL)
    assert (again.booked, again.listed, facts(seeded)) == (result.booked, result.listed, before)


def test_a_correction_made_elsewhere_is_a_closed_case_with_its_reference(
    seeded: Engine, tmp_path: Path
) -> None:
    take(
        seeded,
        tmp_path,
        row("536365", "85123A", 6, "2.55"),
        row("536365", "71053", 6, "3.39"),
        row("C536379", "85123A", -2, "2.55"),
    )

    (case,) = cases(seeded)
    assert (case.origin, case.external_reference, case.stage, case.outcome) == (
        "import", "C536379", "closed", "credited",
    )  # fmt: skip
    assert case.opened_at == case.closed_at == datetime(2010, 12, 3, 10, tzinfo=UTC)
    assert case.requested[0].credit.gross == 510
    assert (case.clocks, case.rounds, case.issued, case.remedy) == ((), (), (), None)
    assert count(seeded, "credited_quantity FROM ceiling WHERE kind = 'line' AND credited > 0") == 2
    assert count(seeded, "credited FROM ceiling WHERE kind = 'rate'") == 510
    assert count(seeded, "count(*) FROM ledger_entry WHERE key LIKE 'credit:PF-%:0:downstream:536365'") == 1


def test_a_cancellation_over_two_invoices_is_a_case_on_each_order(seeded: Engine, tmp_path: Path) -> None:
    take(
        seeded,
        tmp_path,
        row("1", "A", 4),
        row("2", "A", 1, InvoiceDate="2010-12-02 09:00"),
        row("C3", "A", -3),
    )

    assert [
        (case.order_number, case.lines[0].quantity, case.external_reference) for case in cases(seeded)
    ] == [
        ("2", 1, "C3"),
        ("1", 2, "C3"),
    ]


def test_times_are_london_and_prices_keep_their_third_decimal(seeded: Engine, tmp_path: Path) -> None:
    take(seeded, tmp_path, row("1", "a", 3, "0.125", InvoiceDate="2011-06-01 09:00"))

    with reading(seeded, EVERY_ORGANISATION) as session:
        order = decode_order(session.execute(text('SELECT state::text FROM "order"')).scalar_one())
    assert order.placed_at == datetime(2011, 6, 1, 8, tzinfo=UTC)
    assert (order.lines[0].sku, order.lines[0].unit_price) == ("A", 125_000)
    assert (order.lines[0].tax_category, order.lines[0].tax_rate) == ("Z", 0)
    assert order.invoices[0].gross == 38
    assert (order.vendor, order.distributor, order.reseller) == (None, "meridian", "customer-17850")


LISTED = (
    ("unreadable", row("2", "A", 1, "two pounds")),
    ("unreadable", row("2", "A", 1, InvoiceDate="yesterday")),
    ("unreadable", row("2", "", 1)),
    ("unreadable", row("2", "A", 1) | {"Quantity": "1.5"}),
    ("missing-customer", row("2", "A", 1, CustomerID="")),
    ("invalid-quantity", row("2", "A", 0)),
    ("invalid-quantity", row("2", "A", -1)),
    ("invalid-quantity", row("C2", "A", 1)),
    ("negative-price", row("2", "A", 1, "-11062.06")),
    ("adjustment", row("C2", "M", -1)),
    ("zero-price", row("C2", "A", -1, "0")),
    ("no-earlier-line", row("C2", "BAG", -1)),
    ("no-earlier-line", row("C2", "A", -1, CustomerID="99999")),
    ("more-than-bought", row("C2", "A", -11)),
    ("price-above-original", row("C2", "A", -1, "2.51")),
    ("invalid-date", row("2", "A", 1, InvoiceDate="2999-01-01 00:00")),
)


@pytest.mark.parametrize(("code", "bad"), LISTED, ids=[f"{n}-{code}" for n, (code, _) in enumerate(LISTED)])
def test_what_cannot_be_booked_is_listed_with_its_reason(
    code: str, bad: dict[str, str], seeded: Engine, tmp_path: Path
) -> None:
    result = take(seeded, tmp_path, row("1", "A", 10), bad)

    assert (result.rows, result.booked, result.listed) == (2, 1, 1)
    assert reasons(seeded, result) == {2: code}
    (listed,) = listed_rows(seeded, result.import_id)
    assert listed.data == bad
    assert listed.text


def test_an_order_of_the_same_number_and_other_content_is_listed(seeded: Engine, tmp_path: Path) -> None:
    take(seeded, tmp_path, row("1", "A", 10))

    result = take(seeded, tmp_path, row("1", "A", 11), row("1", "BAG", 1))

    assert reasons(seeded, result) == {1: "order-exists", 2: "order-exists"}


def test_a_cancellation_that_is_booked_takes_no_further_row(seeded: Engine, tmp_path: Path) -> None:
    first = (row("1", "A", 10), row("1", "BAG", 5), row("C2", "A", -2))
    take(seeded, tmp_path, *first)

    result = take(seeded, tmp_path, *first, row("C2", "BAG", -1))

    assert reasons(seeded, result) == {4: "known-cancellation"}
    assert result.booked == 3
    assert len(cases(seeded)) == 1


def test_every_reason_has_a_test() -> None:
    elsewhere = {"order-exists", "known-cancellation", "unknown-organisation"}
    assert set(REASONS) - elsewhere == {code for code, _ in LISTED} - {"invalid-date"}


def test_a_longer_export_books_only_what_is_new(seeded: Engine, tmp_path: Path) -> None:
    first = [row("1", "A", 10), row("C2", "A", -2)]
    take(seeded, tmp_path, *first)
    before = facts(seeded)

    result = take(seeded, tmp_path, *first, row("3", "A", 1, InvoiceDate="2010-12-09 09:00"))

    assert (result.booked, result.listed) == (3, 0)
    assert facts(seeded)["cases"] == before["cases"]
    assert facts(seeded)["orders"] == before["orders"] + 1
    assert facts(seeded)["credited"] == before["credited"]


def test_an_import_killed_between_two_chunks_goes_on_where_it_was(
    seeded: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [row(str(no), "A", 1, CustomerID=str(no)) for no in range(1, 2_101)]
    rows += [row(f"C{no}", "A", -1, CustomerID=str(no)) for no in range(1, 2_001)]
    path = write(tmp_path / "feed.csv", rows)

    class Killed(BaseException):
        """As a signal would end the process."""

    def kill(done: int, _every: int) -> None:
        if done == 3_000:
            raise Killed

    with pytest.raises(Killed):
        take_over(seeded, path, ONLINE_RETAIL, booked=kill)
    half = facts(seeded)
    assert half["orders"] == 2_100
    assert half["cases"] == 900

    result = take_over(seeded, path, ONLINE_RETAIL)

    assert (result.rows, result.booked, result.listed) == (4_100, 4_100, 0)
    assert facts(seeded)["cases"] == 2_000
    assert count(seeded, "max(credited_quantity) FROM ceiling WHERE kind = 'line'") == 1


def test_an_empty_database_gets_a_wholesaler_that_operates_the_desk(engine: Engine, tmp_path: Path) -> None:
    result = take(engine, tmp_path, row("1", "A", 10), row("C2", "A", -1))

    assert (result.booked, cases(engine)[0].owner) == (2, "wholesaler-desk")
    assert feeding.usual_seller(engine) == "wholesaler"


def test_a_file_without_the_mappings_columns_is_refused(seeded: Engine, tmp_path: Path) -> None:
    file = tmp_path / "other.csv"
    file.write_text("InvoiceNo,StockCode\n1,A\n")

    with pytest.raises(UnusableFile, match="Description, Quantity"):
        take_over(seeded, file, ONLINE_RETAIL)
    assert count(seeded, 'count(*) FROM "import"') == 0
