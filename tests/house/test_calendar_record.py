"""`partnerflow calendar set`, `team` and `show`: whose calendar says what, in the record."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from api.cli import main
from partnerflow import desk
from partnerflow.calendars import Calendar, describe
from partnerflow.desk.calendars import SetCalendar, SetTeam
from partnerflow.store.closures import Owner, OwnerKind
from partnerflow.store.database import unit_of_work
from partnerflow.store.directory import snapshot
from tests.support.fresh import Database
from tests.workflows.house import House, seeded

OFFICE = "Mon-Fri 09:00-12:30, 13:00-17:30 Europe/London"
BERLIN = """\
zone: Europe/Berlin
hours: {mon-thu: ["08:00-16:30"], fri: ["08:00-14:00"]}
holidays: {country: DE, subdivision: BE, not: [2027-03-08]}
"""


@pytest.fixture(scope="module")
def house(module_database: Database) -> Iterator[House]:
    with seeded(module_database) as found:
        yield found


@pytest.fixture(autouse=True)
def address(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", house.database.app_url)


@pytest.fixture
def berlin(tmp_path: Path) -> Path:
    return written(tmp_path, BERLIN)


def written(directory: Path, text: str) -> Path:
    file = directory / "calendar.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["calendar", *map(str, arguments)])


def done(*arguments: object) -> str:
    result = run(*arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


def complaint(code: int, *arguments: object) -> str:
    result = run(*arguments)
    assert result.exit_code == code, result.output
    return " ".join(result.stderr.split())


def calendar_of(house: House, person: str) -> Calendar:
    with unit_of_work(house.engine) as session:
        return snapshot(session).directory.person(person).calendar


def test_a_team_keeps_the_hours_it_is_given_until_it_inherits_again(house: House, berlin: Path) -> None:
    team = ("team", "berlin", "--organisation", "arbor", "--name", "Berlin office")
    assert "has 2 members" in done(*team, "--member", "owen-clarke", "--member", "ruth-lindqvist")
    assert describe(calendar_of(house, "owen-clarke")) == OFFICE

    done("set", berlin, "--for", "team:berlin")
    found = calendar_of(house, "owen-clarke")
    assert describe(found) == "Mon-Thu 08:00-16:30; Fri 08:00-14:00 Europe/Berlin"
    assert calendar_of(house, "ruth-lindqvist") == found
    assert describe(calendar_of(house, "yuki-tanaka")) == OFFICE

    assert "has 1 members" in done(*team, "--member", "ruth-lindqvist")
    assert describe(calendar_of(house, "owen-clarke")) == OFFICE
    done("set", "--for", "team:berlin", "--inherit")
    assert describe(calendar_of(house, "ruth-lindqvist")) == OFFICE


def test_a_person_keeps_their_own_hours_over_the_team_s(house: House, berlin: Path) -> None:
    done("set", berlin, "--for", "person:peter-holt")
    assert calendar_of(house, "peter-holt").zone == "Europe/Berlin"
    done("set", "--inherit", "--for", "person:peter-holt")
    assert describe(calendar_of(house, "peter-holt")) == OFFICE


def test_an_organisation_s_hours_are_those_of_everybody_without_their_own(house: House, berlin: Path) -> None:
    done("set", berlin, "--for", "organisation:quayside")
    assert calendar_of(house, "karl-jensen").zone == "Europe/Berlin"
    sentence = complaint(1, "set", "--inherit", "--for", "organisation:quayside")
    assert "An organisation has a calendar of its own" in sentence


def test_what_is_shown_can_be_tried_at_once(house: House, berlin: Path, tmp_path: Path) -> None:
    done("team", "tried", "--organisation", "arbor", "--name", "Tried", "--member", "tom-becker")
    done("set", berlin, "--for", "team:tried")
    ics = tmp_path / "closures.ics"
    ics.write_text(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:a\r\nDTSTART;VALUE=DATE:20270105\r\n"
        "SUMMARY:Moving\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    done("import", ics, "--for", "person:tom-becker")

    text = done("show", "--for", "person:tom-becker")
    assert text.startswith("# person:tom-becker, with the hours of team:tried\nzone: Europe/Berlin\n")
    shown = written(tmp_path, text)
    answer = json.loads(
        done("due", "--calendar", shown, "--from", "2027-01-04T16:00:00+01:00", "--minutes", 60)
    )
    assert answer["due_local"] == "2027-01-06T08:30:00+01:00"
    assert done("show", "--for", "organisation:meridian").startswith("# organisation:meridian\n")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("zone: Europe/Berlin", "hours: is missing"),
        (BERLIN.replace("BE,", "XX,"), "holidays.subdivision: unknown subdivision 'XX'"),
    ],
)
def test_a_faulty_document_is_refused_before_it_reaches_the_record(
    house: House, tmp_path: Path, text: str, sentence: str
) -> None:
    assert sentence in complaint(2, "set", written(tmp_path, text), "--for", "person:owen-clarke")


def test_closures_and_calendars_that_never_open_are_refused(house: House, tmp_path: Path) -> None:
    closed = written(tmp_path, BERLIN + "closures: {2027-05-05: Away}\n")
    assert "closures: are kept apart" in complaint(1, "set", closed, "--for", "person:owen-clarke")
    never = written(tmp_path, "zone: UTC\nhours: {}\n")
    assert "Owen Clarke would not open" in complaint(1, "set", never, "--for", "person:owen-clarke")
    assert describe(calendar_of(house, "owen-clarke")) == OFFICE


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (("show", "--for", "person:nobody"), 2, "there is no person 'nobody'"),
        (("set", "--for", "team:nowhere", "--inherit"), 2, "there is no team 'nowhere'"),
        (("set", "--for", "person:owen-clarke"), 2, "Give either FILE or --inherit"),
        (("team", "Berlin!", "--organisation", "arbor", "--name", "X"), 1, "A team's code is a short name"),
        (("team", "x", "--organisation", "arbor", "--name", " "), 1, "A team has a name"),
        (("team", "x", "--organisation", "nowhere", "--name", "X"), 1, "There is no organisation nowhere"),
        (("team", "x", "--organisation", "arbor", "--name", "X", "--member", "ellie-marsh"), 1,
         "arbor has no person ellie-marsh"),
    ],
)  # fmt: skip
def test_a_fault_is_said_in_a_sentence(
    house: House, arguments: tuple[str, ...], code: int, sentence: str
) -> None:
    assert sentence in complaint(code, *arguments)


def test_a_code_belongs_to_one_organisation(house: House) -> None:
    done("team", "desk", "--organisation", "meridian", "--name", "Desk")
    sentence = complaint(1, "team", "desk", "--organisation", "arbor", "--name", "Desk")
    assert "There is a team desk already" in sentence


def test_only_an_admin_sets_hours(house: House) -> None:
    manager, admin = house.actor("priya-nair"), house.actor("robin-marsh")
    asked = SetTeam("by-hand", "By hand", ("tom-becker",))
    refused = desk.handle(house.engine, desk.Request(asked, manager, "manager-sets", "calendar/arbor"))
    assert refused.code == "forbidden"
    outcome = desk.handle(
        house.engine,
        desk.Request(asked, admin, "admin-sets", "calendar/arbor"),
    )
    assert outcome.state is desk.State.DONE


def test_a_faulty_document_is_refused_at_the_desk_too(house: House) -> None:
    owner = Owner(OwnerKind.PERSON, "owen-clarke")
    asked = SetCalendar(owner, {"zone": "Europe/Lundon", "hours": {}})
    admin = house.actor("robin-marsh")
    outcome = desk.handle(house.engine, desk.Request(asked, admin, "faulty", "calendar/arbor"))
    assert outcome.code == "invalid-parameter"
    assert "unknown time zone 'Europe/Lundon'" in outcome.body
