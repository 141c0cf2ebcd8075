"""The distributor buys in dollars and sells in pounds: each leg in its own currency, to whoever may read it."""

import json
from typing import Any

import pytest

from tests.api.calling import World, a_line, ago, an_order, opened, refused
from tests.api.test_appeals import read, remedied
from tests.api.test_voids import faults, granted
from tests.workflows.rows import change

RATES = """INSERT INTO exchange_rate (currency, day, micros)
SELECT 'USD', (partnerflow_now() - make_interval(days => n))::date, CASE WHEN n > 2 THEN 790000 ELSE 760000 END
FROM generate_series(0, 12) n"""


@pytest.fixture(scope="module")
def order(world: World) -> dict[str, Any]:
    """Invoiced five days ago on both legs, and the vendor is paid."""
    change(world.app.extensions["engine"], RATES)
    change(world.app.extensions["engine"], "UPDATE directory_version SET version = version + 1")
    line = a_line(upstream_unit_price="35.00")
    body = an_order(placed_at=ago(days=5), upstream_currency="USD", lines=[line])
    made = world.distributor.post("/v1/orders", body)
    assert made.status_code == 201, made.text
    path = f"/v1/orders/{made.json['id']}"
    for leg in ("downstream", "upstream"):
        invoice = {"leg": leg, "issued_at": ago(days=5)}
        answer = world.distributor.put(f"{path}/invoices/{leg}-9", invoice)
        assert answer.status_code == 201, answer.text
    paid = {"leg": "upstream", "invoice": "upstream-9", "received_at": ago(days=4)}
    dollars = {"amount": "2100.00", "currency": "USD"}
    refused(
        world.distributor.post(f"{path}/payments", paid | {"amount": dollars | {"currency": "GBP"}}),
        422,
        "invalid-currency",
    )
    answer = world.distributor.post(f"{path}/payments", paid | {"amount": dollars})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = made.json
    return found


@pytest.fixture(scope="module")
def ref(world: World, order: dict[str, Any]) -> str:
    made: str = opened(world, order, 10)["ref"]
    granted(world, made)
    remedied(world, made, 1)
    return made


def test_each_leg_is_shown_in_its_own_currency(world: World, order: dict[str, Any], ref: str) -> None:
    case = read(world.distributor, ref)
    assert (case["amounts"]["currency"], case["amounts_upstream"]["currency"]) == ("GBP", "USD")
    assert case["amounts_upstream"]["credited"] == {"net": "350.00", "tax": "70.00", "gross": "420.00"}
    assert case["amounts_upstream"]["left_to_credit"]["currency"] == "USD"
    shown = read_order(world.distributor, order)
    assert (shown["currency"], shown["upstream_currency"]) == ("GBP", "USD")
    notes = world.case_manager.get(f"/v1/credit-notes?case={ref}").json["items"]
    assert {note["leg"]: note["gross"]["currency"] for note in notes} == {
        "downstream": "GBP",
        "upstream": "USD",
    }


def read_order(who: Any, order: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = who.get(f"/v1/orders/{order['id']}").json
    return found


def test_the_difference_is_the_distributors_with_both_rates(world: World, ref: str) -> None:
    items = world.distributor.get(f"/v1/cases/{ref}/timeline").json["items"]
    (item,) = [each for each in items if each["event"] == "case.exchange_difference"]
    assert "loss of 12.60 GBP" in item["text"]  # 420.00 USD at 0.79 and 0.76
    assert item["data"]["given_back"] == {"amount": "420.00", "currency": "USD"}
    assert [item["data"]["rates"][name]["rate"] for name in ("then", "now")] == ["0.790000", "0.760000"]
    account = "/v1/reports/account-statement?account=meridian:exchange-difference"
    body = world.finance.get(account).json
    assert [row["debit"] for row in body["items"]] == ["12.60"]
    assert faults(world) == []


def test_a_reseller_reads_nothing_of_it(world: World, order: dict[str, Any], ref: str) -> None:
    pages = [
        f"/v1/cases/{ref}",
        f"/v1/cases/{ref}/timeline",
        f"/v1/orders/{order['id']}",
        "/v1/reports/statement",
    ]
    for page in pages:
        text = world.reseller.get(page).text
        assert "USD" not in text, page
        assert "exchange" not in text.replace('"exchange"', ""), page
    refused(world.reseller.post("/v1/orders", an_order(upstream_currency="USD")), 422, "unknown-member")


def test_the_statement_has_the_vendor_in_dollars(world: World, ref: str) -> None:
    body = world.distributor.get("/v1/reports/statement").json
    found = {(s["leg"], s["currency"]) for s in body["sections"]}
    assert ("upstream", "USD") in found, json.dumps(body)[:500]
