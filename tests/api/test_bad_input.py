"""FAULTS, "Bad input": row by row, and the neighbours of each."""

import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.api.calling import World, a_case, a_line, ago, an_order, excepted, gbp, opened, ordered, refused

JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def order(world: World) -> dict[str, Any]:
    return ordered(world)


@pytest.fixture(scope="module")
def case(world: World, order: dict[str, Any]) -> dict[str, Any]:
    return opened(world, order)


@pytest.fixture(scope="module")
def note(case: dict[str, Any]) -> str:
    return f"/v1/cases/{case['ref']}/actions/note"


def keyed(**more: str) -> dict[str, str]:
    return JSON | {"Idempotency-Key": str(uuid.uuid4())} | {k.replace("_", "-"): v for k, v in more.items()}


# rows 1, 2: the key


def test_a_command_without_a_key_is_refused(world: World, note: str) -> None:
    refused(world.reseller.raw("POST", note, '{"text": "x"}', JSON), 400, "idempotency-key-missing")


@pytest.mark.parametrize("key", ["", "x" * 256, "a b", "caf\u00e9", "tab\there", "\x7f"])
def test_a_key_that_is_not_visible_ascii_is_refused(world: World, note: str, key: str) -> None:
    answer = world.reseller.raw("POST", note, '{"text": "x"}', JSON | {"Idempotency-Key": key})
    refused(answer, 400, "idempotency-key-invalid")


def test_a_key_of_255_characters_is_fine(world: World, note: str) -> None:
    answer = world.reseller.raw(
        "POST", note, '{"text": "x"}', JSON | {"Idempotency-Key": uuid.uuid4().hex * 7 + "~" * 31}
    )
    assert answer.status_code == 200, answer.text


# rows 4 to 6: the same key


def test_the_same_key_gives_the_same_answer_byte_for_byte(world: World, note: str) -> None:
    key = str(uuid.uuid4())
    first = world.reseller.post(note, {"text": "once"}, idempotency_key=key)
    again = world.reseller.post(note, {"text": "once"}, idempotency_key=key)
    assert first.status_code == again.status_code == 200
    assert first.data == again.data
    assert again.headers["Idempotent-Replayed"] == "true"
    assert first.headers["ETag"] == again.headers["ETag"]
    assert "Idempotent-Replayed" not in first.headers


def test_a_stored_refusal_is_repeated_too(world: World, case: dict[str, Any]) -> None:
    key, path = str(uuid.uuid4()), f"/v1/cases/{case['ref']}/actions/answer"
    first = world.reseller.post(path, {"question": "q1", "text": "nobody asked"}, idempotency_key=key)
    again = world.reseller.post(path, {"question": "q1", "text": "nobody asked"}, idempotency_key=key)
    refused(first, 409, "wrong-state")
    refused(again, 409, "wrong-state")
    assert first.data == again.data
    assert again.headers["Idempotent-Replayed"] == "true"


def test_the_same_key_for_another_body_or_path_is_refused(
    world: World, case: dict[str, Any], note: str
) -> None:
    key = str(uuid.uuid4())
    assert world.reseller.post(note, {"text": "one"}, idempotency_key=key).status_code == 200
    refused(world.reseller.post(note, {"text": "two"}, idempotency_key=key), 422, "idempotency-key-reused")
    other = f"/v1/cases/{case['ref']}/actions/escalate"
    refused(world.reseller.post(other, {"reason": "x"}, idempotency_key=key), 422, "idempotency-key-reused")


def test_the_same_key_of_two_people_is_two_keys(world: World, note: str) -> None:
    key = str(uuid.uuid4())
    for who in (world.reseller, world.distributor):
        answer = who.post(note, {"text": "mine"}, idempotency_key=key)
        assert (answer.status_code, answer.headers.get("Idempotent-Replayed")) == (200, None)


def test_the_same_key_twenty_times_at_once_is_decided_once(world: World, order: dict[str, Any]) -> None:
    key, body = str(uuid.uuid4()), a_case(order["id"])
    with ThreadPoolExecutor(20) as crowd:
        answers = list(
            crowd.map(lambda _: world.reseller.post("/v1/cases", body, idempotency_key=key), range(20))
        )
    decided = {answer.data for answer in answers if answer.status_code == 201}
    waiting = [answer for answer in answers if answer.status_code != 201]
    assert len(decided) == 1
    for answer in waiting:
        if answer.status_code == 409:
            refused(answer, 409, "request-in-progress")
            assert answer.headers["Retry-After"]
        else:  # more at once than the pool has connections
            refused(answer, 503, "unavailable")


