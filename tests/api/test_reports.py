"""Balances, statements, reconciliation and exposure: their figures, who reads them, and what they never show."""

import csv
import io
from typing import Any

import pytest
from pypdf import PdfReader
from werkzeug.test import TestResponse

from tests.api.calling import Caller, World, refused
from tests.store.builders import granted, remedied
from tests.workflows.house import House

UPSTREAM = (
    "2640.00",
    "2,640.00",
    "2534.40",
    "2,534.40",
    "1515.24",
    "1,515.24",
    "1620.84",
    "arbor",
    "Arbor",
    "upstream",
)


@pytest.fixture(scope="module")
def house(world: World) -> House:
    return House(world.app.extensions["engine"], None)  # type: ignore[arg-type]  it never moves the clock


@pytest.fixture(scope="module")
def ref(world: World, house: House) -> str:
    """Worked example 1, to its end; beside it one that is approved and not carried out yet."""
    made = house.open_exchange(house.order("R-1"))
    granted(house, made)
    remedied(house, made)
    house.pass_on(made)
    return made


@pytest.fixture(scope="module")
def waiting(house: House, ref: str) -> str:
    made = house.open_exchange(house.order("R-2"))
    granted(house, made)
    return made


@pytest.fixture(scope="module")
def region(world: World) -> dict[str, Caller]:
    return {"uk": world.channel_manager, "france": world.person("claire.dubois@arbor.example")}


def rows(answer: TestResponse) -> list[list[str]]:
    assert answer.status_code == 200, answer.text
    assert answer.content_type == "text/csv; charset=utf-8"
    return list(csv.reader(io.StringIO(answer.text)))


