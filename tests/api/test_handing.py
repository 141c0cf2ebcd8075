"""Handing on over HTTP: a step to a colleague or department, a case to another owner, a request back to assessment."""

from typing import Any

from tests.api.calling import Caller, World, excepted, gbp, opened, ordered, refused

TOM, DANIEL, RUTH = "tom.becker@arbor.example", "daniel.reeves@arbor.example", "ruth.lindqvist@arbor.example"


def a_case(world: World) -> dict[str, Any]:
    """An exception: the channel manager first, then finance."""
    return opened(world, ordered(world), 50, **excepted())


def step_of(case: dict[str, Any], place: int = 1, number: int = 1) -> str:
    return f"/v1/approvals/{case['ref']}-{number}-{place}"


def decide(who: Caller, path: str, etag: str | None = None, **body: Any) -> Any:
    stated = etag or who.get(path).headers["ETag"]
    return who.post(f"{path}/decision", body, If_Match=stated)


def timeline(who: Caller, case: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = who.get(f"/v1/cases/{case['ref']}/timeline?limit=200").json["items"]
    return found


def test_a_step_passed_on_moves_from_one_inbox_to_the_other_with_its_id_and_its_due_instant(
    world: World,
) -> None:
    case = a_case(world)
    path = step_of(case)
    before = world.channel_manager.get(path)
    answer = decide(world.channel_manager, path, decision="pass_on", to=TOM, text="You know them.")
    assert answer.status_code == 200, answer.text
    after = answer.json
    assert (after["id"], after["due_at"], after["version"]) == tuple(
        before.json[name] for name in ("id", "due_at", "version")
    )
    assert after["deciders"] == ["Tom Becker"]
    (moved,) = after["handed_on"]
    assert (moved["before"], moved["to"], moved["because"]) == (["Priya Nair"], ["Tom Becker"], "pass_on")
    assert after["route"][0]["roles"] == ["channel_manager"]
    tom = world.person(TOM)
    inbox = {item["id"] for item in tom.get("/v1/approvals?mine=true&limit=200").json["items"]}
    assert after["id"] in inbox
    mine = {
        item["id"] for item in world.channel_manager.get("/v1/approvals?mine=true&limit=200").json["items"]
    }
    assert after["id"] not in mine
    assert decide(tom, path, before.headers["ETag"], decision="approve").status_code == 200


def test_the_partner_reads_who_decides_now_and_not_what_was_said_between_colleagues(world: World) -> None:
    case = a_case(world)
    words = "Between us: they always do this."
    assert (
        decide(world.channel_manager, step_of(case), decision="pass_on", to=TOM, text=words).status_code
        == 200
    )
    for who in (world.reseller, world.distributor):
        found = next(item for item in timeline(who, case) if item["event"] == "case.step_handed_on")
        assert found["text"] == "Tom Becker decides now: Priya Nair passed it on."
        assert words not in who.get(f"/v1/cases/{case['ref']}/timeline?limit=200").text
    ours = next(item for item in timeline(world.case_manager, case) if item["event"] == "case.step_handed_on")
    assert ours["data"]["text"] == words
    shown = world.reseller.get(f"/v1/cases/{case['ref']}").json
    assert shown["contacts"]["deciding_now"]["name"] == "Tom Becker"


def test_what_a_pass_on_lacks_or_may_not_is_said_at_its_place(world: World) -> None:
    case = a_case(world)
    path = step_of(case)
    pm = world.channel_manager
    found = refused(decide(pm, path, decision="pass_on"), 422, "invalid-parameter")
    assert found["errors"][0]["pointer"] == "/to"
    refused(decide(pm, path, decision="approve", to=TOM), 422, "invalid-parameter")
    refused(decide(pm, path, decision="redirect", to="licensing"), 422, "reason-required")
    refused(decide(pm, path, decision="pass_on", to="ellie.marsh@harbour.example"), 422, "invalid-parameter")
    refused(decide(pm, path, decision="pass_on", to="claire.dubois@arbor.example"), 409, "wrong-state")
    found = refused(decide(pm, path, decision="pass_on", to="amara.diallo@arbor.example"), 403, "forbidden")
    assert found["errors"][0]["pointer"] == "/to"
    refused(decide(pm, path, '"1.7"', decision="pass_on", to=TOM), 412, "stale-version")
    bare = pm.post(f"{path}/decision", {"decision": "pass_on", "to": TOM})
    refused(bare, 428, "precondition-required")


def test_a_stale_decision_hears_what_has_changed_and_nothing_of_the_upstream_leg(world: World) -> None:
    case = a_case(world)
    seen = world.finance.get(step_of(case)).headers["ETag"]
    lower = decide(world.channel_manager, step_of(case), decision="approve_partial", amount=gbp("700.00"))
    assert lower.status_code == 200, lower.text
    found = refused(decide(world.finance, step_of(case, 2), seen, decision="approve"), 412, "stale-version")
    assert found["now"] == "1.2"
    changed = {each["what"]: (each["before"], each["now"]) for each in found["difference"]}
    assert changed["net"][1] == "700.00 GBP"
    assert {"what", "before", "now"} == set(found["difference"][0])
    assert "upstream" not in str(found)


def test_a_redirected_step_goes_to_whoever_covers_the_department(world: World) -> None:
    case = a_case(world)
    said = {"decision": "redirect", "to": "licensing", "text": "Whose keys are these?"}
    answer = decide(world.channel_manager, step_of(case), **said)
    assert answer.json["deciders"] == ["Yuki Tanaka"]
    assert answer.json["handed_on"][0]["because"] == "redirect"


def test_a_case_is_reassigned_and_redirected_and_its_partner_reads_why_only_of_the_latter(
    world: World,
) -> None:
    case = a_case(world)
    path = f"/v1/cases/{case['ref']}/actions"
    answer = world.case_manager.post(f"{path}/reassign", {"to": RUTH, "text": "I am full."})
    assert answer.status_code == 200, answer.text
    assert answer.json["contacts"]["owner"]["name"] == "Ruth Lindqvist"
    assert "I am full." not in world.reseller.get(f"/v1/cases/{case['ref']}/timeline?limit=200").text
    body = {"to": "licensing", "text": "Whose keys are these?"}
    answer = world.person(RUTH).post(f"{path}/redirect", body)
    assert answer.json["contacts"]["owner"]["name"] == "Yuki Tanaka"
    shown = [item for item in timeline(world.reseller, case) if item["event"] == "case.owner_changed"]
    assert [item["data"].get("text") for item in shown] == [None, "Whose keys are these?"]
    refused(world.case_manager.post(f"{path}/redirect", {"to": "licensing"}), 422, "reason-required")
    refused(
        world.case_manager.post(f"{path}/reassign", {"to": "robin.marsh@arbor.example"}), 403, "forbidden"
    )


def test_a_recalled_request_leaves_the_inbox_and_a_proposal_starts_another_round(world: World) -> None:
    case = a_case(world)
    path = f"/v1/cases/{case['ref']}"
    answer = world.reseller.post(f"{path}/actions/recall", {"reason": "The wrong lines."})
    assert answer.status_code == 200, answer.text
    assert answer.json["stage"] == "assessment"
    assert "recall" not in {action["name"] for action in answer.json["actions"]}
    shown = world.channel_manager.get(step_of(case))
    assert shown.json["status"] == "void"
    late = decide(world.channel_manager, step_of(case), shown.headers["ETag"], decision="approve")
    refused(late, 409, "already-decided")
    refused(world.reseller.post(f"{path}/actions/recall", {"reason": "Again."}), 409, "wrong-state")
    item = next(i for i in timeline(world.distributor, case) if i["event"] == "case.recalled")
    assert item["text"].endswith("The wrong lines.")
    version = world.case_manager.get(path).headers["ETag"]
    body = {
        "lines": [{"line_no": 1, "quantity": 10, "percent": "100"}],
        "clause": "c",
        "text": "Ten of them.",
    }
    again = world.case_manager.post(f"{path}/actions/propose", body, If_Match=version)
    assert again.status_code == 200, again.text
    assert decide(world.channel_manager, step_of(case, 1, 2), decision="approve").status_code == 200
    refused(world.reseller.post(f"{path}/actions/recall", {"reason": ""}), 422, "reason-required")


def test_of_several_deciders_only_our_people_read_who_has_answered(world: World) -> None:
    """Nobody outside reads a vote of a step that is not final: the same contacts before and after."""
    case = a_case(world)
    before = world.reseller.get(f"/v1/cases/{case['ref']}").json["contacts"]
    assert (
        decide(world.channel_manager, step_of(case), decision="approve", text="A soft yes.").status_code
        == 200
    )
    after = world.reseller.get(f"/v1/cases/{case['ref']}").json
    assert before["deciding_now"]["name"] == "Priya Nair"
    assert after["contacts"]["deciding_now"]["name"] == "Amara Diallo"
    assert "A soft yes." not in str(after)
    assert world.finance.get(step_of(case)).json["decisions"][0]["text"] == "A soft yes."
