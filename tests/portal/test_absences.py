"""Time away as a form: recorded for oneself and one's people, ended early, and who has what meanwhile."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from tests.api.calling import World, opened, ordered
from tests.portal.browsing import Browser

OWEN, SAM = "owen.clarke@arbor.example", "sam.whitfield@arbor.example"


def record(browser: Browser, **fields: str) -> Any:
    return browser.send("/absences", "/absences", key=str(uuid4()), **fields)


def test_who_is_away_has_a_stand_in_with_the_open_cases_until_they_are_back(
    world: World, browser: Browser
) -> None:
    case = opened(world, ordered(world), 48)
    assert case["contacts"]["owner"]["name"] == "Owen Clarke"
    browser.sign_in(OWEN)
    done = record(browser, person=OWEN, delegate="ruth.lindqvist@arbor.example", note="At the dentist's.")
    assert (done.status_code, done.location) == (303, "/absences")
    page = browser.get("/absences")
    assert "Ruth Lindqvist stands in." in page.text and "At the dentist" in page.text
    assert re.search(r"Meanwhile with Ruth Lindqvist:\s+(one open case|\d+ open cases)", page.text)
    own = re.search(r'action="(/absences/\d+/end)"[^>]*>.*?I am back', page.text, re.DOTALL)
    assert own
    assert browser.send(own[1], "/absences", key=str(uuid4())).status_code == 303
    assert "Meanwhile with Ruth" not in browser.get("/absences").text


def test_times_are_read_in_the_zone_of_who_typed_them(world: World, browser: Browser) -> None:
    browser.sign_in(OWEN)
    year = (datetime.now(UTC) + timedelta(days=184)).year
    fields = {"person": OWEN, "since": f"{year}-07-01T09:00", "until": f"{year}-07-14T17:30"}
    assert record(browser, **fields).status_code == 303
    rows = browser.get(f"/v1/absences?person={OWEN}", Accept="application/json").json["items"]
    expected = (f"{year}-07-01T08:00:00Z", f"{year}-07-14T16:30:00Z")
    assert expected in [(r["since"], r["until"]) for r in rows]


def test_a_manager_records_for_their_people_and_nobody_for_others(world: World, browser: Browser) -> None:
    browser.sign_in(SAM)
    offered = browser.get("/absences").text.split('id="f-person"')[1].split("</select>")[0]
    assert OWEN in offered and "grace.okafor" not in offered
    refused = record(
        browser, person="grace.okafor@arbor.example", until="2031-01-01T09:00", note="Kept as typed"
    )
    assert refused.status_code == 403 and "Kept as typed" in refused.text and 'role="alert"' in refused.text


def test_a_wrong_period_comes_back_with_what_to_do(world: World, browser: Browser) -> None:
    browser.sign_in(OWEN)
    answer = record(browser, person=OWEN, since="next week", until="2031-01-01T09:00")
    assert answer.status_code in (400, 422) and "RFC 3339" in answer.text and "next week" in answer.text


def test_a_partner_sees_its_own_people_alone(world: World, browser: Browser) -> None:
    browser.sign_in("ellie.marsh@harbour.example")
    page = browser.get("/absences")
    assert page.status_code == 200 and "arbor" not in page.text.lower().split("<main")[1]
    stranger = browser.send("/absences/1/end", "/absences", key=str(uuid4()))
    assert stranger.status_code == 404
