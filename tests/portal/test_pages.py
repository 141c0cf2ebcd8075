"""Home, orders, cases and the finder: everybody's own, nothing of others, nothing that is not for them."""

import pytest

from tests.api.calling import World, ago, an_order, opened, ordered
from tests.portal.browsing import Browser
from tests.portal.pages import shown, submit

ELLIE = "ellie.marsh@harbour.example"
KARL = "karl.jensen@quayside.example"
NADIA = "nadia.rahman@meridian.example"
OWEN = "owen.clarke@arbor.example"


@pytest.fixture
def ellie(browser: Browser) -> Browser:
    browser.sign_in(ELLIE)
    return browser


def test_a_case_says_who_has_it_what_is_next_by_when_and_what_is_needed(world: World, ellie: Browser) -> None:
    case = opened(world, ordered(world), 20)
    words = shown(ellie.get(f"/cases/{case['ref']}"))
    owner = case["contacts"]["owner"]
    for said in (owner["name"], owner["phone"], case["next"], "What we need from you Nothing", "Received"):
        assert said in words
    assert "Next word from us" in words


def test_no_page_of_a_reseller_shows_an_upstream_price_or_an_inner_word(world: World, ellie: Browser) -> None:
    order = ordered(world)
    case = opened(world, order, 20)
    note = {"text": "Between us: margin is thin.", "visibility": "internal"}
    world.person(OWEN).post(f"/v1/cases/{case['ref']}/actions/note", note)
    for path in (f"/cases/{case['ref']}", f"/orders/{order['id']}", "/", "/cases", "/orders"):
        text = ellie.get(path).text
        for hidden in ("27.45", "549.00", "margin is thin", "Vendor →", "A-" + order["number"]):
            assert hidden not in text, (path, hidden)


def test_staff_see_both_legs_and_what_is_between_them(world: World, browser: Browser) -> None:
    case = opened(world, ordered(world), 20)
    browser.sign_in(OWEN)
    words = shown(browser.get(f"/cases/{case['ref']}"))
    assert "549.00" in words
    assert "Vendor → distributor" in words


@pytest.mark.parametrize("path", ["/cases/{ref}", "/orders/{order}", "/approvals/{ref}-1-1"])
def test_what_is_another_house_s_does_not_exist(world: World, browser: Browser, path: str) -> None:
    order = ordered(world)
    case = opened(world, order, 20)
    browser.sign_in(KARL)
    answer = browser.get(path.format(ref=case["ref"], order=order["id"]))
    assert answer.status_code in (403, 404)
    assert case["ref"] not in shown(answer)
    assert "There is nothing here for you" in shown(answer) or "not yours" in shown(answer)


def test_home_says_what_needs_its_reader_and_what_moves_by_itself(world: World, ellie: Browser) -> None:
    case = opened(world, ordered(world), 20)
    assert case["ref"] in shown(ellie.get("/")).partition("Moving")[2]
    world.person(OWEN).post(f"/v1/cases/{case['ref']}/actions/ask_partner", {"text": "Which of them?"})
    needs, _, moving = shown(ellie.get("/")).partition("Moving")
    assert case["ref"] in needs
    assert case["ref"] not in moving


def test_a_question_is_answered_from_the_page_of_its_case(world: World, ellie: Browser) -> None:
    case = opened(world, ordered(world), 20)
    page = f"/cases/{case['ref']}"
    world.person(OWEN).post(f"/v1{page}/actions/ask_partner", {"text": "Which of them?"})
    asked = world.reseller.get(f"/v1{page}").json["asked_of_you"][0]
    answer = submit(ellie, page, f"{page}/actions/answer", question=asked["id"], text="The last twenty.")
    assert (answer.status_code, answer.location) == (303, page)
    assert "The last twenty." in shown(ellie.get(page))
    assert "One answer" not in shown(ellie.get(page))


def test_a_refused_form_comes_back_with_what_was_typed_and_why(world: World, ellie: Browser) -> None:
    case = opened(world, ordered(world), 20)
    page = f"/cases/{case['ref']}"
    answer = submit(ellie, page, f"{page}/actions/escalate", reason="It is urgent.")
    assert answer.status_code == 409
    assert 'role="alert"' in answer.text
    assert "It is urgent." in answer.text


def test_a_form_sent_twice_is_one_note(world: World, ellie: Browser) -> None:
    case = opened(world, ordered(world), 20)
    page = f"/cases/{case['ref']}"
    loaded = ellie.get(page)
    from tests.portal.browsing import token_of
    from tests.portal.pages import key_of

    fields = {"csrf_token": token_of(loaded), "key": key_of(loaded), "text": "Said once."}
    for _ in range(2):
        assert ellie.post(f"{page}/actions/note", fields).status_code == 303
    assert ellie.get(page).text.count("Said once.") == 1


def test_what_people_type_is_shown_and_never_run(world: World, ellie: Browser) -> None:
    hostile = "<script>alert(1)</script> {{7*7}} <img src=x onerror=alert(1)>"
    case = opened(world, ordered(world), 20, description=hostile)
    answer = ellie.get(f"/cases/{case['ref']}")
    assert "&lt;script&gt;alert(1)&lt;/script&gt; {{7*7}}" in answer.text
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "unsafe" not in answer.headers["Content-Security-Policy"]


def test_an_order_on_hold_is_answered_on_its_page(world: World, browser: Browser) -> None:
    line = an_order()["lines"][0] | {"sku": "LIC-PRO", "unit_price": "50.00", "upstream_unit_price": "44.00"}
    line["licence"] = line["licence"] | {"edition": "pro"}
    made = world.distributor.post("/v1/orders", an_order(lines=[line])).json
    assert made["status"] == "on_hold"
    browser.sign_in(NADIA)
    page = f"/orders/{made['id']}"
    assert "please confirm" in shown(browser.get(page))
    fields = {"finding": made["findings"][0]["code"], "text": "They asked for Pro."}
    assert submit(browser, page, f"{page}/actions/acknowledge", **fields).status_code == 303
    assert world.distributor.get(f"/v1/orders/{made['id']}").json["status"] == "accepted"


def test_an_order_says_the_last_safe_minute_of_each_line_and_whom_to_ask(
    world: World, ellie: Browser
) -> None:
    order = ordered(world, placed_at=ago(hours=2))
    words = shown(ellie.get(f"/orders/{order['id']}"))
    assert "Last safe minute" in words
    assert order["contacts"]["owner"]["name"] in words
    assert "50 × 100 %" in words


def test_the_finder_names_who_handles_licences_in_another_country(world: World, ellie: Browser) -> None:
    asked = world.reseller.get("/v1/contacts?country=FR&topic=licensing").json["items"][0]["contact"]
    words = shown(ellie.get("/contacts?country=FR&topic=licensing"))
    assert asked["name"] in words
    assert asked["phone"] in words


def test_an_admin_sees_that_a_case_is_there_and_nothing_of_it(world: World, browser: Browser) -> None:
    case = opened(world, ordered(world), 20, description="A word of theirs.")
    browser.sign_in("robin.marsh@arbor.example")
    words = shown(browser.get(f"/cases/{case['ref']}"))
    assert case["ref"] in words
    assert "A word of theirs." not in words
    assert "£" not in words
