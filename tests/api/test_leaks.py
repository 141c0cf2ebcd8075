"""A reseller never reads the upstream leg, an internal note, a limit, or a vote before the last step.

The raw text of the answers is searched.
"""

import json
from typing import Any

import pytest

from api.schemas.shown.timeline import INSIDE, KINDS
from api.seen import for_reader
from partnerflow.cases.events import EVENTS
from tests.api.calling import World, a_case, an_order, excepted, gbp, opened, ordered, refused

UPSTREAM = ("27.45", "1372.50", "1647.00", "274.50", "upstream", "A-")


@pytest.fixture(scope="module")
def order(world: World) -> dict[str, Any]:
    return ordered(world)


@pytest.fixture(scope="module")
def case(world: World, order: dict[str, Any]) -> dict[str, Any]:
    wanted = {"lines": [{"sku": "LIC-PRO", "quantity": 30, "upstream_unit_price": "43.21"}]}
    body = a_case(order["id"], 50, type="exchange", wanted=wanted, **excepted())
    answer = world.distributor.post("/v1/cases", body)
    assert answer.status_code == 201, answer.text
    assert "43.21" in answer.text
    assert "amounts_upstream" in answer.json
    found: dict[str, Any] = answer.json
    return found


def paths(order: dict[str, Any], case: dict[str, Any]) -> list[str]:
    ref = case["ref"]
    read = ("", "/timeline?limit=200", "/contacts", "/documents", "/facts", "/precedents", "/explanation")
    read += ("/clocks", *(f"/clocks/{name}" for name in ("owner", "decision", "step")))
    parts = [f"/v1/cases/{ref}{part}" for part in read]
    lists = [
        "/v1/cases",
        "/v1/orders",
        "/v1/credit-notes",
        f"/v1/credit-notes?case={ref}",
        "/v1/approvals",
        "/v1/contacts",
    ]
    return [*parts, *lists, f"/v1/orders/{order['id']}"]


def test_what_a_reseller_reads_holds_nothing_of_the_upstream_leg(
    world: World, order: dict[str, Any], case: dict[str, Any]
) -> None:
    for path in paths(order, case):
        answer = world.reseller.get(path)
        assert answer.status_code == 200, path
        for figure in (*UPSTREAM, "43.21"):
            assert figure not in answer.text, f"{path} shows {figure}"


def test_what_a_reseller_is_answered_to_commands_holds_nothing_of_it_either(world: World) -> None:
    body = an_order()
    del body["lines"][0]["upstream_unit_price"]
    answers = [
        world.reseller.post("/v1/orders?dry_run=true", body),
        world.reseller.post("/v1/orders", body),
        world.reseller.post("/v1/cases/preview", a_case(ordered(world)["id"], 1)),
    ]
    for answer in answers:
        assert answer.status_code in (200, 201), answer.text
        assert not any(figure in answer.text for figure in UPSTREAM), answer.text


def test_those_who_may_see_the_upstream_leg_do(
    world: World, order: dict[str, Any], case: dict[str, Any]
) -> None:
    for who in (world.distributor, world.case_manager, world.finance):
        assert who.get(f"/v1/cases/{case['ref']}").json["amounts_upstream"]["requested"]["net"]
        assert who.get(f"/v1/orders/{order['id']}").json["lines"][0]["upstream_unit_price"] == "27.45"


def test_other_organisations_find_nothing_in_their_lists(
    world: World, order: dict[str, Any], case: dict[str, Any]
) -> None:
    for path in (
        "/v1/cases",
        "/v1/orders",
        "/v1/credit-notes",
        f"/v1/cases?text={case['ref']}",
        "/v1/cases?reseller=harbour",
    ):
        answer = world.other_reseller.get(path)
        assert answer.json["items"] == [], path


