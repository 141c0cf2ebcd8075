"""Orders over HTTP: entered, held, answered, invoiced; and who is responsible before any case exists."""

from typing import Any

from tests.api.calling import World, a_line, ago, an_order, gbp, ordered, refused

PRO = {
    "sku": "LIC-PRO",
    "description": "Arbor Pro, per user, 1 year",
    "unit_price": "50.00",
    "upstream_unit_price": "44.00",
    "licence": {
        "edition": "pro",
        "metric": "user",
        "term_months": 12,
        "segment": "commercial",
        "region": "GB",
    },
}


def a_wrong_order(**members: Any) -> dict[str, Any]:
    return an_order(lines=[a_line(**PRO)], **members)


def test_an_order_that_looks_wrong_is_held_and_says_why(world: World) -> None:
    answer = world.distributor.post("/v1/orders", a_wrong_order())
    assert (answer.status_code, answer.json["status"]) == (201, "on_hold")
    order = answer.json
    assert answer.headers["Location"] == f"/v1/orders/{order['id']}"
    assert order["hold_until"].endswith("Z")
    finding = next(f for f in order["findings"] if f["code"] == "edition-mismatch")
    assert set(finding) >= {"code", "severity", "line_no", "text", "suggestion"}
    assert finding["suggestion"]["sku"] == "LIC-STD"
    refused(world.reseller.post("/v1/cases", _cancellation(order)), 409, "wrong-state")


def _cancellation(order: dict[str, Any]) -> dict[str, Any]:
    lines = [{"line_no": 1, "quantity": 1}]
    words = {"reason": "no_longer_needed", "description": "Not needed."}
    return {"order_id": order["id"], "type": "cancellation", "lines": lines} | words


def test_a_held_order_is_corrected(world: World) -> None:
    order = world.distributor.post("/v1/orders", a_wrong_order()).json
    answer = world.distributor.post(
        f"/v1/orders/{order['id']}/actions/correct", {"lines": [a_line(quantity=46)]}
    )
    assert answer.status_code == 200, answer.text
    codes = {finding["code"] for finding in answer.json["findings"]}
    assert "edition-mismatch" not in codes
    assert answer.json["lines"][0]["quantity"] == 46


def test_a_held_order_is_cancelled_without_a_case(world: World) -> None:
    order = world.distributor.post("/v1/orders", a_wrong_order()).json
    answer = world.distributor.post(
        f"/v1/orders/{order['id']}/actions/cancel", {"reason": "Ordered by mistake."}
    )
    assert (answer.status_code, answer.json["status"]) == (200, "cancelled")


def test_cancelling_needs_no_words(world: World) -> None:
    order = ordered(world)
    headers = {"Idempotency-Key": f"cancel {order['id']}".replace(" ", "-")}
    answer = world.reseller.raw("POST", f"/v1/orders/{order['id']}/actions/cancel", b"", headers)
    assert answer.status_code == 201, answer.text
    assert answer.json["type"] == "cancellation"
    assert answer.headers["Location"] == f"/v1/cases/{answer.json['ref']}"


def test_what_is_in_a_case_already_cannot_be_cancelled_again(world: World) -> None:
    order = ordered(world)
    path = f"/v1/orders/{order['id']}/actions/cancel"
    assert world.reseller.post(path, {"reason": "Wrong item."}).status_code == 201
    again = world.reseller.post(path, {"reason": "Wrong item."})
    refused(again, 409, "exceeds-creditable")
    assert again.json["remaining"] == {"quantity": 0}


def test_a_dry_run_validates_and_records_nothing(world: World) -> None:
    body = a_wrong_order()
    answer = world.distributor.post("/v1/orders?dry_run=true", body)
    assert answer.status_code == 200, answer.text
    assert "id" not in answer.json
    assert {f["code"] for f in answer.json["findings"]} >= {"edition-mismatch"}
    assert world.distributor.get(f"/v1/orders?number={body['number']}").json["items"] == []
    without = world.distributor.raw(
        "POST", "/v1/orders?dry_run=true", b"{}", {"Content-Type": "application/json"}
    )
    assert without.status_code == 422, "a dry run needs no key"


