"""Every type of correction from its opening to its close over HTTP, with the figures that both legs come to."""

from typing import Any

import pytest

from partnerflow.store.database import reading
from partnerflow.store.verify import verify
from tests.api.calling import Caller, World, a_line, gbp, ordered, refused
from tests.api.test_appeals import decide, passed_on, read, remedied

TAX_5 = {"category": "AA", "rate": "5.00"}


def opened(world: World, order: dict[str, Any], kind: str, reason: str, **members: Any) -> dict[str, Any]:
    body = {"order_id": order["id"], "type": kind, "reason": reason, "description": "Put it right."} | members
    seen = world.reseller.post("/v1/cases/preview", body)
    assert seen.status_code == 200, seen.text
    answer = world.reseller.post("/v1/cases", body)
    assert answer.status_code == 201, answer.text
    case: dict[str, Any] = answer.json
    assert (seen.json["verdict"], seen.json["amounts"]["requested"]) == (
        case["verdict"],
        case["amounts"]["requested"],
    )
    return case


def proposed(world: World, ref: str, *lines: dict[str, Any], **members: Any) -> Any:
    path = f"/v1/cases/{ref}"
    etag = world.case_manager.get(path).headers["ETag"]
    body = {"lines": lines, "facts": [], "clause": "by-hand", "text": "Looked into."} | members
    return world.case_manager.post(f"{path}/actions/propose", body, If_Match=etag)


def closed(world: World, ref: str) -> dict[str, Any]:
    """Approved by whoever the route names, remedied and passed on; as its reseller then reads it."""
    for place, who in enumerate((world.channel_manager, world.finance), start=1):
        if read(world.case_manager, ref)["stage"] == "approval":
            answer = decide(who, ref, 1, place, decision="approve")
            assert answer.status_code == 200, answer.text
    remedied(world, ref, 1)
    case = passed_on(world, ref)
    assert (case["stage"], case["outcome"]) == ("closed", "credited")
    return case


def figures(net: str, tax: str, gross: str) -> dict[str, str]:
    return {"net": net, "tax": tax, "gross": gross}


def upstream(world: World, ref: str) -> dict[str, Any]:
    found: dict[str, Any] = read(world.distributor, ref)["amounts_upstream"]
    return found


@pytest.fixture(scope="module", autouse=True)
def _the_record_agrees_at_the_end(world: World) -> Any:
    yield
    with reading(world.app.extensions["engine"], "*") as session:
        assert list(verify(session)) == []


def test_an_order_placed_twice_is_credited_whole(world: World) -> None:
    case = opened(world, ordered(world), "duplicate_order", "ordered_twice")
    ref = case["ref"]
    assert (case["verdict"], case["lines"][0]["quantity"]) == ("within_policy", 50)
    case = closed(world, ref)
    assert case["amounts"]["credited"] == figures("1560.00", "312.00", "1872.00")
    assert upstream(world, ref)["credited"] == figures("1372.50", "274.50", "1647.00")
    assert case["amounts"]["left_to_credit"]["amount"] == "0.00"
    chosen = opened(
        world, ordered(world), "duplicate_order", "ordered_twice", lines=[{"line_no": 1, "quantity": 2}]
    )
    assert chosen["amounts"]["requested"]["net"] == "62.40"


def test_a_wrong_price_comes_back_by_its_difference(world: World) -> None:
    rows = [{"line_no": 1, "amount": gbp("60.00")}]
    case = opened(world, ordered(world), "price_correction", "wrong_price", lines=rows)
    ref = case["ref"]
    assert (case["verdict"], case["stage"]) == ("needs_assessment", "assessment")
    assert proposed(world, ref, *rows).status_code == 200
    case = closed(world, ref)
    assert case["amounts"]["credited"] == figures("60.00", "12.00", "72.00")
    assert upstream(world, ref)["credited"] == figures("52.79", "10.56", "63.35"), "27.45 / 31.20 of it"


