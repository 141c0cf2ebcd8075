"""Policy on pages: read, drafted with faults at their lines, tried, and published by somebody else."""

import uuid

import pytest
from flask import Flask

from tests.api.calling import World, opened, ordered
from tests.portal.browsing import Browser

MARTA, PETER, ROBIN = "marta.kowalska@arbor.example", "peter.holt@arbor.example", "robin.marsh@arbor.example"


def signed_in(app: Flask, who: str) -> Browser:
    browser = Browser(app)
    assert browser.sign_in(who).status_code == 303
    return browser


def source(world: World) -> str:
    found: str = world.channel_manager.get("/v1/policies/current").json["source"]
    return found


def test_the_operators_people_alone_know_of_policies(world: World) -> None:
    for who in (world.reseller, world.other_reseller, world.distributor):
        assert who.get("/policy").status_code == 404
        assert who.get("/policy/1").status_code == 404
        assert who.get("/policy/draft").status_code == 404
    assert world.case_manager.get("/policy").status_code == 200
    assert world.case_manager.get("/policy/draft").status_code == 403
    assert world.case_manager.get("/policy/1/trial").status_code == 403


def test_an_admin_reads_that_there_is_a_version_not_what_it_allows(world: World) -> None:
    line = next(line for line in source(world).splitlines() if "ladder" in line or "allowance" in line)
    for page in ("/policy", "/policy/1"):
        assert line.strip() in world.channel_manager.get(page).text
        assert line.strip() not in world.admin.get(page).text
    assert world.admin.get("/policy/draft").status_code == 403
    robin = signed_in(world.app, ROBIN)
    assert robin.send("/policy/1/publish", key="r").status_code in (403, 409)


def test_every_fault_is_shown_at_its_line(world: World) -> None:
    marta = signed_in(world.app, MARTA)
    wrong = source(world) + "\nnonsense: 1\n"
    shown = marta.send("/policy/draft", "/policy/draft", key=uuid.uuid4().hex, source=wrong, do="save")
    assert shown.status_code == 422
    line = wrong.split("\n").index("nonsense: 1") + 1
    assert f'href="#L{line}"' in shown.text
    assert f'<li id="L{line}" class="late">' in shown.text
    assert "nonsense: 1\n" in shown.text
    assert len(world.channel_manager.get("/v1/policies").json["items"]) == 1


def test_checking_keeps_nothing(world: World) -> None:
    marta = signed_in(world.app, MARTA)
    shown = marta.send(
        "/policy/draft", "/policy/draft", key=uuid.uuid4().hex, source=source(world), do="check"
    )
    assert (shown.status_code, "Nothing is wrong" in shown.text) == (200, True)
    assert len(world.channel_manager.get("/v1/policies").json["items"]) == 1


@pytest.fixture
def drafted(world: World) -> str:
    marta = signed_in(world.app, MARTA)
    sent = {"source": source(world), "note": "As it was.", "do": "save"}
    made = marta.send("/policy/draft", "/policy/draft", key=uuid.uuid4().hex, **sent)
    assert made.status_code == 303, made.text
    return made.location


def test_its_author_tries_it_and_another_person_publishes_it(world: World, drafted: str) -> None:
    opened(world, ordered(world), 2)
    marta, peter = signed_in(world.app, MARTA), signed_in(world.app, PETER)
    trial = marta.get(f"{drafted}/trial").text
    assert "would change" in trial
    assert "another person of finance" in marta.get(drafted).text
    assert marta.send(f"{drafted}/publish", key="m").status_code == 403
    late = peter.send(f"{drafted}/publish", drafted, key="p1", effective_at="2001-01-01T00:00")
    assert (late.status_code, "from the past" in late.text) == (422, True)
    done = peter.send(f"{drafted}/publish", drafted, key="p2", effective_at="", move_clocks="true")
    assert done.status_code == 303
    found = world.finance.get(f"/v1/policies/{drafted.rpartition('/')[2]}").json
    assert (found["state"], found["clocks"]) == ("current", "waiting")
    assert found["approver"]["name"] == "Peter Holt"
