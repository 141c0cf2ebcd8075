"""An appeal over HTTP, from the decline to the second credit: amounts of both rounds, and what its readers see."""

from typing import Any

import pytest

from partnerflow import desk
from partnerflow.cases.commands import IssueNotes, RecordAction
from partnerflow.people import Actor
from tests.api.calling import Caller, World, ago, excepted, gbp, opened, ordered, refused

DANIEL, LUCY = "daniel.reeves@arbor.example", "lucy.pemberton@arbor.example"


def decide(who: Caller, ref: str, number: int, place: int, **body: Any) -> Any:
    path = f"/v1/approvals/{ref}-{number}-{place}"
    etag = who.get(path).headers["ETag"]
    return who.post(f"{path}/decision", body, If_Match=etag)


def remedied(world: World, ref: str, number: int, *, payments: bool = False) -> None:
    """What the remedy's service reports, act by act."""
    service = Actor(None, None, service="remedy")
    for action in ("check", "cancel_upstream", "issue", "publish"):
        command = IssueNotes(number, payments) if action == "issue" else RecordAction(number, action)
        request = desk.Request(command, service, f"remedy:{ref}:{number}:{action}", f"case/{ref}", b"")
        outcome = desk.handle(world.app.extensions["engine"], request)
        assert outcome.state is desk.State.DONE, outcome.body


def passed_on(world: World, ref: str) -> dict[str, Any]:
    body = {"how": "account_credit", "reference": "M-1", "at": ago(minutes=1)}
    answer = world.distributor.post(f"/v1/cases/{ref}/actions/confirm_pass_through", body)
    assert answer.status_code == 200, answer.text
    return read(world.reseller, ref)


def read(who: Caller, ref: str) -> dict[str, Any]:
    found: dict[str, Any] = who.get(f"/v1/cases/{ref}").json
    return found


def appealed(world: World, ref: str, text: str = "Please look again.") -> Any:
    return world.reseller.post(f"/v1/cases/{ref}/actions/appeal", {"text": text})


@pytest.fixture(scope="module")
def partly(world: World) -> dict[str, Any]:
    """50 asked at 31.20, half of 40 of them: 936.00 net. Granted are 10 units, 312.00; closed and passed on."""
    case = opened(world, ordered(world), 50, **excepted())
    ref = case["ref"]
    rows = [{"line_no": 1, "quantity": 10, "percent": "100"}]
    assert decide(world.channel_manager, ref, 1, 1, decision="approve_partial", lines=rows).status_code == 200
    assert decide(world.finance, ref, 1, 2, decision="approve").status_code == 200
    remedied(world, ref, 1)
    return passed_on(world, ref)


def test_a_partial_approval_says_until_when_it_can_be_appealed(world: World, partly: dict[str, Any]) -> None:
    assert (partly["outcome"], partly["appeal"]) == ("credited", None)
    assert partly["appeal_until"]
    assert partly["next"].startswith("Credited in part; you can appeal until ")
    assert "appeal" in {action["name"] for action in partly["actions"]}
    assert "appeal" not in {action["name"] for action in read(world.case_manager, partly["ref"])["actions"]}
    assert partly["amounts"]["approved"]["net"] == partly["amounts"]["credited"]["net"] == "312.00"


