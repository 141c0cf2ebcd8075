"""The guided dispute: what comes of it is shown before it is sent, nothing typed is lost, none is opened twice."""

import re

import pytest
from werkzeug.test import TestResponse

from tests.api.calling import World, ordered
from tests.portal.browsing import Browser, token_of
from tests.portal.pages import key_of, shown

ELLIE = "ellie.marsh@harbour.example"
WRONG = {"reason": "wrong_quantity", "type": "quantity_reduction", "description": "Fewer were needed."}


@pytest.fixture
def ellie(browser: Browser) -> Browser:
    browser.sign_in(ELLIE)
    return browser


def begun(browser: Browser, *orders: str) -> str:
    """The address of a new draft about these orders."""
    loaded = browser.get("/cases/new")
    answer = browser.client.post(
        "/cases/new",
        data={"csrf_token": token_of(loaded), "key": key_of(loaded), "order": list(orders)},
        base_url="https://desk.example",
        headers={"Accept": "text/html"},
    )
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def typed(browser: Browser, draft: str, to: str = "", **fields: str) -> TestResponse:
    loaded = browser.get(draft)
    own = {"csrf_token": token_of(loaded), "key": key_of(loaded)}
    sent = own | {name.replace("__", "."): value for name, value in fields.items()}
    return browser.post(draft + to, sent)


def fewer(place: int, quantity: str) -> dict[str, str]:
    name = f"orders__{place}__lines__0__"
    return {f"{name}line_no": "1", f"{name}quantity": quantity}


def cases(world: World) -> int:
    return len(world.reseller.get("/v1/cases?limit=200").json["items"])


def test_verdict_money_deciders_and_times_are_shown_before_anything_is_sent(
    world: World, ellie: Browser
) -> None:
    draft, before = begun(ellie, ordered(world)["id"]), cases(world)
    answer = typed(ellie, draft, **WRONG, **fewer(0, "20"))
    assert (answer.status_code, answer.location) == (303, f"{draft}#outlook")
    words = shown(ellie.get(draft))
    for said in ("Within policy", "£748.80", "Owner", "by "):
        assert said in words
    assert "549" not in words
    assert cases(world) == before


def test_what_was_typed_stays_until_it_is_sent(world: World, ellie: Browser) -> None:
    draft = begun(ellie, ordered(world)["id"])
    typed(ellie, draft, **WRONG, **fewer(0, "20"))
    assert "Fewer were needed." in ellie.get(draft).text
    assert draft in ellie.get("/cases/new").text


def test_sending_opens_the_case_with_what_was_typed(world: World, ellie: Browser) -> None:
    draft = begun(ellie, ordered(world)["id"])
    answer = typed(ellie, draft, "/send", **WRONG, **fewer(0, "20"))
    assert answer.status_code == 303
    case = world.reseller.get(f"/v1{answer.location}").json
    assert (case["reason"], case["description"]) == ("wrong_quantity", "Fewer were needed.")
    assert case["lines"][0]["quantity"] == 20
    assert ellie.get(draft).status_code == 404


def test_one_mistake_over_two_orders_becomes_two_cases(world: World, ellie: Browser) -> None:
    orders = [ordered(world)["id"], ordered(world)["id"]]
    draft, before = begun(ellie, *orders), cases(world)
    answer = typed(ellie, draft, "/send", **WRONG, **fewer(0, "5"), **fewer(1, "7"))
    assert answer.status_code == 303
    assert cases(world) == before + 2


def test_what_is_refused_stays_in_the_draft_and_what_was_opened_is_not_opened_again(
    world: World, ellie: Browser
) -> None:
    orders = [ordered(world)["id"], ordered(world)["id"]]
    draft, before = begun(ellie, *orders), cases(world)
    answer = typed(ellie, draft, "/send", **WRONG, **fewer(0, "5"), **fewer(1, "51"))
    assert answer.status_code == 409
    assert re.search(r"sent: PF-\d{4}-\d{6}", shown(answer))
    assert cases(world) == before + 1
    again = typed(ellie, draft, "/send", **WRONG, **fewer(0, "5"), **fewer(1, "7"))
    assert again.status_code == 303
    assert cases(world) == before + 2


def test_a_draft_is_its_writer_s_alone(world: World, ellie: Browser) -> None:
    draft = begun(ellie, ordered(world)["id"])
    other = Browser(world.app)
    other.sign_in("ben.archer@harbour.example")
    assert other.get(draft).status_code == 404
    assert typed_blind(other, draft).status_code == 404


def typed_blind(browser: Browser, draft: str) -> TestResponse:
    """A form that was never shown, sent all the same."""
    return browser.send(draft, "/account", key="a-key-of-ours", reason="other")


def test_an_order_of_another_house_is_not_drafted(world: World, ellie: Browser) -> None:
    foreign = ordered(world, reseller="quayside")["id"]
    draft = begun(ellie, foreign)
    assert ellie.get(draft).status_code == 404