# rows 7 to 17: form


@pytest.mark.parametrize(
    "body",
    [
        "", "{", '{"text": ', "text", "{'text': 'x'}", '{"text": "x"} trailing', '{"text": "x", "text": "y"}',
        '{"text": NaN}', '{"text": Infinity}', '{"text": -Infinity}', '{"text": 1e400}', '{"text": -1e999}',
        '{"text": ' + "9" * 5000 + "}", "[" * 100_00 + "]" * 100_00, b"\xff\xfe{}", '\ufeff{"text": "x"}',
    ],
)  # fmt: skip
def test_what_is_not_json_is_refused(world: World, note: str, body: str | bytes) -> None:
    data = body if isinstance(body, bytes) else body.encode()
    refused(world.reseller.raw("POST", note, data, keyed()), 400, "malformed-json")


@pytest.mark.parametrize("body", ["[]", '"text"', "1", "null", "true"])
def test_json_that_is_no_object_is_refused(world: World, note: str, body: str) -> None:
    assert world.reseller.raw("POST", note, body, keyed()).status_code == 422


def test_a_body_above_its_limit_is_refused(world: World, note: str) -> None:
    body = json.dumps({"text": "x" * 70 * 1024})
    refused(world.reseller.raw("POST", note, body, keyed()), 413, "body-too-large")
    orders = json.dumps({"number": "x" * 1_100_000})
    refused(world.distributor.raw("POST", "/v1/orders", orders, keyed()), 413, "body-too-large")
    refused(world.distributor.raw("POST", "/v1/orders", "x" * 3_000_000, keyed()), 413, "body-too-large")


def test_an_order_may_be_larger_than_a_note(world: World) -> None:
    body = an_order(lines=[a_line(line_no=no, description="x" * 200) for no in range(1, 400)])
    assert len(json.dumps(body)) > 64 * 1024
    assert world.distributor.post("/v1/orders?dry_run=true", body).status_code == 200


@pytest.mark.parametrize(
    "kind", ["text/plain", "", "application/x-www-form-urlencoded", "application/json; charset=utf-16"]
)
def test_another_media_type_is_refused(world: World, note: str, kind: str) -> None:
    headers = keyed() | {"Content-Type": kind}
    refused(world.reseller.raw("POST", note, '{"text": "x"}', headers), 415, "unsupported-media-type")


@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate, gzip"])
def test_a_compressed_body_is_refused_unread(world: World, note: str, encoding: str) -> None:
    answer = world.reseller.raw("POST", note, b"\x1f\x8b" + b"\0" * 100, keyed(Content_Encoding=encoding))
    refused(answer, 415, "unsupported-encoding")


def test_an_answer_nobody_takes_is_not_acceptable(world: World, case: dict[str, Any]) -> None:
    for path in ("/v1/cases", f"/v1/cases/{case['ref']}", "/v1/contacts"):
        refused(world.reseller.get(path, Accept="text/csv"), 406, "not-acceptable")
        assert world.reseller.get(path, Accept="text/html, */*;q=0.1").status_code == 200


@pytest.mark.parametrize("name", ["status", "tenant_id", "actor_id", "role", "received_at", "version", "ref"])
def test_a_member_that_does_not_belong_is_refused_everywhere(
    world: World, case: dict[str, Any], order: dict[str, Any], name: str
) -> None:
    extra = {name: "approved"}
    ways = [
        ("/v1/orders", an_order() | extra),
        ("/v1/cases", a_case(order["id"]) | extra),
        ("/v1/cases/preview", a_case(order["id"]) | extra),
        (f"/v1/cases/{case['ref']}/actions/note", {"text": "x"} | extra),
        (f"/v1/orders/{order['id']}/actions/cancel", {"reason": "x"} | extra),
    ]
    for path, body in ways:
        found = refused(world.distributor.post(path, body), 422, "unknown-member")
        assert found["errors"][0]["pointer"] == f"/{name}"


def test_a_member_that_does_not_belong_is_found_in_the_depth(world: World) -> None:
    body = an_order(lines=[a_line(), a_line(line_no=2, margin="1.00")])
    found = refused(world.distributor.post("/v1/orders", body), 422, "unknown-member")
    assert found["errors"] == [{"pointer": "/lines/1/margin", "detail": "This member is not known here."}]


