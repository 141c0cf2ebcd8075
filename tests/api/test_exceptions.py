"""Exceptions over HTTP: asked for later, what they cost, and how similar cases were decided."""

from typing import Any

import pytest
from sqlalchemy import event

from tests.api.calling import World, ago, excepted, gbp, opened, ordered, refused

ASKED = {
    "justification": "They were tried once, by mistake.",
    "lines": [{"line_no": 1, "quantity": 10, "percent": "50"}],
}


@pytest.fixture
def assessed(world: World) -> dict[str, Any]:
    """50 units, of which 10 are activated: policy gives nothing for those."""
    order = ordered(world)
    body = {"line_no": 1, "activated_quantity": 10, "at": ago(minutes=5), "source": "server"}
    assert world.distributor.post(f"/v1/orders/{order['id']}/activations", body).status_code == 200
    case = opened(world, order, 50)
    assert case["stage"] == "assessment"
    return case


def test_asked_in_assessment_it_goes_to_those_who_may_grant_it(
    world: World, assessed: dict[str, Any]
) -> None:
    path = f"/v1/cases/{assessed['ref']}"
    answer = world.reseller.post(f"{path}/actions/request_exception", ASKED)
    assert answer.status_code == 200, answer.text
    case = answer.json
    assert case["stage"] == "approval"
    assert case["exception"] == ASKED | {"cost": gbp("156.00")}
    assert case["amounts"]["requested"]["net"] == "1404.00"
    steps = world.channel_manager.get(f"/v1/approvals/{assessed['ref']}-1-1").json["route"]
    assert [step["role"] for step in steps] == ["channel_manager", "finance"]
    items = world.reseller.get(f"{path}/timeline?limit=200").json["items"]
    (said,) = [item for item in items if item["event"] == "case.exception_requested"]
    assert said["text"] == "Ellie Marsh asks for an exception: They were tried once, by mistake."
    assert said["data"]["cost"] == gbp("156.00")
    assert "upstream" not in str(said)


def test_asked_in_approval_the_route_grows_and_the_old_version_is_stale(world: World) -> None:
    case = opened(world, ordered(world), 30)
    assert case["stage"] == "approval"
    path = f"/v1/approvals/{case['ref']}-1-1"
    before = world.channel_manager.get(path).headers["ETag"]
    body = ASKED | {"lines": [{"line_no": 1, "quantity": 10, "percent": "100"}]}
    answer = world.reseller.post(f"/v1/cases/{case['ref']}/actions/request_exception", body)
    assert answer.status_code == 200, answer.text
    stale = world.channel_manager.post(f"{path}/decision", {"decision": "approve"}, If_Match=before)
    found = refused(stale, 412, "stale-version")
    assert "10 at 100 % by exception" in found["detail"]
    assert len(world.channel_manager.get(path).json["route"]) == 2


def test_what_does_not_fit_beside_another_case_is_refused_with_what_is_left(world: World) -> None:
    order = ordered(world)
    first = opened(world, order, 20, **excepted(20))
    path = f"/v1/approvals/{first['ref']}-1-1"
    body = {"decision": "approve_partial", "lines": [{"line_no": 1, "quantity": 5, "percent": "50"}]}
    etag = world.channel_manager.get(path).headers["ETag"]
    assert world.channel_manager.post(f"{path}/decision", body, If_Match=etag).status_code == 200
    opened(world, order, 45, **excepted(45))
    answer = world.reseller.post(
        f"/v1/cases/{first['ref']}/actions/request_exception",
        ASKED | {"lines": [{"line_no": 1, "quantity": 20, "percent": "60"}]},
    )
    found = refused(answer, 409, "exceeds-creditable")
    assert found["remaining"]["quantity"] == 5
    held = world.reseller.get(f"/v1/cases/{first['ref']}").json
    assert held["exception"]["lines"][0]["percent"] == "50", "nothing of it was applied"


