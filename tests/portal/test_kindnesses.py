"""Small kindnesses on the page of a case and of one's account: who may, what they show, and to whom."""

from typing import Any

import pytest
from icalendar import Calendar

from partnerflow.store.database import unit_of_work
from partnerflow.store.seed import new_key
from tests.api.calling import World, opened, ordered
from tests.portal.browsing import Browser
from tests.portal.pages import shown, submit

ELLIE, BEN = "ellie.marsh@harbour.example", "ben.archer@harbour.example"
OWEN, NADIA = "owen.clarke@arbor.example", "nadia.rahman@meridian.example"
AMARA = "amara.diallo@arbor.example"


@pytest.fixture
def case(world: World) -> dict[str, Any]:
    return opened(world, ordered(world), 20)


def as_(world: World, who: str) -> Browser:
    browser = Browser(world.app)
    browser.sign_in(who)
    return browser


def outsider(world: World) -> str:
    return next(p["email"] for p in world.seeded.people if p["email"].endswith("@quayside.example"))


def ics(browser: Browser, path: str) -> list[Any]:
    answer = browser.get(path)
    assert answer.status_code == 200, answer.text
    assert answer.mimetype == "text/calendar"
    return list(Calendar.from_ical(answer.data).walk("VEVENT"))


def test_a_case_is_watched_and_unwatched_from_its_page(world: World, case: dict[str, Any]) -> None:
    here = f"/cases/{case['ref']}"
    for who in (BEN, NADIA, AMARA):
        browser = as_(world, who)
        assert submit(browser, here, f"{here}/actions/watch").status_code == 303
        assert "Stop watching" in shown(browser.get(here))
        assert world.person(who).get(f"/v1{here}").json["watching"] is True
    feed = world.person(ELLIE).get(f"/v1{here}/timeline").text
    assert "Ben Archer watches" in feed
    assert "Nadia" not in feed, "who of another house watches is theirs to know"
    assert submit(as_(world, BEN), here, f"{here}/actions/unwatch").status_code == 303
    assert as_(world, outsider(world)).get(here).status_code == 404


def test_a_deadline_becomes_an_entry_that_stays_the_same_entry(world: World, case: dict[str, Any]) -> None:
    path = f"/cases/{case['ref']}/deadline.ics"
    ellie, owen = as_(world, ELLIE), as_(world, OWEN)
    (first,), (inside,) = ics(ellie, path), ics(owen, path)
    due = next(
        c["due_at"]
        for c in world.reseller.get(f"/v1/cases/{case['ref']}").json["clocks"]
        if c["name"] == "step"
    )
    assert first["DTSTART"].to_ical().decode() == due.replace("-", "").replace(":", "")
    assert first["UID"] == inside["UID"] == f"{case['ref']}-step@desk.example"
    assert f"/cases/{case['ref']}" in first["DESCRIPTION"]
    assert "has it: " in first["DESCRIPTION"]
    for hidden in ("upstream", "limit", "internal"):
        assert hidden not in ellie.get(path).text.lower()
    assert (
        world.person("priya.nair@arbor.example")
        .post(f"/v1/cases/{case['ref']}/actions/ask_partner", {"text": "Which keys?"})
        .status_code
        == 200
    )
    (asked,) = ics(ellie, path)
    assert asked["UID"] == f"{case['ref']}-partner_answer@desk.example"
    assert "It waits for you." in asked["DESCRIPTION"]
    world.reseller.post(f"/v1/cases/{case['ref']}/actions/withdraw", {"reason": "No more."})
    assert ellie.get(path).status_code == 404
    assert as_(world, outsider(world)).get(path).status_code == 404


def test_the_last_safe_minute_of_every_line_is_an_entry(world: World) -> None:
    order = ordered(world)
    path = f"/orders/{order['id']}/deadline.ics"
    (entry,) = ics(as_(world, ELLIE), path)
    until = order["lines"][0]["eligibility"]["cancellable_until"]
    assert entry["DTEND"].to_ical().decode() == until.replace("-", "").replace(":", "")
    assert entry["UID"] == f"order-{order['id']}-1@desk.example"
    assert as_(world, outsider(world)).get(path).status_code == 404


def test_a_call_is_asked_for_shown_to_its_owner_and_noted(world: World, case: dict[str, Any]) -> None:
    here = f"/cases/{case['ref']}"
    ellie, owen = as_(world, ELLIE), as_(world, OWEN)
    assert "Call me back" in shown(ellie.get(here))
    again = submit(ellie, here, f"{here}/actions/ask_call", number="soon", about="The four keys.")
    assert again.status_code == 422
    assert "Give a number" in shown(again)
    sent = submit(ellie, here, f"{here}/actions/ask_call", number="+44 20 7946 0999", about="The four keys.")
    assert sent.status_code == 303
    page = owen.get(here)
    assert 'href="tel:+442079460999"' in page.text
    assert "Your call to the partner" in shown(page)
    assert case["ref"] in shown(owen.get("/"))
    assert "0999" not in as_(world, NADIA).get(here).text, "the number is for whoever calls"
    assert "calls" not in world.person(NADIA).get(f"/v1{here}").json
    noted = submit(owen, here, f"{here}/actions/record_call", call="call-1", text="They will be revoked.")
    assert noted.status_code == 303
    read = ellie.get(here)
    assert "They will be revoked." in shown(read)
    clock = next(c for c in world.reseller.get(f"/v1{here}").json["clocks"] if c["name"] == "first_response")
    assert clock["state"] == "done"


