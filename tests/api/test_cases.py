"""Cases over HTTP: what is read of them, what is done on them, and what it costs."""

from typing import Any

import pytest
from sqlalchemy import event

from tests.api.calling import World, a_case, a_line, ago, excepted, gbp, opened, ordered, refused


@pytest.fixture(scope="module")
def order(world: World) -> dict[str, Any]:
    return ordered(world)


def test_a_case_has_every_member_of_the_contract(world: World, order: dict[str, Any]) -> None:
    case = opened(world, order, 40, **excepted())
    assert set(case) >= {
        "ref", "version", "type", "reason", "stage", "order", "opened_at", "outcome", "appeal_until", "amounts",
        "contacts", "clocks", "asked_of_you", "next", "rungs_fired", "actions", "links",
    }  # fmt: skip
    assert set(case["amounts"]) == {
        "currency", "requested", "approved", "credited", "rebill", "bill_falls_by", "settlement", "still_to_pay",
        "left_to_credit",
    }  # fmt: skip
    assert set(case["order"]) == {"id", "number", "po_number"}
    assert set(case["contacts"]) >= {
        "owner",
        "accountable_manager",
        "deciding_now",
        "distributor",
        "next_rung",
    }
    named = {"name", "title", "email", "phone", "hours", "available_now", "next_available_at", "cover"}
    for role in ("owner", "accountable_manager", "deciding_now", "distributor"):
        assert set(case["contacts"][role]) >= named
    assert set(case["contacts"]["next_rung"]) == {"contact", "at"}
    for clock in case["clocks"]:
        assert set(clock) == {
            "name", "state", "allowance_minutes", "used_minutes", "due_at", "due_local", "paused_because",
        }  # fmt: skip
    assert case["contacts"]["next_rung"]["contact"]["name"] in case["next"]
    assert set(case["links"]) >= {"timeline", "portal"}


def test_a_case_is_read_with_its_number_as_etag(world: World, order: dict[str, Any]) -> None:
    case = opened(world, order, 1, **excepted(1))
    answer = world.reseller.get(f"/v1/cases/{case['ref']}")
    assert answer.headers["ETag"] == f'"{case["version"]}"'
    assert answer.json == case


def test_a_status_read_takes_three_statements_at_most(world: World, order: dict[str, Any]) -> None:
    case = opened(world, order, 1, **excepted(1))
    path = f"/v1/cases/{case['ref']}"
    assert world.reseller.get(path).status_code == 200
    seen: list[str] = []

    def count(_c: object, _cu: object, statement: str, *_: object) -> None:
        seen.append(statement)

    event.listen(world.app.extensions["engine"], "before_cursor_execute", count)
    try:
        assert world.reseller.get(path).status_code == 200
    finally:
        event.remove(world.app.extensions["engine"], "before_cursor_execute", count)
    assert len(seen) <= 3, seen


def test_a_question_waits_for_the_partner_and_its_answer_lets_the_clock_run(world: World) -> None:
    case = opened(world, ordered(world), 40, **excepted())
    path = f"/v1/cases/{case['ref']}"
    asked = world.case_manager.post(f"{path}/actions/ask_partner", {"text": "Which keys are in use?"})
    assert asked.status_code == 200, asked.text
    assert asked.json["asked_of_you"] == []
    seen = world.reseller.get(path).json
    question = seen["asked_of_you"][0]
    assert set(question) == {"id", "kind", "text", "since", "until"}
    assert (question["kind"], question["text"]) == ("question", "Which keys are in use?")
    paused = {clock["name"]: clock for clock in seen["clocks"]}
    assert paused["decision"]["state"] == paused["step"]["state"] == "paused"
    assert paused["step"]["paused_because"] == "Which keys are in use?"
    assert seen["contacts"]["next_rung"] is None
    assert seen["contacts"]["no_rung_because"]
    assert "answer" in {action["name"] for action in seen["actions"]}
    answered = world.reseller.post(f"{path}/actions/answer", {"question": question["id"], "text": "None."})
    assert answered.json["asked_of_you"] == []
    assert {c["name"]: c["state"] for c in answered.json["clocks"]}["step"] == "running"
    told = {item["event"]: item["text"] for item in world.reseller.get(f"{path}/timeline").json["items"]}
    assert told["case.info_requested"].endswith("Which keys are in use?")
    assert "None." in told["case.info_received"]


def test_a_timeline_is_one_ordered_history_in_sentences(world: World, order: dict[str, Any]) -> None:
    case = opened(world, order, 1, **excepted(1))
    items = world.case_manager.get(f"/v1/cases/{case['ref']}/timeline?limit=200").json["items"]
    assert [item["seq"] for item in items] == list(range(1, case["version"] + 1))
    for item in items:
        assert set(item) == {"seq", "at", "event", "actor", "text", "visibility", "data"}
        assert item["text"].strip()
        assert item["at"].endswith("Z")
    assert items[0]["event"] == "case.opened"
    assert items[0]["actor"] == "Ellie Marsh"


