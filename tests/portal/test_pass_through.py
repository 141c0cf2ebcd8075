"""The distributor's desk confirms in place: credits passed on, and notes of its own system."""

import re
from uuid import uuid4

from tests.api.calling import World
from tests.api.test_voids import credited
from tests.portal.browsing import Browser

NADIA = "nadia.rahman@meridian.example"
PAGE = "/pass-through"


def test_what_waits_is_confirmed_where_it_stands(world: World, browser: Browser) -> None:
    ref = credited(world)["ref"]
    browser.sign_in(NADIA)
    page = browser.get(PAGE)
    assert ref in page.text and "£374.40" in page.text and "Harbour IT Ltd" in page.text
    fields = {"how": "refund", "reference": "BACS-77", "at": _now(page.text)}
    late = browser.send(
        f"{PAGE}/{ref}/confirm", PAGE, key=str(uuid4()), **(fields | {"at": "2099-01-01T09:00"})
    )
    assert late.status_code == 422 and "BACS-77" in late.text and late.text.count('role="alert"') == 1
    done = browser.send(f"{PAGE}/{ref}/confirm", PAGE, key=str(uuid4()), **fields)
    assert (done.status_code, done.location) == (303, PAGE)
    assert ref not in browser.get(PAGE).text
    case = browser.get(f"/v1/cases/{ref}", Accept="application/json").json
    assert (case["stage"], case["pass_through"]["reference"]) == ("closed", "BACS-77")


def test_a_note_of_ones_own_system_comes_first_with_what_was_instructed(
    world: World, browser: Browser
) -> None:
    path = "/v1/organisations/meridian/actions/change"
    assert world.admin.post(path, {"mandated": False}).status_code == 200
    try:
        ref = credited(world)["ref"]
    finally:
        world.admin.post(path, {"mandated": True})
    browser.sign_in(NADIA)
    page = browser.get(PAGE)
    assert "First the number of the credit note, then this." in page.text
    form = page.text.split(f'action="{PAGE}/{ref}/note"')[1].split("</form>")[0]
    fields = dict(re.findall(r'name="([^"]+)" type="[^"]+" value="([^"]*)"', form))
    assert (fields["net.amount"], fields["tax.amount"], fields["gross.amount"]) == (
        "312.00",
        "62.40",
        "374.40",
    )
    more = {f"{part}.currency": "GBP" for part in ("net", "tax", "gross")}
    sent = fields | more | {"leg": "downstream", "number": "MX-1", "key": str(uuid4())}
    done = browser.send(f"{PAGE}/{ref}/note", PAGE, **sent)
    assert done.status_code == 303, done.text
    assert "Confirm: they have it" in browser.get(PAGE).text
    assert "MX-1" in browser.get(f"/credit-notes?case={ref}").text
    assert "Another system issued it" in browser.get("/credit-notes/MX-1").text


def test_only_a_distributors_desk_confirms(world: World, browser: Browser) -> None:
    ref = credited(world)["ref"]
    browser.sign_in("ellie.marsh@harbour.example")
    assert browser.get(PAGE).status_code == 403
    fields = {"how": "refund", "reference": "X", "at": "2026-01-01T09:00", "key": str(uuid4())}
    assert browser.send(f"{PAGE}/{ref}/confirm", **fields).status_code == 403
    other = Browser(world.app)
    other.sign_in(NADIA)
    assert other.send(f"{PAGE}/PF-2020-000001/confirm", PAGE, **fields).status_code == 404


def _now(page: str) -> str:
    found = re.search(r'name="at" type="datetime-local" value="([^"]+)"', page)
    assert found
    return found[1]