def test_goodwill_is_a_credit_note_against_its_line(world: World) -> None:
    rows = [{"line_no": 1, "amount": gbp("100.00")}]
    case = opened(world, ordered(world), "goodwill", "not_as_agreed", lines=rows)
    assert case["verdict"] == "needs_assessment"
    assert proposed(world, case["ref"], *rows).status_code == 200
    case = closed(world, case["ref"])
    assert case["amounts"]["credited"] == figures("100.00", "20.00", "120.00")
    assert case["amounts"]["settlement"]["unpaid_reduced"]["amount"] == "120.00"


def test_a_wrong_tax_is_credited_in_full_and_billed_again(world: World) -> None:
    order = ordered(world)
    case = opened(world, order, "tax_correction", "wrong_tax", lines=[{"line_no": 1, "tax": TAX_5}])
    ref = case["ref"]
    assert case["verdict"] == "needs_assessment"
    assert case["wanted"]["lines"][0]["tax"] == TAX_5
    assert proposed(world, ref, {"line_no": 1, "quantity": 50, "percent": "100"}).status_code == 200
    refused(
        decide(world.channel_manager, ref, 1, 1, decision="approve_partial", amount=gbp("10.00")),
        422,
        "invalid-parameter",
    )
    case = closed(world, ref)
    assert case["amounts"]["credited"] == figures("1560.00", "312.00", "1872.00")
    assert case["amounts"]["rebill"] == figures("1560.00", "78.00", "1638.00")
    assert case["amounts"]["bill_falls_by"]["amount"] == "234.00"
    assert upstream(world, ref)["rebill"] == figures("1372.50", "68.63", "1441.13")
    documents = world.distributor.get(f"/v1/cases/{ref}/documents").json["items"]
    assert sorted((d["kind"], d["leg"]) for d in documents) == [
        ("credit_note", "downstream"),
        ("credit_note", "upstream"),
        ("rebill", "downstream"),
        ("rebill", "upstream"),
    ]
    replacement = next(
        row
        for row in world.distributor.get("/v1/orders").json["items"]
        if row["number"] == f"{order['number']}-R1"
    )
    found = world.distributor.get(f"/v1/orders/{replacement['id']}").json
    assert (found["status"], found["placed_at"]) == ("accepted", order["placed_at"])
    assert [(line["tax_category"], line["tax_rate"]) for line in found["lines"]] == [("AA", "5.00")]
    assert {i["leg"]: i["gross"] for i in found["invoices"]} == {
        "downstream": "1638.00",
        "upstream": "1441.13",
    }


def test_shared_fault_is_stated_by_the_owner_and_shown_to_those_who_decide(world: World) -> None:
    case = opened(
        world,
        ordered(world),
        "price_correction",
        "wrong_price",
        lines=[{"line_no": 1, "amount": gbp("100.00")}],
    )
    ref, share = case["ref"], {"vendor": "50", "distributor": "20", "reseller": "30"}
    row = {"line_no": 1, "amount": gbp("100.00")}
    short = proposed(world, ref, row, fault_share=share | {"reseller": "20"})
    refused(short, 422, "invalid-amount")
    assert proposed(world, ref, row, fault_share=share).status_code == 200
    shown = world.channel_manager.get(f"/v1/approvals/{ref}-1-1").json
    assert shown["proposal"]["fault_share"] == share
    assert shown["amounts_upstream"]["requested"]["net"] == "87.98"
    assert (
        shown["amounts"]["bill_falls_by"]["amount"],
        shown["amounts_upstream"]["bill_falls_by"]["amount"],
    ) == (
        "84.00",
        "52.79",
    )
    for who in (world.reseller, world.distributor):
        text = who.get(f"/v1/cases/{ref}").text + who.get(f"/v1/cases/{ref}/timeline?limit=200").text
        assert "fault" not in text
    case = closed(world, ref)
    assert case["amounts"]["credited"] == figures("70.00", "14.00", "84.00")
    assert upstream(world, ref)["credited"] == figures("43.99", "8.80", "52.79")