def test_an_internal_note_stays_in_its_organisation(world: World, case: dict[str, Any]) -> None:
    said = {"us": "internal: the customer always does this", "them": "internal: we bear half of it"}
    path = f"/v1/cases/{case['ref']}"
    for who, words in ((world.case_manager, said["us"]), (world.distributor, said["them"])):
        assert who.post(f"{path}/actions/note", {"text": words, "visibility": "internal"}).status_code == 200
    readers = {
        "reseller": [], "distributor": ["them"], "case_manager": ["us"], "finance": ["us"], "admin": []
    }  # fmt: skip
    for who, expected in readers.items():
        shown = getattr(world, who).get(f"{path}/timeline?limit=200").text
        assert [name for name, words in said.items() if words in shown] == expected, who


def test_a_partner_reads_no_vote_before_the_last_step_and_no_aggregate(world: World) -> None:
    case = opened(world, ordered(world), 50, **excepted())
    words = "Between us: a soft yes from me."
    path = f"/v1/approvals/{case['ref']}-1-1"
    shown = world.channel_manager.get(path)
    assert shown.json["aggregate"]["amount"]
    assert "limit" not in shown.text
    body = {"decision": "approve", "text": words}
    assert (
        world.channel_manager.post(f"{path}/decision", body, If_Match=shown.headers["ETag"]).status_code
        == 200
    )
    for who in (world.reseller, world.distributor):
        for part in ("", "/timeline?limit=200"):
            text = who.get(f"/v1/cases/{case['ref']}{part}").text
            assert words not in text
            assert "aggregate" not in text
            assert "authority" not in text
        kinds = {
            item["event"] for item in who.get(f"/v1/cases/{case['ref']}/timeline?limit=200").json["items"]
        }
        assert not kinds & INSIDE
    assert words in world.case_manager.get(f"/v1/cases/{case['ref']}/timeline?limit=200").text


def test_a_lowered_proposal_is_not_shown_to_the_partner_before_it_is_granted(world: World) -> None:
    case = opened(world, ordered(world), 50, **excepted())
    path = f"/v1/approvals/{case['ref']}-1-1"
    etag = world.channel_manager.get(path).headers["ETag"]
    body = {"decision": "approve_partial", "amount": gbp("700.01"), "text": "Less."}
    answer = world.channel_manager.post(f"{path}/decision", body, If_Match=etag)
    assert answer.status_code == 200, answer.text
    assert "700.01" in answer.text
    for part in ("", "/timeline?limit=200"):
        assert "700.01" not in world.reseller.get(f"/v1/cases/{case['ref']}{part}").text


def test_what_an_appeals_first_step_lowered_or_its_deciders_said_stays_inside(world: World) -> None:
    case = opened(world, ordered(world), 50, **excepted())
    first, second = (f"/v1/approvals/{case['ref']}-{number}-1" for number in (1, 2))
    no = {"decision": "decline", "reason_code": "activated", "text": "They are in use."}
    etag = world.channel_manager.get(first).headers["ETag"]
    assert world.channel_manager.post(f"{first}/decision", no, If_Match=etag).status_code == 200
    path = f"/v1/cases/{case['ref']}"
    assert world.reseller.post(f"{path}/actions/appeal", {"text": "We have proof."}).status_code == 200
    daniel = world.person("daniel.reeves@arbor.example")
    etag = daniel.get(second).headers["ETag"]
    body = {"decision": "approve_partial", "amount": gbp("701.03"), "text": "Between us: half of it."}
    assert daniel.post(f"{second}/decision", body, If_Match=etag).status_code == 200
    for who in (world.reseller, world.distributor):
        for part in ("", "/timeline?limit=200"):
            shown = who.get(path + part).text
            assert "701.03" not in shown
            assert "Between us" not in shown
    assert not any(figure in world.reseller.get(path).text for figure in UPSTREAM)


