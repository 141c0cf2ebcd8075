"""Search: by the beginnings of words and numbers, only what the reader may see, straight there by a whole number."""

from typing import Any

import pytest
from sqlalchemy import text

from tests.api.calling import World, opened, ordered
from tests.api.test_voids import credited
from tests.portal.browsing import Browser

ELLIE, AMARA = "ellie.marsh@harbour.example", "amara.diallo@arbor.example"


@pytest.fixture(scope="module")
def case(world: World) -> dict[str, Any]:
    order = ordered(world, po_number="PO-77123")
    said = "Zwölf Plätze zu viel, said Quentin."
    return opened(world, order, 2, description=said) | {
        "order_number": order["number"],
        "order_id": order["id"],
    }


def signed_in(world: World, who: str) -> Browser:
    browser = Browser(world.app)
    browser.sign_in(who)
    return browser


def found(browser: Browser, q: str) -> str:
    answer = browser.get(f"/search?q={q}")
    assert answer.status_code == 200, answer.location or answer.text
    return answer.text


def test_cases_are_found_by_words_numbers_and_their_last_digits(world: World, case: dict[str, Any]) -> None:
    ellie = signed_in(world, ELLIE)
    for q in ("quent", "PLÄTZE", "zwölf quentin", "po-77", "77123", case["ref"][-6:]):
        assert f'href="/cases/{case["ref"]}"' in found(ellie, q), q
    assert case["ref"] not in found(ellie, "quentin nowhere")
    assert "Nothing found" in found(ellie, "uentin")


def test_a_whole_number_leads_straight_to_its_page(world: World, case: dict[str, Any]) -> None:
    ellie, note = signed_in(world, ELLIE), credited(world)["numbers"]["downstream"]
    by_ref = ellie.get(f"/search?q={case['ref'].lower()}")
    assert (by_ref.status_code, by_ref.location) == (302, f"/cases/{case['ref']}")
    assert ellie.get(f"/search?q={case['order_number']}").location == f"/orders/{case['order_id']}"
    assert ellie.get(f"/search?q={note}").location == f"/credit-notes/{note}"


def test_an_invoice_leads_to_its_order_on_the_legs_one_sees(world: World, case: dict[str, Any]) -> None:
    ellie, amara, number = signed_in(world, ELLIE), signed_in(world, AMARA), case["order_number"]
    assert f"I-{number}" in found(ellie, f"I-{number}")
    assert f"A-{number}" in found(amara, f"A-{number}")
    assert "Nothing found" in found(ellie, f"A-{number}")


def test_nothing_of_others_nor_of_the_other_leg_is_found(world: World, case: dict[str, Any]) -> None:
    upstream = credited(world)["numbers"]["upstream"]
    other = next(str(p["email"]) for p in world.seeded.people if p["organisation"] == "quayside")
    for who in (signed_in(world, other), signed_in(world, "claire.dubois@arbor.example")):
        for q in ("quentin", case["ref"], "77123"):
            assert "Nothing found" in found(who, q)
    assert "Nothing found" in found(signed_in(world, ELLIE), upstream)
    assert signed_in(world, AMARA).get(f"/search?q={upstream}").location == f"/credit-notes/{upstream}"


def test_people_are_found_by_name_partners_find_their_own(world: World, case: dict[str, Any]) -> None:
    amara, ellie = signed_in(world, AMARA), signed_in(world, ELLIE)
    assert "owen.clarke@arbor.example" in found(amara, "owen cla") and ELLIE in found(amara, "ellie")
    assert ELLIE in found(ellie, "marsh") and "Nothing found" in found(ellie, "owen cla")


def test_an_admin_finds_people_and_references_but_no_words(world: World, case: dict[str, Any]) -> None:
    robin = signed_in(world, "robin.marsh@arbor.example")
    assert "Nothing found" in found(robin, "quentin")
    assert "Nothing found" in found(robin, case["order_number"])
    assert robin.get(f"/search?q={case['ref']}").location == f"/cases/{case['ref']}"


def test_an_empty_search_says_what_can_be_found(world: World) -> None:
    ellie = signed_in(world, ELLIE)
    assert "A whole number opens its page" in ellie.get("/search").text + found(ellie, "")


def test_the_walls_leave_the_index_of_beginnings_usable(world: World, case: dict[str, Any]) -> None:
    """Text search behind row-level security would read everything: this stays a range of an index."""
    query = """EXPLAIN SELECT target FROM search_term WHERE kind = 'case' AND term >= 'quent' AND term < 'quenu'"""
    with world.app.extensions["engine"].begin() as connection:
        connection.execute(text("SELECT set_config('pf.org', 'harbour', true)"))
        connection.execute(text("SET LOCAL enable_seqscan = off"))
        plan = "\n".join(connection.execute(text(query)).scalars())
    assert "term >= 'quent'" in plan.split("Filter")[0] and "Index Cond" in plan
