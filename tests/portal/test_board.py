"""The board and the team's load: open cases by stage and age, and who has how much."""

import re
from datetime import timedelta

from api.portal.board.openings import Open
from tests.api.calling import World, opened, ordered
from tests.portal.browsing import Browser

OWEN, PRIYA, ELLIE = "owen.clarke@arbor.example", "priya.nair@arbor.example", "ellie.marsh@harbour.example"


def test_the_board_shows_an_open_case_in_the_column_of_its_stage(world: World, browser: Browser) -> None:
    case = opened(world, ordered(world), 48)
    browser.sign_in(OWEN)
    page = browser.get("/board")
    column = page.text.split(f'id="stage-{case["stage"]}"')[1].split("</section>")[0]
    assert case["ref"] in column and f'href="/cases/{case["ref"]}"' in column
    assert "Harbour IT Ltd" in column and "Owen Clarke" in column
    count = re.search(r'class="chip num">(\d+)</span></h2>', column)
    assert count and int(count[1]) == column.count('class="card ticket')


def test_what_is_shown_is_said_by_the_address(world: World, browser: Browser) -> None:
    case = opened(world, ordered(world), 48)
    browser.sign_in(OWEN)
    assert case["ref"] in browser.get("/board?view=mine&reseller=harbour").text
    assert case["ref"] in browser.get(f"/board?person={OWEN}").text
    assert case["ref"] not in browser.get("/board?reseller=quayside").text
    assert case["ref"] not in browser.get("/board?view=overdue").text
    assert "There is nobody of this name" in browser.get("/board?person=nobody").text
    assert browser.get("/board?view=no").status_code == 422


def test_a_manager_finds_what_their_people_have(world: World, browser: Browser) -> None:
    case = opened(world, ordered(world), 48)
    browser.sign_in("daniel.reeves@arbor.example")
    assert case["ref"] in browser.get("/board?view=team").text


def test_the_older_a_case_the_louder_it_stands_there() -> None:
    def tone(**age: int) -> str:
        return Open("PF-1", "approval", None, "o", "o", (), (), (), False, timedelta(**age), {}).tone

    assert [tone(hours=47), tone(days=2), tone(days=5)] == ["", "warn", "late"]


def test_the_load_counts_cases_with_their_owner_and_steps_with_their_decider(
    world: World, browser: Browser
) -> None:
    opened(world, ordered(world), 48)
    browser.sign_in(PRIYA)
    page = browser.get("/team")
    rows = {name: row for row in page.text.split("<tr>") if (name := _name(row))}
    assert int(re.findall(r"Open cases: (\d+)", rows["Owen Clarke"])[0]) >= 1
    assert int(re.findall(r"Steps: (\d+)", rows["Priya Nair"])[0]) >= 1
    assert "Marta Kowalska stands in" in rows["Claire Dubois"]
    assert "Robin Marsh" not in rows
    assert "Owen Clarke" not in browser.get("/team?view=team").text.split("<tbody>")[1]


def test_board_and_load_are_for_those_who_work_on_cases(world: World, browser: Browser) -> None:
    for who in (ELLIE, "nadia.rahman@meridian.example", "robin.marsh@arbor.example"):
        other = Browser(world.app)
        other.sign_in(who)
        assert [other.get(path).status_code for path in ("/board", "/team")] == [403, 403]


def _name(row: str) -> str | None:
    found = re.search(r"<b>([^<]+)</b></a><br>", row)
    return found[1] if found else None