def test_agreeing_on_facts_and_asking_for_more_shows_nothing_of_the_upstream_leg(world: World) -> None:
    case = opened(world, ordered(world), 50)
    path = f"/v1/cases/{case['ref']}/actions"
    asked = excepted(4)["exception"]
    acts = [
        (world.reseller, "request_exception", asked),
        (world.case_manager, "add_fact", {"text": "Two are in use."}),
        (world.reseller, "dispute_fact", {"fact": "f1", "text": "None is."}),
        (world.case_manager, "correct_fact", {"fact": "f1", "text": "One is in use."}),
        (world.reseller, "confirm_fact", {"fact": "f1"}),
        (world.reseller, "correct_fact", {"fact": "justification", "text": "Reported within the hour."}),
        (world.reseller, "already_told", {"text": "On the phone."}),
        (world.distributor, "watch", {}),
        (world.reseller, "watch", {}),
        (world.reseller, "ask_call", {"number": "+44 20 7946 0001", "about": "The keys."}),
        (world.case_manager, "record_call", {"call": "call-1", "text": "We spoke of them."}),
        (world.reseller, "hand_partner", {"to": "ben-archer"}),
    ]
    for who, name, body in acts:
        answer = who.post(f"{path}/{name}", body)
        assert answer.status_code == 200, answer.text
        if who == world.reseller:
            assert not any(figure in answer.text for figure in UPSTREAM), name
    for part in ("", "/timeline?limit=200", "/facts", "/precedents"):
        text = world.reseller.get(f"/v1/cases/{case['ref']}{part}").text
        assert not any(figure in text for figure in UPSTREAM), part


def test_what_a_step_has_lowered_stays_inside_when_the_round_begins_again(world: World) -> None:
    case = opened(world, ordered(world), 50, **excepted())
    path = f"/v1/approvals/{case['ref']}-1-1"
    etag = world.channel_manager.get(path).headers["ETag"]
    body = {
        "decision": "approve_partial",
        "amount": gbp("700.01"),
        "text": "Less.",
        "facts": ["justification"],
    }
    assert world.channel_manager.post(f"{path}/decision", body, If_Match=etag).status_code == 200
    words = {"fact": "justification", "text": "Reported within the hour."}
    answer = world.reseller.post(f"/v1/cases/{case['ref']}/actions/correct_fact", words)
    assert answer.status_code == 200, answer.text
    assert answer.json["decision"] is None
    items = world.case_manager.get(f"/v1/cases/{case['ref']}/timeline?limit=200").json["items"]
    assert {"case.revised", "case.round_restarted"} <= {item["event"] for item in items}
    for part in ("", "/timeline?limit=200", "/facts"):
        text = world.reseller.get(f"/v1/cases/{case['ref']}{part}").text
        assert "700.01" not in text, part
        assert "Less." not in text, part


def test_a_refusal_names_no_remainder_of_the_upstream_leg() -> None:
    facts = {"leg": "upstream", "line_no": 1, "remaining": {"quantity": 3, "amount": gbp("82.35")}}
    assert for_reader(facts, upstream=False) == {"line_no": 1}
    assert for_reader(facts, upstream=True) == facts


def test_what_is_upstream_falls_wherever_it_hides() -> None:
    deep = {
        "upstream_signature": "x",
        "held": {"downstream": [1], "upstream": [2]},
        "legs": [{"leg": "downstream", "net": 1}, {"leg": "upstream", "net": 2}],
        "document": {"leg": "upstream", "number": "ARB-CN-1"},
        "kept": [{"line_no": 1, "upstream_unit_price": "1.00", "sku": "A"}],
    }
    assert for_reader(deep, upstream=False) == {
        "held": {"downstream": [1]},
        "legs": [{"leg": "downstream", "net": 1}],
        "kept": [{"line_no": 1, "sku": "A"}],
    }


def test_every_kind_of_event_has_its_sentence() -> None:
    assert set(KINDS) == set(EVENTS)


def test_another_reseller_cannot_try_numbers_on_anothers_order(world: World, order: dict[str, Any]) -> None:
    body = an_order(order["number"], reseller="quayside")
    del body["lines"][0]["upstream_unit_price"]
    answer = world.other_reseller.post("/v1/orders", body)
    found = refused(answer, 409, "order-exists")
    assert "harbour" not in json.dumps(found)
    assert order["id"] not in answer.text