def test_bodies_name_what_is_wrong_with_them(world: World, assessed: dict[str, Any]) -> None:
    path = f"/v1/cases/{assessed['ref']}/actions/request_exception"
    refused(world.reseller.post(path, {"lines": ASKED["lines"]}), 422, "reason-required")
    refused(world.reseller.post(path, ASKED | {"lines": []}), 422, "line-count")
    other = ASKED | {"lines": [{"line_no": 2, "quantity": 1, "percent": "50"}]}
    found = refused(world.reseller.post(path, other), 422, "unknown-line")
    assert found["errors"][0]["pointer"] == "/lines"
    more = ASKED | {"lines": [{"line_no": 1, "quantity": 51, "percent": "50"}]}
    refused(world.reseller.post(path, more), 422, "invalid-quantity")


def decided(world: World, decision: str, reseller: str = "harbour") -> dict[str, Any]:
    order = ordered(world, reseller=reseller)
    who = world.reseller if reseller == "harbour" else world.other_reseller
    body = {
        "order_id": order["id"],
        "type": "quantity_reduction",
        "reason": "not_as_agreed",
        "lines": [{"line_no": 1, "quantity": 40}],
        "description": f"Of {reseller}.",
        **excepted(),
    }
    case: dict[str, Any] = who.post("/v1/cases", body).json
    path = f"/v1/approvals/{case['ref']}-1-1"
    etag = world.channel_manager.get(path).headers["ETag"]
    more = {"reason_code": "outside_policy", "text": "Not this time."} if decision == "decline" else {}
    answer = world.channel_manager.post(f"{path}/decision", {"decision": decision} | more, If_Match=etag)
    assert answer.status_code == 200, answer.text
    return case


def test_precedents_say_what_was_asked_granted_and_refused_and_a_partner_reads_its_own(world: World) -> None:
    mine, theirs = decided(world, "decline"), decided(world, "decline", "quayside")
    asked = opened(world, ordered(world), 40, reason="not_as_agreed", **excepted())
    path = f"/v1/cases/{asked['ref']}/precedents"
    staff = world.case_manager.get(path).json["items"]
    assert {item["ref"] for item in staff} == {mine["ref"], theirs["ref"]}
    item = next(item for item in staff if item["ref"] == mine["ref"])
    assert (item["outcome"], item["decline_reason"], item["decided_by"]) == (
        "declined",
        "outside_policy",
        "channel_manager",
    )
    assert (item["granted_percent"], item["granted"], item["age_days"]) == ("0", gbp("0.00"), 0)
    assert set(item["same"]) == {"family", "verdict", "amount", "exception", "type"}
    own = world.reseller.get(path)
    assert [item["ref"] for item in own.json["items"]] == [mine["ref"]]
    for word in ("quayside", theirs["ref"], "Priya", "limit", "upstream", "27.45"):
        assert word not in own.text, word
    refused(world.other_reseller.get(path), 404, "not-found")
    refused(world.admin.get(path), 403, "forbidden")
    both = world.distributor.get(path).json["items"]
    assert {item["ref"] for item in both} == {mine["ref"], theirs["ref"]}, "both are its resellers"
    beside = world.channel_manager.get(f"/v1/approvals/{asked['ref']}-1-1").json["precedents"]
    assert {item["ref"] for item in beside} == {mine["ref"], theirs["ref"]}
    assert world.case_manager.get(f"/v1/cases/{asked['ref']}").json["precedents"] == beside
    assert "precedents" not in world.reseller.get(f"/v1/cases/{asked['ref']}").json


def test_a_case_with_its_precedents_takes_three_statements_at_most(world: World) -> None:
    case = opened(world, ordered(world), 1, **excepted(1))
    paths = {
        f"/v1/cases/{case['ref']}": world.case_manager,
        f"/v1/approvals/{case['ref']}-1-1": world.channel_manager,
    }
    for path, who in paths.items():
        assert who.get(path).status_code == 200
        seen: list[str] = []

        def count(_c: object, _cu: object, statement: str, *_: object, into: list[str] = seen) -> None:
            into.append(statement)

        engine = world.app.extensions["engine"]
        event.listen(engine, "before_cursor_execute", count)
        try:
            assert "precedents" in who.get(path).json
        finally:
            event.remove(engine, "before_cursor_execute", count)
        assert len(seen) <= 3, seen