def test_an_appeal_of_what_was_left_out_runs_to_its_own_credit(world: World, partly: dict[str, Any]) -> None:
    ref = partly["ref"]
    answer = appealed(world, ref)
    assert answer.status_code == 200, answer.text
    case = answer.json
    assert (case["stage"], case["outcome"], case["appeal_until"]) == ("approval", None, None)
    assert case["appeal"]["text"] == "Please look again."
    assert case["appeal"]["of"] == "credited"
    assert case["appeal"]["asked"]["net"] == "624.00"
    assert case["appeal"]["lines"] == [
        {"line_no": 1, "quantity": 40, "percent": "50", "part": None, "convert": False, "exception": True,
         "clause": case["appeal"]["lines"][0]["clause"]},
    ]  # fmt: skip
    amounts = case["amounts"]
    assert [amounts[name]["net"] for name in ("requested", "approved", "credited")] == [
        "936.00",
        "312.00",
        "312.00",
    ]
    assert amounts["left_to_credit"]["amount"] == "624.00", "1,560.00 less credited and less reserved"
    assert case["contacts"]["deciding_now"]["name"] == "Daniel Reeves"
    assert "amounts_upstream" not in case
    refused(appealed(world, ref), 409, "wrong-state")
    refused(decide(world.channel_manager, ref, 2, 1, decision="approve"), 403, "four-eyes")
    refused(decide(world.finance, ref, 2, 1, decision="approve"), 403, "four-eyes")
    seen = world.person(DANIEL).get(f"/v1/approvals/{ref}-2-1").json
    assert seen["appeal"]["text"] == "Please look again."
    assert seen["aggregate"]["amount"] >= "936.00"
    lower = decide(world.person(DANIEL), ref, 2, 1, decision="approve_partial", amount=gbp("600.00"))
    assert lower.status_code == 200, lower.text
    assert "600.00" not in world.reseller.get(f"/v1/cases/{ref}").text, "not before its round is granted"
    shown = world.person(LUCY).get(f"/v1/approvals/{ref}-2-2").json
    assert shown["deciders"] == ["Lucy Pemberton"]
    done = decide(world.person(LUCY), ref, 2, 2, decision="approve")
    assert done.status_code == 200, done.text
    assert read(world.reseller, ref)["amounts"]["approved"]["net"] == "912.00"
    remedied(world, ref, 2)
    closed = passed_on(world, ref)
    assert (closed["outcome"], closed["appeal_until"]) == ("credited", None)
    assert closed["amounts"]["credited"] == closed["amounts"]["approved"]
    assert closed["amounts"]["credited"]["gross"] == "1094.40"
    assert closed["amounts"]["settlement"]["unpaid_reduced"]["amount"] == "1094.40"
    documents = world.reseller.get(f"/v1/cases/{ref}/documents").json["items"]
    assert [each["kind"] for each in documents] == ["credit_note", "credit_note"]
    assert closed["next"] == "After an appeal: credited. Nothing more is needed."
    refused(appealed(world, ref), 409, "case-closed")


def test_a_declined_case_gives_the_decliners_words_and_after_the_appeal_the_second_ones(world: World) -> None:
    case = opened(world, ordered(world), 50, **excepted())
    ref = case["ref"]
    said = {"decision": "decline", "reason_code": "activated", "text": "They are in use."}
    assert decide(world.channel_manager, ref, 1, 1, **said).status_code == 200
    first = read(world.reseller, ref)
    assert first["decline"] == {"reason_code": "activated", "text": "They are in use."}
    assert first["amounts"]["approved"] is None
    assert appealed(world, ref).json["decline"] is None
    again = {"decision": "decline", "reason_code": "other", "text": "We looked twice."}
    assert decide(world.person(DANIEL), ref, 2, 1, **again).status_code == 200
    last = read(world.reseller, ref)
    assert (last["outcome"], last["decline"]["text"], last["appeal_until"]) == (
        "declined",
        "We looked twice.",
        None,
    )
    assert last["next"] == "After an appeal: declined. Nothing more is needed."
    assert last["amounts"]["left_to_credit"]["amount"] == "1560.00"
    refused(appealed(world, ref), 409, "case-closed")


def test_the_timeline_tells_of_an_appeal_to_each_what_they_may_read(world: World) -> None:
    case = opened(world, ordered(world), 50, **excepted())
    ref = case["ref"]
    body = {"decision": "decline", "reason_code": "activated", "text": "In use."}
    assert decide(world.channel_manager, ref, 1, 1, **body).status_code == 200
    assert appealed(world, ref, "We have proof.").status_code == 200
    for who in (world.reseller, world.distributor, world.case_manager):
        items = who.get(f"/v1/cases/{ref}/timeline?limit=200").json["items"]
        item = next(each for each in items if each["event"] == "case.appealed")
        assert item["text"] == "Ellie Marsh appeals: We have proof."
        legs = {each["leg"] for each in item["data"]["asked"]}
        assert legs == ({"downstream"} if who.key == world.reseller.key else {"downstream", "upstream"})


def test_an_appeal_needs_words(world: World, partly: dict[str, Any]) -> None:
    refused(world.reseller.post(f"/v1/cases/{partly['ref']}/actions/appeal", {}), 422, "reason-required")