def test_the_partner_s_side_is_handed_to_a_colleague_of_the_same_house(
    world: World, case: dict[str, Any]
) -> None:
    here = f"/cases/{case['ref']}"
    ellie = as_(world, ELLIE)
    page = ellie.get(here)
    assert "Ben Archer" in page.text
    assert 'value="nadia-rahman"' not in page.text
    assert submit(ellie, here, f"{here}/actions/hand_partner", to="nadia-rahman").status_code == 422
    assert submit(ellie, here, f"{here}/actions/hand_partner", to="ben-archer").status_code == 303
    assert world.reseller.get(f"/v1{here}").json["partner_contact"]["name"] == "Ben Archer"


def test_a_duplicate_is_found_compared_and_closed_and_what_was_said_on_it_stays(world: World) -> None:
    order = ordered(world)
    kept, twice = opened(world, order, 10), opened(world, order, 10)
    world.reseller.post(f"/v1/cases/{twice['ref']}/actions/note", {"text": "Said on the second."})
    world.person(OWEN).post(
        f"/v1/cases/{twice['ref']}/actions/note", {"text": "Ours alone.", "visibility": "internal"}
    )
    owen, here = as_(world, OWEN), f"/cases/{twice['ref']}"
    assert f"{here}/duplicate?of={kept['ref']}" in owen.get(here).text
    confirm = f"{here}/duplicate?of={kept['ref']}"
    assert "This one goes on" in shown(owen.get(confirm))
    assert as_(world, ELLIE).get(confirm).status_code == 403
    assert as_(world, outsider(world)).get(confirm).status_code == 404
    refused = submit(owen, confirm, f"{here}/duplicate", duplicate_of="PF-2027-999999", root_cause="unknown")
    assert refused.status_code == 422
    done = submit(owen, confirm, f"{here}/duplicate", duplicate_of=kept["ref"], root_cause="reseller_error")
    assert (done.status_code, done.location) == (303, f"/cases/{kept['ref']}")
    ellie = as_(world, ELLIE)
    original = shown(ellie.get(f"/cases/{kept['ref']}"))
    assert "Said on the second." in original
    assert "Ours alone." not in original
    assert "Ours alone." in shown(owen.get(f"/cases/{kept['ref']}"))
    assert f'href="/cases/{kept["ref"]}"' in ellie.get(here).text
    assert world.reseller.get(f"/v1{here}").json["outcome"] == "cancelled"


def test_another_partner_s_case_is_never_offered_nor_taken_as_a_duplicate(world: World) -> None:
    mine = opened(world, ordered(world), 10)
    other = next(p["email"] for p in world.seeded.people if p["email"].endswith("@quayside.example"))
    order = ordered(world, reseller="quayside")
    theirs = (
        world.person(other)
        .post(
            "/v1/cases",
            {
                "order_id": order["id"],
                "type": "quantity_reduction",
                "reason": "wrong_quantity",
                "lines": [{"line_no": 1, "quantity": 10}],
                "description": "Theirs.",
            },
        )
        .json
    )
    here = f"/cases/{mine['ref']}"
    page = as_(world, OWEN).get(f"{here}/duplicate?of={theirs['ref']}")
    assert "could be a duplicate of" in shown(page)
    assert "Theirs." not in page.text


def test_which_mails_come_one_by_one_is_chosen_on_the_account_s_page(world: World) -> None:
    browser = as_(world, BEN)
    sent = submit(browser, "/account", "/account/mails", mails="digest")
    assert (sent.status_code, sent.location) == (303, "/account")
    assert world.person(BEN).get("/v1/people/me/mail-choices").json["mails"] == "digest"
    assert submit(browser, "/account", "/account/mails", mails="never").status_code == 422
    submit(browser, "/account", "/account/mails", mails="at_once")


def test_one_s_own_keys_are_exchanged_and_revoked_on_the_account_s_page(world: World) -> None:
    with unit_of_work(world.app.extensions["engine"]) as session:
        secret = new_key(session, "ben-archer", label="the nightly script", scopes=["cases:read"])
    browser = as_(world, BEN)
    assert "the nightly script" in shown(browser.get("/account"))
    mine = [
        k for k in world.person(BEN).get("/v1/api-keys").json["items"] if k["label"] == "the nightly script"
    ]
    number = mine[0]["id"]
    assert submit(as_(world, ELLIE), "/account", f"/account/keys/{number}/revoke").status_code == 404
    made = submit(browser, "/account", f"/account/keys/{number}/rotate")
    assert made.status_code == 201
    assert made.headers["Cache-Control"] == "no-store"
    assert 'value="pf_' in made.text
    headers = {"Authorization": f"Bearer {secret}"}
    assert world.app.test_client().get("/v1/cases", headers=headers).status_code == 401
    assert submit(browser, "/account", f"/account/keys/{number}/rotate").status_code in (303, 404)
    keys = world.person(BEN).get("/v1/api-keys").json["items"]
    new = max(k["id"] for k in keys if k["label"] == "the nightly script")
    assert submit(browser, "/account", f"/account/keys/{new}/revoke").status_code == 303
    assert "the nightly script" not in shown(browser.get("/account"))