def test_a_restocking_fee_is_shown_apart_and_stays_off_the_line(world: World) -> None:
    order = ordered(world, lines=[a_line(), a_line(line_no=2)])
    rows = [{"line_no": 1, "amount": gbp("10.00")}, {"line_no": 2, "quantity": 10}]
    case = opened(world, order, "quantity_reduction", "wrong_quantity", lines=rows)
    ref = case["ref"]
    fee = [{"line_no": 2, "amount": gbp("12.00")}]
    euros = [{"line_no": 2, "amount": {"amount": "12.00", "currency": "EUR"}}]
    refused(proposed(world, ref, *rows, fees=euros), 422, "invalid-currency")
    assert proposed(world, ref, *rows, fees=fee).status_code == 200
    shown = world.channel_manager.get(f"/v1/approvals/{ref}-1-1").json
    assert shown["proposal"]["fees"] == fee
    assert shown["amounts"]["restocking_fees"] == figures("12.00", "2.40", "14.40")
    case = closed(world, ref)
    assert case["amounts"]["credited"] == figures("310.00", "62.00", "372.00")
    assert case["amounts"]["restocking_fees"] == figures("12.00", "2.40", "14.40")
    assert "restocking_fees" not in upstream(world, ref)
    assert upstream(world, ref)["credited"]["net"] == "283.30"
    left = world.reseller.get(f"/v1/orders/{order['id']}").json["lines"][1]["left_to_credit"]
    assert (left["quantity"], left["amount"]["amount"]) == (40, "1248.00")
    note = world.reseller.get(f"/v1/credit-notes?case={ref}").json["items"][0]
    assert note["net"]["amount"] == "310.00"


def test_bodies_say_what_a_type_does_not_go_with(world: World) -> None:
    order = ordered(world)
    body = {"order_id": order["id"], "type": "cancellation", "reason": "other", "description": "x"}
    refused(world.reseller.post("/v1/cases", body), 422, "line-count")
    taxed = body | {"lines": [{"line_no": 1, "tax": TAX_5}]}
    refused(world.reseller.post("/v1/cases", taxed), 422, "invalid-parameter")
    priced = body | {"type": "price_correction", "lines": [{"line_no": 1, "quantity": 1}]}
    refused(world.reseller.post("/v1/cases", priced), 422, "invalid-amount")


def test_where_policy_says_so_goodwill_is_a_payment_without_vat(world: World) -> None:
    """The last of the module: from here on another policy is in force."""
    source = world.finance.get("/v1/policies/current").json["source"]
    body = {"source": source.replace("goodwill: credit_note", "goodwill: payment"), "note": "Pay it."}
    version = world.channel_manager.post("/v1/policies", body).json["version"]
    published = world.finance.post(f"/v1/policies/{version}/actions/publish", {})
    assert published.status_code == 200, published.text
    rows = [{"line_no": 1, "amount": gbp("100.00")}]
    case = opened(world, ordered(world), "goodwill", "not_as_agreed", lines=rows)
    ref = case["ref"]
    assert case["amounts"]["requested"] == figures("100.00", "0.00", "100.00")
    assert proposed(world, ref, *rows).status_code == 200
    case = closed(world, ref)
    assert case["amounts"]["credited"] == figures("100.00", "0.00", "100.00")
    assert case["amounts"]["settlement"]["account_credit"]["amount"] == "100.00"
    assert case["amounts"]["left_to_credit"]["amount"] == "1560.00", "no line has lost anything"
    assert upstream(world, ref)["credited"] == figures("87.98", "0.00", "87.98")
    assert world.distributor.get(f"/v1/cases/{ref}/documents").json["items"] == []
    told = {who: _paid(who, ref) for who in (world.reseller, world.distributor)}
    assert told == {
        world.reseller: ["100.00 GBP of goodwill is paid, without VAT and outside any credit note."],
        world.distributor: [
            "100.00 GBP of goodwill is paid, without VAT and outside any credit note.",
            "87.98 GBP of goodwill is paid, without VAT and outside any credit note.",
        ],
    }


def _paid(who: Caller, ref: str) -> list[str]:
    items = who.get(f"/v1/cases/{ref}/timeline?limit=200").json["items"]
    return [item["text"] for item in items if item["event"] == "case.goodwill_paid"]
