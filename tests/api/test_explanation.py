"""Any decision explained: rule, version and inputs; to a partner without limits, others' amounts and open votes."""

import json
from typing import Any

import pytest

from tests.api.calling import World, excepted, opened, ordered, refused

INSIDE = ("limit", "others", "considered", "passed_over", "authority", "aggregate", "still_so", "upstream")


@pytest.fixture(scope="module")
def case(world: World) -> dict[str, Any]:
    return opened(world, ordered(world), 50, **excepted())


def explained(who: Any, case: dict[str, Any]) -> dict[str, Any]:
    answer = who.get(f"/v1/cases/{case['ref']}/explanation")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json
    return found


def decide(world: World, case: dict[str, Any], who: Any, **body: Any) -> None:
    (step,) = [
        item
        for item in who.get("/v1/approvals?mine=true&limit=200").json["items"]
        if item["case_ref"] == case["ref"]
    ]
    answer = who.post(f"/v1/approvals/{step['id']}/decision", body, if_match=f'"{step["version"]}"')
    assert answer.status_code == 200, answer.text


def test_the_verdict_names_rule_version_and_inputs_of_every_portion(
    world: World, case: dict[str, Any]
) -> None:
    found = explained(world.reseller, case)
    assert found["policy"] == found["order_policy"] == {"version": 1, "name": "default"}
    free, excepted_ = found["verdict"]["lines"]
    assert (free["quantity"], free["rule"]["id"]) == (10, "unactivated.30-days")
    assert free["rule"] == {
        "id": "unactivated.30-days",
        "when": "true",
        "percent": "100",
        "within_hours": 720,
        "prorate": None,
    }
    assert free["inputs"]["activated"] is False
    assert free["inputs"]["age_hours"] == 1
    assert free["window"]["hours"] == 168
    assert (excepted_["exception"], excepted_["rule"]["id"]) == (True, "activated")
    assert excepted_["inputs"]["activated"] is True


def test_the_route_says_which_conditions_were_looked_at_and_what_the_aggregate_is_made_of(
    world: World, case: dict[str, Any]
) -> None:
    (round_,) = explained(world.finance, case)["rounds"]
    assert [each["held"] for each in round_["considered"]] == [False] * (len(round_["considered"]) - 1) + [
        True
    ]
    assert round_["considered"][-1]["id"] == round_["route"]["id"]
    assert round_["inputs"]["exception"] is True
    total = round_["aggregate"]
    assert {"this", "others", "which", "others_of_order", "others_of_partner_30_days", "total"} <= set(total)
    assert total["rate"] is None


def test_a_decider_is_named_with_the_row_that_named_them(world: World, case: dict[str, Any]) -> None:
    for who in (world.reseller, world.finance):
        first = explained(who, case)["rounds"][0]["steps"][0]["deciders"][0]["persons"][0]
        assert first["name"] == "Priya Nair"
        assert first["why"].startswith("covers channel manager for country GB, family licences")
    assert explained(world.finance, case)["owner"]["first"]["why"].startswith("covers case manager")


def test_a_partner_reads_no_limit_no_amount_of_others_and_no_vote_of_a_round_that_goes_on(
    world: World,
) -> None:
    case = opened(world, ordered(world), 50, **excepted())
    decide(world, case, world.channel_manager, decision="approve", text="I endorse it.")
    mine = explained(world.reseller, case)
    text = json.dumps(mine)
    assert not [word for word in INSIDE if f'"{word}' in text]
    assert "I endorse it." not in text
    assert all(step["decisions"] == [] for step in mine["rounds"][0]["steps"])
    step = explained(world.finance, case)["rounds"][0]["steps"][0]
    assert step["decisions"][0]["by"] == "Priya Nair"
    assert step["decisions"][0]["authority"] == {
        "binds": False,
        "text": "It endorses: limits bind the last step.",
    }


def test_a_granted_round_shows_the_limit_as_it_was_compared_and_the_facts_as_they_read(world: World) -> None:
    case = opened(world, ordered(world), 50, **excepted())
    decide(world, case, world.channel_manager, decision="approve")
    decide(world, case, world.finance, decision="approve", facts=["justification"])
    (round_,) = explained(world.finance, case)["rounds"]
    (decision,) = round_["steps"][1]["decisions"]
    assert round_["state"] == "granted"
    assert decision["authority"]["binds"]
    assert decision["authority"]["aggregate"] == round_["aggregate"]["total"]
    assert decision["authority"]["still_so"]
    assert "Reported the same day." in [fact["text"] for fact in decision["facts"]]
    theirs = explained(world.reseller, case)["rounds"][0]["steps"][1]["decisions"]
    assert [each["decision"] for each in theirs] == ["approve"]


def test_what_is_decided_by_the_policy_names_the_condition_that_held(world: World) -> None:
    order = ordered(world, reseller="quayside", end_customer={"code": "EC-18", "name": "Tyne Works"})
    answer = world.other_reseller.post(
        "/v1/cases",
        {
            "order_id": order["id"],
            "type": "quantity_reduction",
            "reason": "wrong_quantity",
            "lines": [{"line_no": 1, "quantity": 1}],
            "description": "One less.",
        },
    )
    assert answer.status_code == 201, answer.text
    (round_,) = explained(world.finance, answer.json)["rounds"]
    assert (round_["route"]["automatic"], round_["decided_by"]) == (True, "the policy itself")
    assert round_["considered"] == [
        {
            "id": "automatic",
            "when": "within_policy && !exception && aggregate <= 50000",
            "held": True,
        }
    ]


def test_who_may_not_read_the_case_gets_no_explanation(world: World, case: dict[str, Any]) -> None:
    path = f"/v1/cases/{case['ref']}/explanation"
    refused(world.other_reseller.get(path), 404, "not-found")
    refused(world.admin.get(path), 403, "forbidden")
    refused(world.nobody.get(path), 401, "unauthenticated")
