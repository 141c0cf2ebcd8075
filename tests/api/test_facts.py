"""Facts over HTTP: stated, confirmed, disputed, upheld; and the decision that rests on them."""

from typing import Any

import pytest

from tests.api.calling import Caller, World, ago, excepted, gbp, opened, ordered, refused

USED = "Two keys were used in December."
FACT = {
    "id", "text", "source", "by", "at", "decisive", "state", "confirmed_by", "version", "dispute", "upheld",
    "waits_for", "lapsed",
}  # fmt: skip


def act(who: Caller, case: dict[str, Any], name: str, **body: Any) -> dict[str, Any]:
    answer = who.post(f"/v1/cases/{case['ref']}/actions/{name}", body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json
    return found


def facts(who: Caller, case: dict[str, Any]) -> dict[str, dict[str, Any]]:
    items = who.get(f"/v1/cases/{case['ref']}/facts").json["items"]
    return {item["id"]: item for item in items}


def clocks(case: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {clock["name"]: clock for clock in case["clocks"]}


def step(case: dict[str, Any], place: int = 1) -> str:
    return f"/v1/approvals/{case['ref']}-1-{place}"


def decide(who: Caller, path: str, decision: str = "approve", **body: Any) -> Any:
    etag = who.get(path).headers["ETag"]
    return who.post(f"{path}/decision", {"decision": decision} | body, If_Match=etag)


@pytest.fixture
def case(world: World) -> dict[str, Any]:
    return opened(world, ordered(world), 40, **excepted())


def test_a_fact_has_its_source_its_state_and_whose_word_it_needs(world: World, case: dict[str, Any]) -> None:
    known = facts(world.reseller, case)
    assert set(known) == {"activated-1", "justification"}
    assert all(set(fact) == FACT for fact in known.values())
    assert {fact["state"] for fact in known.values()} == {"confirmed"}
    act(world.case_manager, case, "add_fact", text=USED)
    stated = facts(world.reseller, case)["f1"]
    assert (stated["state"], stated["source"], stated["waits_for"], stated["by"]) == (
        "open",
        "desk",
        "partner",
        "Owen Clarke",
    )


def test_a_decisive_fact_is_asked_of_the_partner_and_pauses_with_its_reason(
    world: World, case: dict[str, Any]
) -> None:
    told = act(world.case_manager, case, "add_fact", text=USED)
    assert told["asked_of_you"] == [], "it is nothing that staff are asked"
    seen = world.reseller.get(f"/v1/cases/{case['ref']}").json
    (item,) = seen["asked_of_you"]
    assert (item["id"], item["kind"], item["text"]) == ("f1", "fact", USED)
    assert item["until"] == clocks(seen)["partner_answer"]["due_at"]
    assert clocks(seen)["step"]["state"] == clocks(seen)["decision"]["state"] == "paused"
    assert clocks(seen)["step"]["paused_because"] == f"To confirm or dispute: {USED}"
    assert seen["next"].startswith("We wait for you to confirm or dispute a fact by ")
    confirmed = act(world.reseller, case, "confirm_fact", fact="f1")
    assert confirmed["asked_of_you"] == []
    assert clocks(confirmed)["step"]["state"] == "running"
    assert facts(world.reseller, case)["f1"]["confirmed_by"] == "Ellie Marsh"


def test_what_is_not_decisive_is_asked_without_an_end(world: World, case: dict[str, Any]) -> None:
    act(world.case_manager, case, "add_fact", text="By the way.", decisive=False)
    seen = world.reseller.get(f"/v1/cases/{case['ref']}").json
    (item,) = seen["asked_of_you"]
    assert (item["kind"], item["until"]) == ("fact", None)
    assert clocks(seen)["step"]["state"] == "running"


def test_a_dispute_keeps_from_deciding_until_it_is_upheld_and_the_decision_then_says_so(
    world: World, case: dict[str, Any]
) -> None:
    act(world.case_manager, case, "add_fact", text=USED)
    act(world.reseller, case, "dispute_fact", fact="f1", text="Never.")
    assert facts(world.reseller, case)["f1"]["dispute"]["by"] == "Ellie Marsh"
    for decision in ({"decision": "approve"}, {"decision": "decline", "reason_code": "other", "text": "No."}):
        stale = world.channel_manager.post(f"{step(case)}/decision", decision, If_Match='"1.9"')
        refused(stale, 412, "stale-version")
        found = refused(decide(world.channel_manager, step(case), **decision), 409, "fact-disputed")
        assert found["fact"] == "f1"
    path = f"/v1/cases/{case['ref']}/actions/uphold_fact"
    body = {"fact": "f1", "evidence": "The vendor's log of 12 December."}
    refused(world.case_manager.post(path, body), 403, "four-eyes")
    refused(world.reseller.post(path, body), 403, "forbidden")
    refused(world.other_reseller.post(path, body), 404, "not-found")
    sam = world.person("sam.whitfield@arbor.example")
    answer = sam.post(path, body)
    assert answer.status_code == 200, answer.text
    upheld = facts(world.reseller, case)["f1"]
    assert (upheld["state"], upheld["upheld"]["by"]) == ("upheld", "Sam Whitfield")
    body = {"reason_code": "not_substantiated", "text": "The log shows it.", "facts": ["f1"]}
    answer = decide(world.channel_manager, step(case), "decline", **body)
    assert answer.status_code == 200, answer.text
    (vote,) = answer.json["decisions"]
    assert [(f["id"], f["although"]) for f in vote["facts"]] == [("f1", "although it is disputed")]
    shown = world.reseller.get(f"/v1/cases/{case['ref']}").json
    assert shown["decision"]["decision"] == "decline"
    cited = {f["id"]: f for f in shown["decision"]["facts"]}
    assert cited["f1"]["although"] == "although it is disputed"
    assert cited["justification"]["although"] is None
    assert shown["appeal_until"]


def test_the_difference_is_shown_to_whoever_holds_the_old_version(world: World, case: dict[str, Any]) -> None:
    assert decide(world.channel_manager, step(case)).status_code == 200
    act(world.case_manager, case, "correct_fact", fact="activated-1", text="3 of 50 are activated.")
    act(world.reseller, case, "confirm_fact", fact="activated-1")
    shown = world.channel_manager.get(step(case)).json
    assert (shown["status"], shown["version"]) == ("pending", "1.2")
    cited = {fact["id"]: fact["cited"] for fact in shown["facts"]}
    assert cited == {"activated-1": True, "justification": True}
    answer = world.channel_manager.post(f"{step(case)}/decision", {"decision": "approve"}, If_Match='"1.1"')
    found = refused(answer, 412, "stale-version")
    assert found["difference"] == [
        {
            "what": "fact activated-1",
            "before": "“0 of 50 units of LIC-STD are activated.”",
            "now": "“3 of 50 are activated.”",
        }
    ]
    assert "3 of 50 are activated." in found["detail"]
    assert decide(world.channel_manager, step(case)).status_code == 200
    assert decide(world.finance, step(case, 2)).json["status"] == "decided"


def test_what_is_cited_must_be_there_and_stand(world: World, case: dict[str, Any]) -> None:
    answer = decide(world.channel_manager, step(case), facts=["f9"])
    found = refused(answer, 409, "wrong-state")
    assert found["errors"][0]["pointer"] == "/facts"
    act(world.case_manager, case, "add_fact", text=USED, decisive=False)
    act(world.case_manager, case, "withdraw_fact", fact="f1", text="It was another order.")
    refused(decide(world.channel_manager, step(case), facts=["f1"]), 409, "wrong-state")


def test_a_proposal_says_what_it_rests_on(world: World) -> None:
    case = opened(world, ordered(world), lines=[{"line_no": 1, "amount": gbp("300.00")}])
    act(world.case_manager, case, "add_fact", text=USED)
    act(world.reseller, case, "confirm_fact", fact="f1")
    path = f"/v1/cases/{case['ref']}"
    body = {
        "lines": [{"line_no": 1, "amount": gbp("200.00")}],
        "facts": ["f1"],
        "clause": "goodwill.1",
        "text": "Two thirds.",
    }
    etag = world.case_manager.get(path).headers["ETag"]
    proposed = world.case_manager.post(f"{path}/actions/propose", body, If_Match=etag)
    assert proposed.status_code == 200, proposed.text
    shown = world.case_manager.get(f"{step(case)}").json
    assert {fact["id"]: fact["cited"] for fact in shown["facts"]} == {"f1": True}


def test_bodies_name_what_is_wrong_with_them(world: World, case: dict[str, Any]) -> None:
    path = f"/v1/cases/{case['ref']}/actions"
    refused(world.case_manager.post(f"{path}/add_fact", {}), 422, "reason-required")
    refused(world.case_manager.post(f"{path}/add_fact", {"text": "x" * 10_001}), 422, "text-too-long")
    refused(
        world.case_manager.post(f"{path}/add_fact", {"text": "x", "state": "confirmed"}),
        422,
        "unknown-member",
    )
    refused(
        world.case_manager.post(f"{path}/add_fact", {"text": "x", "decisive": "yes"}),
        422,
        "invalid-parameter",
    )
    refused(world.reseller.post(f"{path}/dispute_fact", {"fact": "justification"}), 422, "reason-required")
    refused(world.case_manager.post(f"{path}/uphold_fact", {"fact": "f1"}), 422, "reason-required")
    found = refused(world.reseller.post(f"{path}/confirm_fact", {"fact": "f1"}), 409, "wrong-state")
    assert found["errors"][0]["pointer"] == "/fact"


def test_the_same_key_states_a_fact_once(world: World, case: dict[str, Any]) -> None:
    path = f"/v1/cases/{case['ref']}/actions/add_fact"
    first, again = (
        world.case_manager.post(path, {"text": USED}, idempotency_key=f"facts-{case['ref']}")
        for _ in range(2)
    )
    assert again.headers["Idempotent-Replayed"] == "true"
    assert first.data == again.data
    assert len(facts(world.reseller, case)) == 3


def test_i_already_told_you_this_is_counted_and_read_by_everybody(world: World, case: dict[str, Any]) -> None:
    act(world.reseller, case, "already_told", text="On the phone, on Monday.")
    told = act(world.reseller, case, "already_told")
    assert told["already_told"] == 2
    seen = world.case_manager.get(f"/v1/cases/{case['ref']}/timeline?limit=200").json["items"]
    said = [item["text"] for item in seen if item["event"] == "case.already_told"]
    assert said == [
        "The partner had told this already (no. 1): On the phone, on Monday.",
        "The partner had told this already (no. 2).",
    ]


def test_the_timeline_tells_it_in_order_and_in_words(world: World, case: dict[str, Any]) -> None:
    act(world.case_manager, case, "add_fact", text=USED)
    act(world.reseller, case, "dispute_fact", fact="f1", text="Never.")
    act(world.case_manager, case, "withdraw_fact", fact="f1", text="We mixed it up.")
    items = world.reseller.get(f"/v1/cases/{case['ref']}/timeline?limit=200").json["items"]
    said = [item["text"] for item in items if item["event"] in ("case.fact_changed", "case.fact_disputed")]
    assert said == [
        f"Owen Clarke states: “{USED}”",
        f"Ellie Marsh disputes: “{USED}” Never.",
        f"No longer stated: “{USED}” We mixed it up.",
    ]
    assert any(item["event"] == "case.clock_paused" for item in items)


def test_units_reported_on_the_order_change_what_its_open_cases_say(
    world: World, case: dict[str, Any]
) -> None:
    assert decide(world.channel_manager, step(case)).status_code == 200
    body = {"line_no": 1, "activated_quantity": 5, "at": ago(minutes=1), "source": "server"}
    answer = world.distributor.post(f"/v1/orders/{case['order']['id']}/activations", body)
    assert answer.status_code == 200, answer.text
    fact = facts(world.reseller, case)["activated-1"]
    assert (fact["text"], fact["state"], fact["by"]) == (
        "5 of 50 units of LIC-STD are activated.",
        "confirmed",
        "Partnerflow",
    )
    shown = world.channel_manager.get(step(case)).json
    assert (shown["status"], shown["version"]) == ("pending", "1.2")
    again = world.distributor.post(f"/v1/orders/{case['order']['id']}/activations", body)
    assert again.status_code == 200
    assert world.channel_manager.get(step(case)).json["version"] == "1.2"
