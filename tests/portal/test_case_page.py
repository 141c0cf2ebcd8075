"""The page of a case for each of its readers: who has it, what is next, and what they can do about it."""

import io
from typing import Any
from uuid import uuid4

import pytest

from tests.api.calling import World, opened, ordered
from tests.portal.browsing import Browser, token_of

ELLIE, KARL = "ellie.marsh@harbour.example", "karl.jensen@quayside.example"


@pytest.fixture
def case(world: World) -> dict[str, Any]:
    return opened(world, ordered(world), 20)


def test_the_page_opens_for_each_of_its_readers(world: World, case: dict[str, Any]) -> None:
    for who in (
        ELLIE,
        "nadia.rahman@meridian.example",
        "owen.clarke@arbor.example",
        "priya.nair@arbor.example",
    ):
        browser = Browser(world.app)
        browser.sign_in(who)
        shown = browser.get(f"/cases/{case['ref']}")
        assert shown.status_code == 200, shown.text
        assert "Too many: 50 × LIC-STD ordered, 30 wanted" in shown.text


def test_what_follows_by_itself_does_not_read_as_said_by_whoever_asked(
    world: World, browser: Browser, case: dict[str, Any]
) -> None:
    items = world.reseller.get(f"/v1/cases/{case['ref']}/timeline").json["items"]
    actors = {item["event"]: item["actor"] for item in items}
    assert actors["case.opened"] == "Ellie Marsh"
    assert actors["case.proposed"] == actors["case.approval_step_started"] == "Partnerflow"
    browser.sign_in(ELLIE)
    assert "<b>Partnerflow</b>" in browser.get(f"/cases/{case['ref']}").text


def test_nothing_of_the_upstream_leg_or_from_inside_is_in_a_resellers_page(
    world: World, browser: Browser, case: dict[str, Any]
) -> None:
    owner = world.person("owen.clarke@arbor.example")
    said = {"text": "They always do this.", "visibility": "internal"}
    assert owner.post(f"/v1/cases/{case['ref']}/actions/note", said).status_code == 200
    browser.sign_in(ELLIE)
    for path in ("", "/explanation", "/clocks/step"):
        shown = browser.get(f"/cases/{case['ref']}{path}")
        assert shown.status_code == 200, shown.text
        for hidden in ("27.45", "549.00", "upstream", "They always do this.", "Clocks changed", "limit"):
            assert hidden not in shown.text, (path, hidden)


def test_a_foreign_case_does_not_exist(world: World, browser: Browser, case: dict[str, Any]) -> None:
    browser.sign_in(KARL)
    for path in ("", "/explanation", "/clocks/step"):
        assert browser.get(f"/cases/{case['ref']}{path}").status_code == 404


def test_the_ladder_shows_every_rung_with_its_time(
    world: World, browser: Browser, case: dict[str, Any]
) -> None:
    browser.sign_in(ELLIE)
    page = browser.get(f"/cases/{case['ref']}").text
    ladder = page[page.index('id="ladder"') : page.index('id="clocks"')]
    for name in ("Priya Nair", "Daniel Reeves", "Marta Kowalska", "Helen Ashworth is reminded"):
        assert name in ladder
    assert ladder.count("<time ") >= 4


def test_what_is_too_early_says_from_when(world: World, browser: Browser, case: dict[str, Any]) -> None:
    browser.sign_in(ELLIE)
    here = f"/cases/{case['ref']}"
    assert "you can take it up yourself, from" in browser.get(here).text
    early = send(browser, here, "escalate", reason="It takes long.")
    assert early.status_code == 409 and "You can take this up from" in early.text


def test_a_refused_form_keeps_its_words_and_fills_no_other(
    world: World, browser: Browser, case: dict[str, Any]
) -> None:
    browser.sign_in(ELLIE)
    refused = send(browser, f"/cases/{case['ref']}", "withdraw", reason=" ", text="nobody else's")
    assert refused.status_code == 422
    assert "nobody else&#39;s" not in refused.text
    assert 'id="withdraw" open' in refused.text


def test_the_timeline_shows_one_kind_if_wanted(world: World, browser: Browser, case: dict[str, Any]) -> None:
    browser.sign_in(ELLIE)
    here = f"/cases/{case['ref']}"
    assert send(browser, here, "note", text="The customer rang again.").status_code == 303
    messages, documents = (
        browser.get(f"{here}?show=messages").text,
        browser.get(f"{here}?show=documents").text,
    )
    assert "The customer rang again." in messages and "put it to approval" not in messages
    assert "The customer rang again." not in documents and "Nothing of this kind yet." in documents


def send(browser: Browser, here: str, action: str, **fields: str) -> Any:
    return browser.send(f"{here}/actions/{action}", here, key=uuid4().hex, **fields)


def test_evidence_is_added_on_the_page_and_a_foreign_case_takes_none(
    world: World, browser: Browser, case: dict[str, Any]
) -> None:
    browser.sign_in(ELLIE)
    here = f"/cases/{case['ref']}"
    fields: dict[str, Any] = {"csrf_token": token_of(browser.get(here)), "key": uuid4().hex}
    file = {"evidence": (io.BytesIO(b"four keys\n"), "keys.txt")}
    assert browser.post(f"{here}/evidence", fields | file).status_code == 303
    assert "keys.txt" in browser.get(here).text
    nothing = browser.post(f"{here}/evidence", fields)
    assert nothing.status_code == 422 and "Choose at least one file." in nothing.text
    other = Browser(world.app)
    other.sign_in(KARL)
    fields = {"csrf_token": token_of(other.get("/account")), "key": uuid4().hex}
    assert (
        other.post(f"{here}/evidence", fields | {"evidence": (io.BytesIO(b"x\n"), "x.txt")}).status_code
        == 404
    )