def pdf_text(answer: TestResponse) -> str:
    assert answer.status_code == 200, answer.text
    pages = PdfReader(io.BytesIO(answer.data)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


STATEMENT = "/v1/reports/statement"


def test_the_statement_of_a_reseller_ends_at_what_it_still_has_to_pay(world: World, ref: str) -> None:
    body = world.reseller.get(STATEMENT).json
    (section,) = body["sections"]
    assert (section["leg"], section["role"], section["partner"]["code"]) == (
        "downstream",
        "customer",
        "meridian",
    )
    told = [_told(entry) for entry in section["entries"] if entry["order_number"] in ("R-1", "R-1-R1")]
    year = section["entries"][0]["date"][:4]
    assert told == [
        ("invoice", "M-R-1", None, "3000.00", "3000.00"),
        ("payment", "M-R-1", None, "-1200.00", "1800.00"),
        ("credit_note", f"MER-CN-{year}-000001", ref, "-2880.00", "-1080.00"),
        ("rebill", f"MER-INV-{year}-000001", ref, "1722.24", "642.24"),
        ("pass_through", "ACC-1", ref, "0.00", "642.24"),
    ]
    assert section["opening_balance"]["amount"] == "0.00"


def _told(entry: dict[str, Any]) -> tuple[str, str, str | None, str, str]:
    amounts = (entry["amount"]["amount"], entry["balance"]["amount"])
    return entry["kind"], entry["number"], entry["case_ref"], *amounts


def test_a_distributor_reads_both_its_legs(world: World, ref: str) -> None:
    sections = world.distributor.get(STATEMENT).json["sections"]
    assert [(s["leg"], s["role"], s["partner"]["code"]) for s in sections] == [
        ("downstream", "seller", "harbour"),
        ("upstream", "customer", "arbor"),
    ]
    assert [e["amount"]["amount"] for e in sections[1]["entries"]][:3] == ["2640.00", "-2534.40", "1515.24"]


def test_the_statement_and_the_ledger_prove_each_other(world: World, ref: str) -> None:
    """What is owed by the papers is invoices less payments and the ledger's balance towards the customer."""
    (section,) = world.finance.get(f"{STATEMENT}?organisation=harbour").json["sections"]
    reported = sum(_minor(e) for e in section["entries"] if e["kind"] in ("invoice", "payment"))
    balances = {
        r["account"]: r["balance"] for r in world.finance.get("/v1/reports/trial-balance").json["rows"]
    }
    towards = ("receivables", "account-credit", "refunds-payable")
    posted = sum(int(balances.get(f"meridian:{name}:harbour", "0.00").replace(".", "")) for name in towards)
    assert _pence(section["closing_balance"]["amount"]) == reported + posted


def _minor(entry: dict[str, Any]) -> int:
    return _pence(entry["amount"]["amount"])


def _pence(amount: str) -> int:
    return int(amount.replace(".", ""))


def test_what_came_before_the_period_is_its_opening_balance(world: World, ref: str) -> None:
    (section,) = world.reseller.get(f"{STATEMENT}?from=2090-01-01&to=2090-01-31").json["sections"]
    whole = world.reseller.get(STATEMENT).json["sections"][0]["closing_balance"]
    assert section["opening_balance"] == section["closing_balance"] == whole
    assert section["entries"] == []
    assert world.reseller.get(f"{STATEMENT}?from=2020-01-01&to=2020-01-31").json["sections"] == []


def test_a_reseller_finds_nothing_of_the_upstream_leg_in_json_sheet_or_paper(world: World, ref: str) -> None:
    told = [world.reseller.get(STATEMENT).text, world.reseller.get(f"{STATEMENT}.csv").text]
    told.append(pdf_text(world.reseller.get(f"{STATEMENT}.pdf")))
    for text in told:
        assert "MER-CN-" in text
        assert not [figure for figure in UPSTREAM if figure in text]


def test_another_reseller_finds_nothing_at_all(world: World, ref: str) -> None:
    assert world.other_reseller.get(STATEMENT).json["sections"] == []
    assert "harbour" not in world.other_reseller.get(f"{STATEMENT}.csv").text


def test_the_sheet_has_figures_as_numbers_and_no_formula(world: World, house: House, ref: str) -> None:
    lines = rows(world.distributor.get(f"{STATEMENT}.csv"))
    by_kind = {line[6]: line for line in lines if line[0] == "upstream"}
    assert by_kind["credit_note"][12] == "2534.40"
    raw = world.distributor.get(f"{STATEMENT}.csv").text
    assert ",2534.40," in raw
    assert '"2534.40"' not in raw


@pytest.mark.parametrize("number", ["=HYPERLINK(1)", "+1", "-1", "@x", " =1"])
def test_a_number_that_looks_like_a_formula_is_quoted_in_the_sheet(
    world: World, house: House, number: str
) -> None:
    house.order(number)
    found = {line[9] for line in rows(world.reseller.get(f"{STATEMENT}.csv"))}
    assert f"'{number}" in found
    assert number not in found


def test_the_paper_says_whose_it_is_and_what_stands_after_each_row(world: World, ref: str) -> None:
    text = pdf_text(world.distributor.get(f"{STATEMENT}.pdf"))
    for expected in (
        "Statement of account",
        "Your sales to Harbour IT Ltd",
        "Your purchases from Arbor",
        "2,534.40",
    ):
        assert expected in text


def test_the_trial_balance_is_zero_in_all_and_a_sheet_says_the_same(world: World, ref: str) -> None:
    body = world.finance.get("/v1/reports/trial-balance").json
    assert {row["books"] for row in body["rows"]} == {"arbor", "meridian"}
    assert all(total["debit"] == total["credit"] for total in body["totals"])
    lines = rows(world.finance.get("/v1/reports/trial-balance.csv?organisation=meridian"))
    assert {line[0] for line in lines[1:]} == {"meridian"}
    assert world.finance.get("/v1/reports/trial-balance?at=2020-01-01T00:00:00Z").json["rows"] == []


def test_an_account_statement_runs_page_by_page_to_its_balance(world: World, ref: str) -> None:
    path = "/v1/reports/account-statement?organisation=meridian&account=receivables:harbour&limit=1"
    first = world.finance.get(path).json
    (row,) = first["items"]
    assert (row["case_ref"], row["credit"], row["balance"]) == (ref, "1800.00", "-1800.00")
    second = world.finance.get(f"{path}&cursor={first['next_cursor']}").json["items"][0]
    assert (second["debit"], second["balance"]) == ("1722.24", "-77.76")
    same = world.finance.get("/v1/reports/account-statement?account=meridian:receivables:harbour").json
    assert [item["balance"] for item in same["items"]] == ["-1800.00", "-77.76"]


def test_reconciliation_pairs_every_instruction_with_its_answer(world: World, ref: str, waiting: str) -> None:
    items = world.finance.get("/v1/reports/reconciliation").json["items"]
    mine = [
        (i["what"], i["leg"], i["state"], i["instructed"]["gross"]) for i in items if i["case_ref"] == ref
    ]
    assert mine == [
        ("credit_note", "downstream", "agrees", "2880.00"),
        ("rebill", "downstream", "agrees", "1722.24"),
        ("credit_note", "upstream", "agrees", "2534.40"),
        ("rebill", "upstream", "agrees", "1515.24"),
        ("pass_through", "downstream", "agrees", "2880.00"),
    ]
    open_ = world.finance.get("/v1/reports/reconciliation?open=true").json
    assert {(i["case_ref"], i["state"]) for i in open_["items"]} == {(waiting, "awaited")}
    assert all(i["owner"]["email"].endswith("@arbor.example") and i["age_days"] == 0 for i in open_["items"])
    assert open_["totals"]["states"] == {"awaited": 4}
    assert world.finance.get("/v1/reports/reconciliation?differences=true").json["items"] == []
    assert len(rows(world.finance.get("/v1/reports/reconciliation.csv"))) == 1 + 9


def test_exposure_is_what_the_distributor_waits_for_upstream(world: World, ref: str, waiting: str) -> None:
    for who in (world.finance, world.distributor):
        body = who.get("/v1/reports/exposure").json
        (item,) = body["items"]
        assert (item["case_ref"], item["credited"]["amount"], item["to_credit"]["amount"]) == (
            waiting,
            "0.00",
            "2880.00",
        )
        assert item["awaited"] == {"amount": "2534.40", "currency": "GBP"}
        assert item["owner"]["name"]
        assert body["totals"] == [{"amount": "2534.40", "currency": "GBP"}]
    assert rows(world.finance.get("/v1/reports/exposure.csv"))[1][8] == "2534.40"


BOOKS = "/v1/reports/trial-balance?organisation=meridian"
ACCOUNT = "/v1/reports/account-statement?account=meridian:receivables:harbour"
OF_HARBOUR, OF_MERIDIAN = f"{STATEMENT}?organisation=harbour", f"{STATEMENT}?organisation=meridian"
PATHS = (OF_HARBOUR, OF_MERIDIAN, BOOKS, ACCOUNT, "/v1/reports/reconciliation", "/v1/reports/exposure")
RIGHTS = {
    "reseller": (200, 404, 403, 403, 403, 403),
    "other_reseller": (404, 404, 403, 403, 403, 403),
    "distributor": (404, 200, 403, 200, 200, 200),
    "case_manager": (403, 403, 403, 403, 403, 403),
    "channel_manager": (200, 200, 200, 200, 200, 200),
    "finance": (200, 200, 200, 200, 200, 200),
    "executive": (200, 200, 200, 200, 200, 200),
    "admin": (403, 403, 403, 403, 403, 403),
    "nobody": (401, 401, 401, 401, 401, 401),
}


@pytest.mark.parametrize("who", RIGHTS)
def test_who_reads_which_report(world: World, ref: str, who: str) -> None:
    caller = world.nobody if who == "nobody" else getattr(world, who)
    for path, status in zip(PATHS, RIGHTS[who], strict=True):
        for form in ("", ".csv", ".pdf") if path.startswith(STATEMENT) else ("",):
            asked = path.replace("?", f"{form}?")
            if form != ".pdf" or status != 200:
                assert caller.get(asked).status_code == status, asked


def test_a_channel_manager_of_another_region_reads_nothing_of_ours(
    world: World, region: dict[str, Caller], ref: str, waiting: str
) -> None:
    for path in (OF_HARBOUR, BOOKS, ACCOUNT):
        refused(region["france"].get(path), 403, "forbidden")
        assert region["uk"].get(path).status_code == 200
    assert region["france"].get("/v1/reports/trial-balance").json["rows"] == []
    for report in ("reconciliation", "exposure"):
        assert region["france"].get(f"/v1/reports/{report}").json["items"] == []


def test_a_distributor_names_nobody_else(world: World, ref: str) -> None:
    for report in ("reconciliation", "exposure"):
        refused(world.distributor.get(f"/v1/reports/{report}?organisation=harbour"), 404, "not-found")
    other = "/v1/reports/account-statement?account=arbor:receivables:meridian"
    refused(world.distributor.get(other), 404, "not-found")


WRONG = (
    (STATEMENT, "invalid-parameter"),
    (f"{OF_HARBOUR}&from=2027-02-01&to=2027-01-01", "invalid-date"),
    (f"{OF_HARBOUR}&from=1.1.2027", "invalid-date"),
    (f"{OF_HARBOUR}&leg=upstream", "unknown-parameter"),
    ("/v1/reports/account-statement", "invalid-parameter"),
    ("/v1/reports/account-statement?account=meridian:pocket", "invalid-parameter"),
    (f"{BOOKS}&at=yesterday", "invalid-date"),
    ("/v1/reports/reconciliation?state=lost", "invalid-parameter"),
    ("/v1/reports/exposure?cursor=x", "invalid-parameter"),
)


@pytest.mark.parametrize(("path", "code"), WRONG)
def test_what_is_asked_wrongly_is_said(world: World, path: str, code: str) -> None:
    refused(world.finance.get(path), 422, code)


def test_an_organisation_that_nobody_knows_is_not_found(world: World) -> None:
    for path in (STATEMENT, "/v1/reports/trial-balance", "/v1/reports/exposure"):
        refused(world.finance.get(f"{path}?organisation=nobody"), 404, "not-found")


def test_a_key_reads_reports_only_if_it_is_made_for_them(world: World) -> None:
    from partnerflow.store.database import unit_of_work
    from partnerflow.store.seed import new_key

    with unit_of_work(world.app.extensions["engine"]) as session:
        keys = {
            s: new_key(session, "nadia-rahman", label=s, scopes=[s]) for s in ("cases:read", "reports:read")
        }
    assert Caller(world.app, keys["reports:read"]).get(STATEMENT).status_code == 200
    refused(Caller(world.app, keys["cases:read"]).get(STATEMENT), 403, "forbidden")