def test_the_same_order_again_is_the_same_order_and_other_content_is_refused(world: World) -> None:
    body = an_order()
    first = world.distributor.post("/v1/orders", body)
    again = world.distributor.post("/v1/orders", body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json["id"] == again.json["id"]
    refused(world.distributor.post("/v1/orders", body | {"po_number": "other"}), 409, "order-exists")


def test_every_line_says_until_when_and_for_how_much_it_can_be_put_right(world: World) -> None:
    line = ordered(world, invoiced=False)["lines"][0]
    eligible = line["eligibility"]
    assert eligible["cancellable_until"].endswith("Z")
    option = eligible["refund_options"][0]
    assert (option["kind"], option["quantity"], option["amount"]) == ("full", 50, gbp("1560.00"))
    assert option["rule"]
    assert line["left_to_credit"] == {"quantity": 50, "amount": gbp("1560.00")}


def test_an_order_is_read_as_it_was_sent(world: World) -> None:
    body = an_order()
    order = world.distributor.post("/v1/orders", body).json
    for name in (
        "number",
        "po_number",
        "vendor",
        "distributor",
        "reseller",
        "end_customer",
        "currency",
        "placed_at",
    ):
        assert order[name] == body[name], name
    sent, read = body["lines"][0], order["lines"][0]
    assert {name: read[name] for name in sent} == sent


def test_an_order_names_who_is_responsible_before_any_case(world: World) -> None:
    contacts = ordered(world, invoiced=False)["contacts"]
    assert contacts["owner"]["email"] == "owen.clarke@arbor.example"
    assert contacts["distributor"]["email"] == "nadia.rahman@meridian.example"


def test_the_contact_finder_names_people_for_each_topic(world: World) -> None:
    found = world.reseller.get("/v1/contacts?country=GB&family=licences").json["items"]
    by_topic = {item["topic"]: item["contact"]["email"] for item in found}
    assert by_topic["case"] == "owen.clarke@arbor.example"
    assert by_topic["approval"] == "priya.nair@arbor.example"
    assert by_topic["distributor"] == "nadia.rahman@meridian.example"
    one = world.reseller.get("/v1/contacts?family=hardware&topic=approval").json["items"]
    assert [item["contact"]["email"] for item in one] == ["tom.becker@arbor.example"]
    refused(world.reseller.get("/v1/contacts?topic=weather"), 422, "invalid-parameter")


def test_an_invoice_is_put_as_often_as_wanted_and_its_stated_figures_win(world: World) -> None:
    order = ordered(world, invoiced=False)
    path = f"/v1/orders/{order['id']}/invoices/N-9"
    totals = [{"category": "S", "rate": "20.00", "net": gbp("1560.00"), "tax": gbp("312.01")}]
    body = {"leg": "downstream", "issued_at": ago(minutes=5), "tax_totals": totals}
    assert [world.distributor.put(path, body).status_code for _ in range(3)] == [201, 200, 200]
    shown = world.reseller.get(f"/v1/orders/{order['id']}").json["invoices"]
    assert [(i["number"], i["gross"]) for i in shown] == [("N-9", "1872.01")]


def test_an_invoice_may_go_back_to_what_it_was(world: World) -> None:
    """Put A, then B, then A again without keys: the last one holds, it is no repetition of the first."""
    order = ordered(world, invoiced=False)
    path = f"/v1/orders/{order['id']}/invoices/N-9"
    headers = {"Content-Type": "application/json"}
    import json

    for tax in ("312.00", "312.01", "312.00"):
        totals = [{"category": "S", "rate": "20.00", "net": gbp("1560.00"), "tax": gbp(tax)}]
        body = {"leg": "downstream", "issued_at": "2026-01-01T00:00:00Z", "tax_totals": totals}
        answer = world.distributor.raw("PUT", path, json.dumps(body), headers)
        assert answer.status_code in (200, 201), answer.text
        assert answer.json["invoices"][0]["tax"] == tax


def test_a_payment_counts_once_per_key(world: World) -> None:
    order = ordered(world)
    path = f"/v1/orders/{order['id']}/payments"
    body = {
        "leg": "downstream",
        "invoice": f"I-{order['number']}",
        "amount": gbp("100.00"),
        "received_at": ago(minutes=2),
    }
    for _ in range(2):
        assert world.distributor.post(path, body, idempotency_key=f"pay-{order['id']}").status_code == 200
    assert world.finance.post(path, body).status_code == 200
    payments = world.reseller.get(f"/v1/orders/{order['id']}").json["payments"]
    assert [payment["amount"] for payment in payments] == [gbp("100.00"), gbp("100.00")]


def test_orders_are_listed_newest_first_and_filtered(world: World) -> None:
    older = ordered(world, invoiced=False, placed_at=ago(hours=3))
    newer = ordered(world, invoiced=False, placed_at=ago(hours=2))
    numbers = [item["number"] for item in world.reseller.get("/v1/orders?limit=200").json["items"]]
    assert numbers.index(newer["number"]) < numbers.index(older["number"])
    one = world.reseller.get(f"/v1/orders?number={older['number']}&status=accepted").json["items"]
    assert [item["id"] for item in one] == [older["id"]]


def test_an_upgrade_says_what_it_upgrades_and_has_its_window(world: World) -> None:
    base = world.distributor.post("/v1/orders", an_order(placed_at=ago(hours=30))).json
    upgrade = a_line(purchase="upgrade", base_order=base["number"])
    shown = world.distributor.post("/v1/orders", an_order(lines=[upgrade])).json["lines"][0]
    before = base["lines"][0]["eligibility"]
    assert (shown["purchase"], shown["base"]) == ("upgrade", {"order": base["number"], "line_no": None})
    for name in ("bought_at", "cancellable_until"):
        assert shown["eligibility"][name] == before[name]
    seat = an_order(lines=[a_line(purchase="add_on", base_order="not one of theirs")])
    answer = world.distributor.post("/v1/orders", seat).json
    assert "base-missing" in {finding["code"] for finding in answer["findings"]}
    assert answer["lines"][0]["eligibility"]["bought_at"] != before["bought_at"]


def test_a_new_purchase_is_the_same_order_whether_it_says_so_or_not(world: World) -> None:
    body = an_order(lines=[a_line()])
    assert world.distributor.post("/v1/orders", body).status_code == 201
    again = body | {"lines": [a_line(purchase="new")]}
    assert world.distributor.post("/v1/orders", again).status_code == 200


def test_an_option_shows_a_reseller_its_own_leg_alone(world: World) -> None:
    order = ordered(world, invoiced=False)
    here, there = (
        caller.get(f"/v1/orders/{order['id']}").json["lines"][0]["eligibility"]["refund_options"][0]
        for caller in (world.reseller, world.distributor)
    )
    assert (here["amount"], there["upstream_amount"]) == (gbp("1560.00"), gbp("1372.50"))
    assert (here["part"], here["then"]) == (None, gbp("0.00"))
    assert "upstream_amount" not in here