def test_a_reseller_sends_no_upstream_price(world: World, order: dict[str, Any]) -> None:
    found = refused(world.reseller.post("/v1/orders", an_order()), 422, "unknown-member")
    assert found["errors"][0]["pointer"] == "/lines/0/upstream_unit_price"
    wanted = {"lines": [{"sku": "LIC-PRO", "quantity": 1, "upstream_unit_price": "1.00"}]}
    body = a_case(order["id"], type="exchange", wanted=wanted)
    refused(world.reseller.post("/v1/cases", body), 422, "unknown-member")


# rows 18 to 28: amounts, currencies, quantities, lines

PAYMENT = {"leg": "downstream", "invoice": "X", "received_at": "2026-01-01T00:00:00Z"}


@pytest.mark.parametrize(
    "amount",
    [
        10.10, 10, None, True, "", "10", "10.1", "10.100", "1e3", "+1.00", " 1.00", "1,000.00", "0.00", "0", "-0.00",
        "-1.00",        "10000000000000000000.00", "9" * 400 + ".00", "NaN", "Infinity", "\u0661.00", "1.00\n", [], {},
    ],
)  # fmt: skip
def test_an_amount_that_is_none_is_refused(world: World, order: dict[str, Any], amount: object) -> None:
    body = PAYMENT | {"amount": {"amount": amount, "currency": "GBP"}}
    answer = world.distributor.post(f"/v1/orders/{order['id']}/payments", body)
    found = refused(answer, 422, "invalid-amount")
    assert found["errors"][0]["pointer"] == "/amount/amount"


@pytest.mark.parametrize("amount", [10.10, "10.10", 10, None, []])
def test_an_amount_without_its_currency_is_refused(
    world: World, order: dict[str, Any], amount: object
) -> None:
    answer = world.distributor.post(f"/v1/orders/{order['id']}/payments", PAYMENT | {"amount": amount})
    refused(answer, 422, "invalid-amount")


@pytest.mark.parametrize("price", ["-1.00", "-0", 50.0, "1e2", "0.0000001", "1" * 20, ""])
def test_a_unit_price_that_is_none_is_refused(world: World, price: object) -> None:
    refused(
        world.distributor.post("/v1/orders", an_order(lines=[a_line(unit_price=price)])),
        422,
        "invalid-amount",
    )


@pytest.mark.parametrize("currency", ["eur", "XXX", "", "EURO", None, 978, "\u20ac"])
def test_a_currency_that_is_none_is_refused(world: World, order: dict[str, Any], currency: object) -> None:
    body = PAYMENT | {"amount": {"amount": "1.00", "currency": currency}}
    refused(world.distributor.post(f"/v1/orders/{order['id']}/payments", body), 422, "invalid-currency")


def test_another_currency_than_the_orders_is_refused(
    world: World, order: dict[str, Any], case: dict[str, Any]
) -> None:
    euros = {"amount": "1.00", "currency": "EUR"}
    body = a_case(order["id"], lines=[{"line_no": 1, "amount": euros}])
    refused(world.reseller.post("/v1/cases", body), 422, "invalid-currency")
    refused(world.reseller.post("/v1/cases/preview", body), 422, "invalid-currency")
    settled = a_case(order["id"], settlement={"refund": euros})
    refused(world.reseller.post("/v1/cases", settled), 422, "invalid-currency")
    paid = PAYMENT | {"amount": euros, "invoice": f"I-{order['number']}"}
    refused(world.distributor.post(f"/v1/orders/{order['id']}/payments", paid), 422, "invalid-currency")
    totals = [{"category": "S", "rate": "20.00", "net": euros, "tax": gbp("0.20")}]
    invoice = {"leg": "downstream", "issued_at": ago(minutes=1), "tax_totals": totals}
    refused(world.distributor.put(f"/v1/orders/{order['id']}/invoices/N", invoice), 422, "invalid-currency")
    assert case["amounts"]["currency"] == "GBP"


