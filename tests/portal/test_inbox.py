"""The inbox: what waits for one's decision, decided on the page that shows everything, never by opening it."""

import pytest

from tests.api.calling import World, opened, ordered
from tests.portal.browsing import Browser
from tests.portal.pages import shown, submit

PRIYA = "priya.nair@arbor.example"
OWEN = "owen.clarke@arbor.example"


def waiting(world: World) -> tuple[str, str]:
    """(reference, step) of a case whose first step is Priya's."""
    case = opened(world, ordered(world), 30)
    items = world.person(PRIYA).get("/v1/approvals?mine=true&limit=200").json["items"]
    step = next(each for each in items if each["case_ref"] == case["ref"])
    return case["ref"], step["id"]


@pytest.fixture
def priya(browser: Browser) -> Browser:
    browser.sign_in(PRIYA)
    return browser


def test_a_step_shows_request_policy_money_of_both_legs_and_who_else_decides(
    world: World, priya: Browser
) -> None:
    ref, step = waiting(world)
    words = shown(priya.get(f"/approvals/{step}"))
    for said in (ref, "Fewer were needed.", "£1,123.20", "£988.20", "unactivated.30-days", "Who decides it"):
        assert said in words


def test_opening_a_step_a_hundred_times_decides_nothing(world: World, priya: Browser) -> None:
    ref, step = waiting(world)
    for _ in range(20):
        assert priya.get(f"/approvals/{step}").status_code == 200
    assert world.person(OWEN).get(f"/v1/cases/{ref}").json["stage"] == "approval"


def test_approving_from_the_page_decides_and_leads_back_to_what_waits(world: World, priya: Browser) -> None:
    ref, step = waiting(world)
    page = f"/approvals/{step}"
    version = world.person(PRIYA).get(f"/v1{page}").json["version"]
    fields = {"decision": "approve", "version": version, "text": "Reported the same day."}
    answer = submit(priya, page, f"{page}/decision", **fields)
    assert (answer.status_code, answer.location) == (303, "/inbox")
    assert "Approved" in shown(priya.get("/inbox"))
    assert world.person(OWEN).get(f"/v1/approvals/{step}").json["status"] == "decided"
    assert ref


def test_a_partial_approval_takes_the_amount_as_it_is_typed(world: World, priya: Browser) -> None:
    _, step = waiting(world)
    page = f"/approvals/{step}"
    version = world.person(PRIYA).get(f"/v1{page}").json["version"]
    fields = {
        "decision": "approve_partial",
        "version": version,
        "text": "Half of it.",
        "amount__currency": "GBP",
    }
    answer = submit(priya, page, f"{page}/decision", amount__amount="468", **fields)
    assert answer.status_code == 303, shown(answer)
    decided = world.person(OWEN).get(f"/v1/approvals/{step}").json
    assert decided["decisions"][0]["decision"] == "approve_partial"


def test_a_decision_on_what_was_shown_before_a_change_is_refused_as_stale(
    world: World, priya: Browser
) -> None:
    _, step = waiting(world)
    page = f"/approvals/{step}"
    answer = submit(priya, page, f"{page}/decision", decision="approve", version="0" * 64)
    assert answer.status_code == 412
    assert 'role="alert"' in answer.text


def test_a_decline_without_words_is_refused_and_keeps_the_choice(world: World, priya: Browser) -> None:
    _, step = waiting(world)
    page = f"/approvals/{step}"
    answer = submit(priya, page, f"{page}/decision", decision="decline", version="1", reason_code="activated")
    assert answer.status_code == 422
    assert "the partner reads it" in shown(answer)


def test_a_reseller_has_no_inbox(browser: Browser) -> None:
    browser.sign_in("ellie.marsh@harbour.example")
    assert browser.get("/inbox").status_code == 403
    assert "To decide" not in shown(browser.get("/"))


def test_a_reader_of_another_language_types_amounts_in_their_own_way(world: World, priya: Browser) -> None:
    _, step = waiting(world)
    chosen = world.person(PRIYA).put("/v1/people/me/mail-choices", {"mails": "at_once", "locale": "de_DE"})
    assert chosen.status_code == 200, chosen.text
    page = f"/approvals/{step}"
    version = world.person(PRIYA).get(f"/v1{page}").json["version"]
    fields = {
        "decision": "approve_partial",
        "version": version,
        "text": "Ein Teil.",
        "amount__currency": "GBP",
    }
    answer = submit(priya, page, f"{page}/decision", amount__amount="1.234,50", **fields)
    assert answer.status_code == 409, shown(answer)  # understood: it is more than the 936.00 that were asked
    assert submit(priya, page, f"{page}/decision", amount__amount="468,50", **fields).status_code == 303
