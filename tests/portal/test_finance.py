"""The money as pages: overview, reports and books with the API's figures and rights, and taking a note back."""

from typing import Any
from uuid import uuid4

import pytest

from tests.api.calling import World
from tests.api.test_voids import credited
from tests.portal.browsing import Browser

AMARA, LUCY = "amara.diallo@arbor.example", "lucy.pemberton@arbor.example"
NADIA, ELLIE = "nadia.rahman@meridian.example", "ellie.marsh@harbour.example"
PAGES = ("/finance", "/finance/exposure", "/finance/reconciliation", "/finance/ledger")


@pytest.fixture(scope="module")
def case(world: World) -> dict[str, Any]:
    return credited(world)


def signed_in(world: World, who: str) -> Browser:
    browser = Browser(world.app)
    browser.sign_in(who)
    return browser


def test_finance_reads_overview_reports_and_books(world: World, case: dict[str, Any]) -> None:
    amara = signed_in(world, AMARA)
    for path in PAGES:
        assert amara.get(path).status_code == 200, path
    pairs = amara.get("/finance/reconciliation").text
    assert (
        case["ref"] in pairs
        and case["numbers"]["upstream"] in pairs
        and "/v1/reports/reconciliation.csv" in pairs
    )
    books = amara.get("/finance/ledger").text
    assert "in balance" in books and "out of balance" not in books and "S 20 %" in books
    posted = amara.get("/finance/account?account=meridian:receivables:harbour").text
    assert case["numbers"]["downstream"] in posted


def test_a_distributor_reads_its_own_but_not_the_books(world: World, case: dict[str, Any]) -> None:
    nadia = signed_in(world, NADIA)
    assert [nadia.get(path).status_code for path in PAGES] == [200, 200, 200, 403]
    assert "/finance/ledger" not in nadia.get("/finance").text


@pytest.mark.parametrize("who", [ELLIE, "robin.marsh@arbor.example", "owen.clarke@arbor.example"])
def test_others_read_none_of_it(world: World, who: str) -> None:
    browser = signed_in(world, who)
    assert [browser.get(path).status_code for path in PAGES] == [403] * len(PAGES)


def test_a_reseller_sees_its_own_note_and_nothing_of_the_other_leg(
    world: World, case: dict[str, Any]
) -> None:
    ellie = signed_in(world, ELLIE)
    shown = ellie.get(f"/credit-notes/{case['numbers']['downstream']}")
    assert shown.status_code == 200 and "£374.40" in shown.text
    for page in (shown, ellie.get("/credit-notes"), ellie.get("/statements")):
        assert "ARB-" not in page.text and "27.45" not in page.text and "Ask for it" not in page.text
    assert ellie.get(f"/credit-notes/{case['numbers']['upstream']}").status_code == 404
    stranger = signed_in(world, _of(world, "quayside"))
    assert stranger.get(f"/credit-notes/{case['numbers']['downstream']}").status_code == 404


def test_two_people_of_finance_take_a_note_back_from_its_page(world: World, case: dict[str, Any]) -> None:
    number = case["numbers"]["downstream"]
    amara, lucy, path = signed_in(world, AMARA), signed_in(world, LUCY), f"/credit-notes/{number}"
    unsaid = amara.send(f"{path}/void", path, key=str(uuid4()))
    assert unsaid.status_code == 422 and 'role="alert"' in unsaid.text
    asked = amara.send(f"{path}/void", path, key=str(uuid4()), reason="Wrong price.")
    assert (asked.status_code, asked.location) == (303, path)
    assert "another person of finance has to agree" in amara.get(path).text
    overview = lucy.get("/finance").text
    assert f'href="{path}"' in overview and "asked by Amara Diallo" in overview
    assert "Agree: make it void" in lucy.get(path).text
    assert lucy.send(f"{path}/void", path, key=str(uuid4()), reason="So it is.").status_code == 303
    gone = lucy.get(path).text
    assert "Taken back by debit note" in gone and "Ask for it" not in gone
    not_mine = signed_in(world, NADIA).send(f"{path}/void", key=str(uuid4()), reason="No.")
    assert not_mine.status_code == 403


def _of(world: World, organisation: str) -> str:
    return next(str(p["email"]) for p in world.seeded.people if p["organisation"] == organisation)
