"""Every clock of a case explained to whoever may read the case, with the same numbers for all of them."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.api.calling import World, excepted, opened, ordered, refused


@pytest.fixture(scope="module")
def case(world: World) -> dict[str, Any]:
    """A case that was asked about once, and answered."""
    found = opened(world, ordered(world), 50, **excepted())
    ref = found["ref"]
    path = f"/v1/cases/{ref}/actions"
    asked = world.case_manager.post(f"{path}/ask_partner", {"text": "Which keys?"})
    assert asked.status_code == 200, asked.text
    answered = world.reseller.post(f"{path}/answer", {"question": "q1", "text": "The first."})
    assert answered.status_code == 200, answered.text
    return found


def path(case: dict[str, Any], name: str = "") -> str:
    return f"/v1/cases/{case['ref']}/clocks{name and '/' + name}"


def test_the_list_names_what_each_clock_measures_and_by_whose_calendar(
    world: World, case: dict[str, Any]
) -> None:
    items = world.reseller.get(path(case)).json["items"]
    assert {item["name"] for item in items} == {
        "owner",
        "first_response",
        "next_update",
        "decision",
        "step",
        "partner_answer",
    }
    by_name = {item["name"]: item for item in items}
    assert by_name["decision"]["measures"].startswith("From the submission to the decision")
    assert by_name["decision"]["calendar"]["kind"] == "organisation"
    assert by_name["step"]["calendar"]["kind"] == "person"
    assert all(item["policy_version"] == 1 for item in items)


def test_a_clock_says_how_its_instant_came_about(world: World, case: dict[str, Any]) -> None:
    found = world.reseller.get(path(case, "decision")).json
    assert (found["state"], found["allowance_minutes"], found["agrees"]) == ("running", 960, True)
    assert found["allowance"]["text"] == "960 min, by the policy."
    assert found["reckoned_due_at"] == found["due_at"]
    assert sum(step["counted_seconds"] for step in found["steps"]) == pytest.approx(960 * 60)
    assert [warning["percent"] for warning in found["warnings"]] == [50, 80]
    zone = ZoneInfo(found["calendar"]["zone"])
    assert datetime.fromisoformat(found["due_local"]) == datetime.fromisoformat(found["due_at"])
    assert (
        datetime.fromisoformat(found["due_local"]).utcoffset()
        == datetime.fromisoformat(found["due_at"]).astimezone(zone).utcoffset()
    )


def test_a_pause_names_who_asked_what_and_how_much_of_the_longest_it_took(
    world: World, case: dict[str, Any]
) -> None:
    for name in ("decision", "step"):
        (pause,) = world.reseller.get(path(case, name)).json["pauses"]
        assert pause["because"] == "Which keys?"
        assert (pause["used_minutes"], pause["longest_minutes"]) == (0, 2_400)
        assert pause["to"] is not None
        assert [point["kind"] for point in pause["points"]] == ["question"]


def test_a_step_shows_the_share_it_was_given(world: World, case: dict[str, Any]) -> None:
    found = world.reseller.get(path(case, "step")).json["allowance"]
    assert (found["decision_seconds_left"], found["steps_left"]) == (960 * 60, 2)


def test_partner_and_staff_read_the_same_arithmetic(world: World, case: dict[str, Any]) -> None:
    for name in ("decision", "step", "partner_answer"):
        mine, theirs = (who.get(path(case, name)).json for who in (world.reseller, world.finance))
        volatile = ("used_minutes", "used_seconds")
        assert {k: v for k, v in mine.items() if k not in volatile} == {
            k: v for k, v in theirs.items() if k not in volatile
        }


def test_a_finished_clock_says_when_it_ended_and_what_it_used(world: World, case: dict[str, Any]) -> None:
    found = world.reseller.get(path(case, "owner")).json
    assert found["state"] == "done"
    assert found["ended_at"] is not None
    assert found["due_at"] is None
    assert found["reckoned_due_at"] is not None
    assert found["used_minutes"] == 0


def test_a_declined_case_has_the_clock_of_its_appeal(world: World) -> None:
    found = opened(world, ordered(world), 50, **excepted())
    (step,) = [
        item
        for item in world.channel_manager.get("/v1/approvals?mine=true&limit=200").json["items"]
        if item["case_ref"] == found["ref"]
    ]
    body = {"decision": "decline", "reason_code": "activated", "text": "They are in use."}
    answer = world.channel_manager.post(
        f"/v1/approvals/{step['id']}/decision", body, if_match=f'"{step["version"]}"'
    )
    assert answer.status_code == 200, answer.text
    clock = world.reseller.get(path(found, "appeal")).json
    assert clock["agrees"]
    assert clock["due_at"] == world.reseller.get(f"/v1/cases/{found['ref']}").json["appeal_until"]


def test_who_may_not_read_the_case_learns_nothing_of_its_clocks(world: World, case: dict[str, Any]) -> None:
    for each in ("", "decision", "nothing"):
        refused(world.other_reseller.get(path(case, each)), 404, "not-found")
        refused(world.nobody.get(path(case, each)), 401, "unauthenticated")
        refused(world.admin.get(path(case, each)), 403, "forbidden")
    refused(world.reseller.get(path(case, "nothing")), 404, "not-found")
    refused(world.reseller.get(path(case) + "?x=1"), 422, "unknown-parameter")