@pytest.mark.parametrize("quantity", [1.5, 1.0, "1", 0, -1, True, None, 10**12, [1]])
def test_a_quantity_that_is_none_is_refused(world: World, order: dict[str, Any], quantity: object) -> None:
    lines = [{"line_no": 1, "quantity": quantity}]
    refused(world.reseller.post("/v1/cases", a_case(order["id"], lines=lines)), 422, "invalid-quantity")
    body = an_order(lines=[a_line(quantity=quantity)])
    refused(world.distributor.post("/v1/orders", body), 422, "invalid-quantity")


def test_more_than_is_left_is_refused_with_what_is_left(world: World) -> None:
    order = ordered(world)
    opened(world, order, 20)
    answer = world.reseller.post("/v1/cases", a_case(order["id"], 31))
    found = refused(answer, 409, "exceeds-creditable")
    assert found["remaining"] == {"quantity": 30, "amount": gbp("936.00")}


@pytest.mark.parametrize("count", [0, 1001])
def test_no_lines_and_too_many_are_refused(world: World, order: dict[str, Any], count: int) -> None:
    lines = [a_line(line_no=no) for no in range(1, count + 1)]
    refused(world.distributor.post("/v1/orders", an_order(lines=lines)), 422, "line-count")
    asked = [{"line_no": no, "quantity": 1} for no in range(1, count + 1)]
    refused(world.reseller.post("/v1/cases", a_case(order["id"], lines=asked)), 422, "line-count")


def test_a_tax_rate_that_is_not_the_lines_is_refused(world: World) -> None:
    order = ordered(world, invoiced=False)
    totals = [{"category": "S", "rate": "5.00", "net": gbp("1560.00"), "tax": gbp("78.00")}]
    body = {"leg": "downstream", "issued_at": ago(minutes=1), "tax_totals": totals}
    refused(world.distributor.put(f"/v1/orders/{order['id']}/invoices/N-1", body), 422, "tax-mismatch")


# rows 29 to 31: what is not there, or not theirs


@pytest.mark.parametrize(
    "ref", ["nonsense", "PF-2027-999999", "PF-2027-000001'--", "%00", "..%2f..", "x" * 3000]
)
def test_a_malformed_reference_is_as_unknown(world: World, ref: str) -> None:
    refused(world.reseller.get(f"/v1/cases/{ref}"), 404, "not-found")


def test_anothers_case_does_not_exist(world: World, case: dict[str, Any]) -> None:
    for part in ("", "/timeline", "/contacts", "/documents"):
        foreign = world.other_reseller.get(f"/v1/cases/{case['ref']}{part}")
        unknown = world.other_reseller.get(f"/v1/cases/PF-2027-999999{part}")
        assert refused(foreign, 404, "not-found") == refused(unknown, 404, "not-found")


def test_anothers_order_in_a_body_is_as_unknown(world: World, order: dict[str, Any]) -> None:
    for lines in ([{"line_no": 1, "quantity": 1}], [{"line_no": 1, "amount": gbp("1.00")}]):
        foreign = world.other_reseller.post("/v1/cases", a_case(order["id"], lines=lines))
        unknown = world.other_reseller.post("/v1/cases", a_case(str(uuid.uuid4()), lines=lines))
        assert refused(foreign, 404, "not-found") == refused(unknown, 404, "not-found")


def test_an_invoice_that_is_not_the_orders_is_unknown(world: World, order: dict[str, Any]) -> None:
    other = ordered(world)
    for number in (f"I-{other['number']}", "never"):
        body = PAYMENT | {"amount": gbp("1.00"), "invoice": number, "received_at": ago(minutes=1)}
        refused(world.distributor.post(f"/v1/orders/{order['id']}/payments", body), 422, "unknown-invoice")


# rows 33 to 43: deciding, texts