def test_a_timeline_comes_in_pages_without_gap_or_repetition(world: World, order: dict[str, Any]) -> None:
    case = opened(world, order, 1, **excepted(1))
    path, found, cursor = f"/v1/cases/{case['ref']}/timeline?limit=2", [], ""
    while True:
        page = world.case_manager.get(path + cursor).json
        found += [item["seq"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert found == list(range(1, case["version"] + 1))


def test_lists_come_in_pages_newest_first(world: World, order: dict[str, Any]) -> None:
    made = [opened(world, order, 1, **excepted(1))["ref"] for _ in range(5)]
    found: list[str] = []
    cursor = ""
    for _ in range(3):
        page = world.reseller.get(f"/v1/cases?limit=2{cursor}").json
        found += [item["ref"] for item in page["items"]]
        cursor = f"&cursor={page['next_cursor']}"
    assert found[:5] == list(reversed(made))
    assert len(set(found)) == len(found)


def test_filters_narrow_the_list(world: World) -> None:
    order = ordered(world)
    case = opened(world, order, 40, description="A very particular zebra.", **excepted())
    for query, hit in {
        "stage=approval": True,
        "stage=closed": False,
        "reseller=harbour": True,
        "reseller=quayside": False,
        "owner=owen-clarke": True,
        "owner=ruth-lindqvist": False,
        "owner=Owen.Clarke@arbor.example": True,
        "owner=ruth.lindqvist@arbor.example": False,
        "overdue=false": True,
        "overdue=true": False,
        "min_age_days=0": True,
        "min_age_days=1": False,
        "min_rungs=0": True,
        "min_rungs=1": False,
        "text=ZEBRA": True,
        "text=zebras": False,
        f"text={order['number']}&stage=approval": True,
    }.items():
        refs = [item["ref"] for item in world.case_manager.get(f"/v1/cases?limit=200&{query}").json["items"]]
        assert (case["ref"] in refs) is hit, query


def test_a_preview_says_who_would_decide_by_when_and_records_nothing(world: World) -> None:
    order = ordered(world)
    before = world.reseller.get(f"/v1/cases?text={order['number']}").json["items"]
    shown = world.reseller.post("/v1/cases/preview", a_case(order["id"], 40, **excepted())).json
    assert set(shown) >= {"verdict", "clause", "amounts", "route", "owner"}
    assert [step["role"] for step in shown["route"]] == ["channel_manager", "finance"]
    for step in shown["route"]:
        assert set(step) == {"step", "role", "contact", "due_at"}
        assert step["contact"]["email"]
        assert step["due_at"].endswith("Z")
    assert shown["amounts"]["requested"]["net"] == "624.00"
    assert world.reseller.get(f"/v1/cases?text={order['number']}").json["items"] == before == []


def test_each_step_of_a_preview_is_due_after_the_one_before_and_the_last_with_the_decision(
    world: World,
) -> None:
    order = ordered(world, lines=[a_line(quantity=1_000)])
    shown = world.reseller.post("/v1/cases/preview", a_case(order["id"], 900)).json
    dues = [step["due_at"] for step in shown["route"]]
    assert [step["role"] for step in shown["route"]] == ["channel_manager", "finance", "executive"]
    assert dues == sorted(set(dues))


def test_a_small_request_within_policy_needs_nobody(world: World) -> None:
    """Of a reseller who has asked for nothing else: what all its live requests come to counts."""
    order = ordered(world, reseller="quayside")
    shown = world.other_reseller.post("/v1/cases/preview", a_case(order["id"], 2)).json
    assert (shown["verdict"], shown["route"]) == ("within_policy", [])
    case = world.other_reseller.post("/v1/cases", a_case(order["id"], 2)).json
    assert case["stage"] == "remedy"
    assert case["amounts"]["approved"] == case["amounts"]["requested"]


def test_what_is_asked_by_amount_is_assessed_by_the_owner_and_proposed(world: World) -> None:
    order = ordered(world)
    line = {"line_no": 1, "amount": gbp("300.00")}
    case = opened(world, order, lines=[line])
    path = f"/v1/cases/{case['ref']}"
    assert case["stage"] == "assessment"
    body = {
        "lines": [{"line_no": 1, "amount": gbp("200.00")}],
        "facts": [],
        "clause": "goodwill.1",
        "text": "Two thirds of it.",
        "root_cause": "reseller_error",
    }
    refused(world.case_manager.post(f"{path}/actions/propose", body), 428, "precondition-required")
    refused(world.other_reseller.post(f"{path}/actions/propose", body), 404, "not-found")
    refused(world.case_manager.post(f"{path}/actions/propose", body, If_Match='"999"'), 412, "stale-version")
    euros = body | {"lines": [{"line_no": 1, "amount": {"amount": "1.00", "currency": "EUR"}}]}
    refused(
        world.case_manager.post(f"{path}/actions/propose", euros, If_Match='"1"'), 422, "invalid-currency"
    )
    etag = world.case_manager.get(path).headers["ETag"]
    proposed = world.case_manager.post(f"{path}/actions/propose", body, If_Match=etag)
    assert proposed.status_code == 200, proposed.text


def test_a_case_opened_on_behalf_names_both_persons(world: World, order: dict[str, Any]) -> None:
    body = a_case(order["id"], 1, on_behalf_of="ben-archer", **excepted(1))
    case = world.case_manager.post("/v1/cases", body).json
    assert (case["opened_by"], case["on_behalf_of"]) == ("Owen Clarke", "Ben Archer")


def test_whoever_a_case_is_opened_for_may_be_named_by_their_address(world: World) -> None:
    order = ordered(world)
    body = a_case(order["id"], 1, on_behalf_of="Ben.Archer@harbour.example", **excepted(1))
    assert world.case_manager.post("/v1/cases", body).json["on_behalf_of"] == "Ben Archer"
    stranger = a_case(order["id"], 1, on_behalf_of="karl.jensen@quayside.example", **excepted(1))
    refused(world.case_manager.post("/v1/cases", stranger), 422, "invalid-parameter")


def test_staff_who_name_nobody_open_a_case_for_the_partners_first_contact(world: World) -> None:
    case = world.case_manager.post("/v1/cases", a_case(ordered(world)["id"], 1, **excepted(1))).json
    assert (case["opened_by"], case["on_behalf_of"]) == ("Owen Clarke", "Ellie Marsh")


def test_the_inbox_is_by_due_instant_and_shows_what_is_bound(world: World) -> None:
    case = opened(world, ordered(world), 40, **excepted())
    items = world.channel_manager.get("/v1/approvals?mine=true&limit=200").json["items"]
    assert [item["due_at"] for item in items] == sorted(item["due_at"] for item in items)
    item = next(item for item in items if item["case_ref"] == case["ref"])
    assert set(item) >= {"id", "case_ref", "step", "due_at", "version", "status", "request", "amounts"}
    shown = world.channel_manager.get(f"/v1/approvals/{item['id']}")
    assert shown.headers["ETag"] == f'"{item["version"]}"'
    assert {"facts", "clause", "amounts_upstream", "route"} <= set(shown.json)
    assert world.finance.get("/v1/approvals?mine=true").json["items"] == [], "the second step is not told yet"
    assert world.reseller.get("/v1/approvals?mine=true").json["items"] == []


def test_notes_and_mails_do_not_change_what_an_approval_binds(world: World) -> None:
    case = opened(world, ordered(world), 40, **excepted())
    path = f"/v1/approvals/{case['ref']}-1-1"
    before = world.channel_manager.get(path).headers["ETag"]
    assert (
        world.reseller.post(f"/v1/cases/{case['ref']}/actions/note", {"text": "By the way."}).status_code
        == 200
    )
    assert world.channel_manager.get(path).headers["ETag"] == before


def test_a_decline_closes_the_case_with_its_appeal_window(world: World) -> None:
    case = opened(world, ordered(world), 40, **excepted())
    path = f"/v1/approvals/{case['ref']}-1-1"
    etag = world.channel_manager.get(path).headers["ETag"]
    body = {"decision": "decline", "reason_code": "not_substantiated", "text": "No keys were shown."}
    answer = world.channel_manager.post(f"{path}/decision", body, If_Match=etag)
    assert (answer.status_code, answer.json["status"]) == (200, "decided")
    seen = world.reseller.get(f"/v1/cases/{case['ref']}").json
    assert (seen["stage"], seen["outcome"]) == ("closed", "declined")
    assert seen["appeal_until"]
    assert seen["decline"] == {"reason_code": "not_substantiated", "text": "No keys were shown."}
    assert seen["amounts"]["approved"] is None
    assert seen["amounts"]["still_to_pay"] == gbp("1872.00")


def test_the_pass_through_is_confirmed_by_the_distributor_only_when_it_is_due(world: World) -> None:
    case = opened(world, ordered(world), 1, **excepted(1))
    body = {"how": "refund", "reference": "R-1", "at": ago(minutes=1)}
    path = f"/v1/cases/{case['ref']}/actions/confirm_pass_through"
    refused(world.distributor.post(path, body), 409, "wrong-state")
    refused(world.distributor.post(path, body | {"how": "cash"}), 422, "invalid-parameter")


def test_the_facts_say_what_a_decision_rests_on_and_who_confirmed_it(world: World) -> None:
    case = opened(world, ordered(world), 1, **excepted(1))
    facts = world.reseller.get(f"/v1/cases/{case['ref']}/facts").json["items"]
    assert facts
    assert all(fact["state"] == "confirmed" and fact["confirmed_by"] for fact in facts)