def test_deciding_binds_what_was_read(world: World) -> None:
    case = opened(world, ordered(world), 50, **excepted())
    step = world.channel_manager.get("/v1/approvals?mine=true").json["items"]
    mine = next(item for item in step if item["case_ref"] == case["ref"])
    path, yes = f"/v1/approvals/{mine['id']}/decision", {"decision": "approve"}
    refused(world.channel_manager.post(path, yes), 428, "precondition-required")
    refused(world.channel_manager.post(path, yes, If_Match="*"), 428, "precondition-required")
    refused(world.other_reseller.post(path, yes), 404, "not-found")
    refused(world.channel_manager.post(path, yes, If_Match='"9.9"'), 412, "stale-version")
    refused(world.reseller.post(path, yes, If_Match=f'"{mine["version"]}"'), 403, "four-eyes")
    refused(world.finance.post(path, yes, If_Match=f'"{mine["version"]}"'), 403, "forbidden")
    key = str(uuid.uuid4())
    done = world.channel_manager.post(path, yes, If_Match=f'"{mine["version"]}"', idempotency_key=key)
    assert (done.status_code, done.json["status"]) == (200, "decided")
    again = world.channel_manager.post(path, yes, If_Match=f'"{mine["version"]}"', idempotency_key=key)
    assert (again.data, again.headers["Idempotent-Replayed"]) == (done.data, "true")
    twice = world.channel_manager.post(path, yes, If_Match=f'"{mine["version"]}"')
    refused(twice, 409, "already-decided")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"decision": "decline"}, "reason-required"),
        ({"decision": "decline", "text": "No."}, "reason-required"),
        ({"decision": "decline", "reason_code": "other", "text": "  "}, "reason-required"),
        ({"decision": "decline", "reason_code": "other", "text": "x" * 10_001}, "text-too-long"),
        ({"decision": "ask"}, "reason-required"),
        ({"decision": "approve_partial"}, "invalid-parameter"),
        ({"decision": "approve", "amount": gbp("1.00")}, "invalid-parameter"),
        ({"decision": "approve_partial", "amount": gbp("0.00")}, "invalid-amount"),
        ({"decision": "approve_partial", "lines": []}, "line-count"),
        ({"decision": "grant"}, "invalid-parameter"),
        ({}, "invalid-parameter"),
    ],
)
def test_a_decision_that_says_too_little_is_refused(world: World, body: dict[str, Any], code: str) -> None:
    answer = world.channel_manager.post("/v1/approvals/PF-2027-000001-1-1/decision", body, If_Match='"1.1"')
    refused(answer, 422, code)


def test_information_nobody_asked_for_is_in_the_wrong_state(world: World, case: dict[str, Any]) -> None:
    path = f"/v1/cases/{case['ref']}/actions/answer"
    refused(world.reseller.post(path, {"question": "q1", "text": "Here."}), 409, "wrong-state")


def test_a_closed_case_takes_notes_only(world: World) -> None:
    case = opened(world, ordered(world), 50, **excepted())
    path = f"/v1/cases/{case['ref']}/actions"
    assert (
        world.reseller.post(f"{path}/withdraw", {"reason": "found another way"}).json["outcome"]
        == "withdrawn"
    )
    refused(world.reseller.post(f"{path}/withdraw", {"reason": "again"}), 409, "case-closed")
    refused(world.reseller.post(f"{path}/escalate", {"reason": "again"}), 409, "case-closed")
    assert world.reseller.post(f"{path}/note", {"text": "thanks"}).status_code == 200


@pytest.mark.parametrize("name", ["approve", "destroy", "pass_on", "note/", "note2", "%00"])
def test_an_unknown_action_is_not_there(world: World, case: dict[str, Any], name: str) -> None:
    answer = world.reseller.post(f"/v1/cases/{case['ref']}/actions/{name}", {"text": "x"})
    if name == "note/":
        assert answer.status_code in (200, 404)
    else:
        refused(answer, 404, "not-found")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a\0b", "invalid-text"),
        ("\ud800", "invalid-text"),
        ("x" * 10_001, "text-too-long"),
        ("", "invalid-parameter"),
        (" \n ", "invalid-parameter"),
        (7, "invalid-parameter"),
        (None, "invalid-parameter"),
        (["x"], "invalid-parameter"),
    ],
)
def test_a_text_that_cannot_be_kept_is_refused(world: World, note: str, text: object, code: str) -> None:
    found = refused(world.reseller.raw("POST", note, json.dumps({"text": text}), keyed()), 422, code)
    assert found["errors"][0]["pointer"] == "/text"


@pytest.mark.parametrize("number", ["a\nb", "a\0b", "a\u2028b", "\x7f"])
def test_a_number_stays_on_one_line(world: World, number: str) -> None:
    found = refused(world.distributor.post("/v1/orders", an_order(number)), 422, "invalid-text")
    assert found["errors"][0]["pointer"] == "/number"


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>", '<img src=x onerror="x">', "{{7*7}} {% raw %} ${7*7} %(x)s", "' or 1=1--",
        "=HYPERLINK(1)", "\u202eevil", "\U0001f600 \u0628", "x" * 10_000, "a\tb\r\nc",
    ],
)  # fmt: skip
def test_any_other_text_is_kept_to_the_letter(
    world: World, note: str, case: dict[str, Any], text: str
) -> None:
    assert world.reseller.post(note, {"text": text}).status_code == 200
    items: list[Any] = []
    cursor = ""
    while True:
        page = world.reseller.get(f"/v1/cases/{case['ref']}/timeline?limit=200{cursor}").json
        items += page["items"]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert text in [item["text"] for item in items if item["event"] == "case.note_added"]


@pytest.mark.parametrize(
    "at",
    ["2027-01-04", "2027-01-04T09:30:00", "2027-02-30T00:00:00Z", "yesterday", 1, None, "2027-W01-1T00:00:00Z",
     "20270104T093000Z", "0001-01-01T00:00:00+14:00", "2027-01-04T25:00:00Z", "2027-01-04T09:30:00Z\n"],
)  # fmt: skip
def test_an_instant_that_is_none_is_refused(world: World, at: object) -> None:
    refused(world.distributor.post("/v1/orders", an_order(placed_at=at)), 422, "invalid-date")


def test_an_order_from_the_future_is_refused(world: World) -> None:
    refused(world.distributor.post("/v1/orders", an_order(placed_at=ago(minutes=-6))), 422, "invalid-date")


# rows 78 to 82: addresses and headers


@pytest.mark.parametrize(
    "query",
    ["sort=;drop", "tenant_id=quayside", "limits=1", "stage=closed&Stage=closed", "q=1"],
)
def test_an_unknown_parameter_is_refused(world: World, query: str) -> None:
    refused(world.reseller.get(f"/v1/cases?{query}"), 422, "unknown-parameter")


def test_parameters_where_there_are_none_are_refused(world: World, case: dict[str, Any]) -> None:
    found = refused(world.reseller.get(f"/v1/cases/{case['ref']}?expand=all"), 422, "unknown-parameter")
    assert found["errors"][0]["pointer"] == "?expand"


@pytest.mark.parametrize(
    "query",
    [
        "stage=;drop", "limit=0", "limit=201", "limit=-1", "limit=x", "limit=1e2", "limit=%C2%B2", "overdue=maybe",
        "min_age_days=-1", "min_rungs=1.5", "cursor=forged", "stage=closed&stage=remedy", "min_age_days=9999999999999",
    ],
)  # fmt: skip
def test_a_bad_value_of_a_parameter_is_refused(world: World, query: str) -> None:
    refused(world.reseller.get(f"/v1/cases?{query}"), 422, "invalid-parameter")


@pytest.mark.parametrize("text", ["' or 1=1--", "%", "_", "\\", "a%27", "%25%25"])
def test_what_looks_like_sql_is_searched_to_the_letter(world: World, text: str) -> None:
    assert world.reseller.get(f"/v1/cases?text={text}").json.get("items") == []


def test_a_cursor_of_another_list_is_refused(world: World, case: dict[str, Any]) -> None:
    ordered(world)
    cursor = world.reseller.get("/v1/orders?limit=1").json["next_cursor"]
    refused(world.reseller.get(f"/v1/cases?cursor={cursor}"), 422, "invalid-parameter")


@pytest.mark.parametrize("header", ["API-Version", "Partnerflow-Version"])
def test_another_version_of_the_api_is_refused(world: World, header: str) -> None:
    refused(world.reseller.raw("GET", "/v1/cases", b"", {header: "2"}), 400, "unknown-api-version")
    assert world.reseller.raw("GET", "/v1/cases", b"", {header: "1"}).status_code == 200


def test_too_many_requests_of_one_organisation_are_refused_and_others_go_on(world: World) -> None:
    from api.app import create_app
    from tests.api.calling import Caller
    from tests.api.conftest import settings

    url = world.app.extensions["engine"].url.render_as_string(hide_password=False)
    app = create_app(settings(url), rate=3)
    answers = [Caller(app, world.reseller.key).get("/v1/contacts") for _ in range(8)]
    late = [answer for answer in answers if answer.status_code != 200]
    assert late
    refused(late[0], 429, "rate-limited")
    assert late[0].headers["Retry-After"]
    assert Caller(app, world.other_reseller.key).get("/v1/contacts").status_code == 200
    app.extensions["engine"].dispose()
