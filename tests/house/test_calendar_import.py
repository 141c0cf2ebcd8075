"""`partnerflow calendar import`: closures from the calendars that other programs keep."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from api.cli import main
from partnerflow import desk
from partnerflow.calendars import is_open
from partnerflow.desk.closures import AddClosures, ClosedDay
from partnerflow.people import Actor, Role
from partnerflow.store.closures import Owner, OwnerKind
from partnerflow.store.database import unit_of_work
from partnerflow.store.directory import current_version, snapshot
from partnerflow.store.tables import directory as t
from tests.support.fresh import Database
from tests.workflows.house import House, seeded

EVENT = "BEGIN:VEVENT\r\n{}\r\nEND:VEVENT\r\n"
HEAD = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Example//Closures//EN\r\nX-WR-CALNAME:{}\r\n"
STOCKTAKING = "UID:a\r\nDTSTART;VALUE=DATE:20270816\r\nDTEND;VALUE=DATE:20270818\r\nSUMMARY:Stocktaking"
EVERY_CHRISTMAS_EVE = (
    "UID:b\r\nDTSTART;VALUE=DATE:20231224\r\nRRULE:FREQ=YEARLY\r\n"
    "EXDATE;VALUE=DATE:20291224\r\nSUMMARY:Christmas Eve"
)
STAND_UP = (
    "UID:c\r\nDTSTART:20270105T100000Z\r\nDTEND:20270105T103000Z\r\nRRULE:FREQ=WEEKLY\r\nSUMMARY:Stand-up"
)
OUTING = "UID:d\r\nDTSTART;VALUE=DATE:20270604\r\nSTATUS:CANCELLED\r\nSUMMARY:Outing"
IN_THE_PAST = "UID:e\r\nDTSTART;VALUE=DATE:20260604\r\nSUMMARY:Long ago"
MOVED = (
    "UID:f\r\nDTSTART;TZID=Europe/London:20270702T000000\r\n"
    "DTEND;TZID=Europe/London:20270703T000000\r\nSUMMARY:Moving"
)
BROKEN = "UID:g\r\nDTSTART;VALUE=DATE:2027\r\nSUMMARY:Broken"


@pytest.fixture(scope="module")
def house(module_database: Database) -> Iterator[House]:
    with seeded(module_database) as found:
        yield found


@pytest.fixture(autouse=True)
def address(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", house.database.app_url)


def ics(directory: Path, *events: str, name: str = "Ours") -> Path:
    file = directory / "closures.ics"
    text = HEAD.format(name) + "".join(EVENT.format(event) for event in events) + "END:VCALENDAR\r\n"
    file.write_bytes(text.encode())
    return file


def run(file: Path, owner: str, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["calendar", "import", str(file), "--for", owner, *arguments])


def taken(file: Path, owner: str, *arguments: str) -> dict[str, Any]:
    result = run(file, owner, *arguments, "--json")
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def closed_days(house: House, owner: str) -> dict[str, str]:
    kind, _, name = owner.partition(":")
    with unit_of_work(house.engine) as session:
        rows = session.query(t.Closure).filter(getattr(t.Closure, kind) == name).order_by(t.Closure.day)
        return {row.day.isoformat(): row.name for row in rows}


def at_work(house: House, person: str, day: str) -> bool:
    with unit_of_work(house.engine) as session:
        found = snapshot(session).directory.person(person)
    return is_open(found.calendar, datetime.fromisoformat(f"{day}T10:30:00").replace(tzinfo=UTC))


def counts(told: dict[str, Any]) -> tuple[int, int, int, int]:
    return told["added"], told["removed"], told["renamed"], told["unchanged"]


def test_whole_days_close_and_what_has_a_time_of_day_is_listed(house: House, tmp_path: Path) -> None:
    file = ics(tmp_path, STOCKTAKING, EVERY_CHRISTMAS_EVE, STAND_UP, OUTING, IN_THE_PAST, MOVED, BROKEN)
    told = taken(file, "organisation:arbor")

    assert told["source"] == "-//Example//Closures//EN Ours"
    assert (told["from"], told["until"]) == ("2027-01-04", "2033-01-01")
    assert closed_days(house, "organisation:arbor") == {
        "2027-07-02": "Moving",
        "2027-08-16": "Stocktaking",
        "2027-08-17": "Stocktaking",
        **{f"{year}-12-24": "Christmas Eve" for year in (2027, 2028, 2030, 2031, 2032)},
    }
    reasons = {left["name"]: left["reason"] for left in told["left_out"]}
    assert reasons["Stand-up"] == "it has a time of day; only whole days close"
    assert reasons["Outing"] == "it is cancelled"
    assert reasons["Broken"].startswith("it cannot be read")
    assert set(reasons) == {"Stand-up", "Outing", "Broken"}
    assert not at_work(house, "owen-clarke", "2027-08-16")
    assert at_work(house, "ellie-marsh", "2027-08-16")
    assert at_work(house, "owen-clarke", "2027-08-18")


def test_the_same_file_again_adds_nothing_and_raises_no_version(house: House, tmp_path: Path) -> None:
    file = ics(tmp_path, STOCKTAKING)
    assert counts(taken(file, "organisation:meridian")) == (2, 0, 0, 0)
    with unit_of_work(house.engine) as session:
        version = current_version(session)

    assert counts(taken(file, "organisation:meridian")) == (0, 0, 0, 2)
    assert counts(taken(file, "organisation:meridian")) == (0, 0, 0, 2)
    with unit_of_work(house.engine) as session:
        assert current_version(session) == version


def test_a_new_version_opens_what_is_no_longer_in_it_and_the_old_one_closes_it_again(
    house: House, tmp_path: Path
) -> None:
    old = STOCKTAKING
    new = STOCKTAKING.replace("DTSTART;VALUE=DATE:20270816", "DTSTART;VALUE=DATE:20270817") + " again"
    assert counts(taken(ics(tmp_path, old), "organisation:quayside")) == (2, 0, 0, 0)
    assert counts(taken(ics(tmp_path, new), "organisation:quayside")) == (0, 1, 1, 0)
    assert closed_days(house, "organisation:quayside") == {"2027-08-17": "Stocktaking again"}

    assert counts(taken(ics(tmp_path, old), "organisation:quayside")) == (1, 0, 1, 0)
    assert counts(taken(ics(tmp_path), "organisation:quayside")) == (0, 2, 0, 0)
    assert closed_days(house, "organisation:quayside") == {}


def test_each_source_keeps_its_own_days(house: House, tmp_path: Path) -> None:
    file, owner = ics(tmp_path, STOCKTAKING), "person:priya-nair"
    taken(file, owner, "--source", "hers")
    taken(file, owner, "--source", "her team's")
    assert counts(taken(ics(tmp_path), owner, "--source", "hers")) == (0, 2, 0, 0)

    assert not at_work(house, "priya-nair", "2027-08-16")
    assert at_work(house, "tom-becker", "2027-08-18")
    assert counts(taken(ics(tmp_path), owner, "--source", "her team's")) == (0, 2, 0, 0)
    assert at_work(house, "priya-nair", "2027-08-18")


def test_what_is_past_stays_closed(house: House, tmp_path: Path) -> None:
    with unit_of_work(house.engine) as session:
        day = date(2026, 6, 4)
        session.add(t.Closure(person="peter-holt", source="old", day=day, name="Long ago"))

    assert counts(taken(ics(tmp_path, STOCKTAKING), "person:peter-holt", "--source", "old")) == (2, 0, 0, 0)
    assert "2026-06-04" in closed_days(house, "person:peter-holt")


def test_a_team_is_closed_together(house: House, tmp_path: Path) -> None:
    with unit_of_work(house.engine) as session:
        session.add(t.Team(code="finance", organisation="arbor", name="Finance", zone="America/New_York"))
        session.flush()
        session.get_one(t.Person, "amara-diallo").team = "finance"

    told = taken(ics(tmp_path, STOCKTAKING, name="Finance"), "team:finance")
    assert counts(told) == (2, 0, 0, 0)
    assert told["for"] == "team:finance"
    with unit_of_work(house.engine) as session:
        found = snapshot(session).directory.person("amara-diallo").calendar
    assert found.reasons[date(2027, 8, 16)][-1].name == "Stocktaking"


def test_nobody_is_closed_for_good(house: House, tmp_path: Path) -> None:
    for_ever = "UID:z\r\nDTSTART;VALUE=DATE:20270101\r\nRRULE:FREQ=DAILY\r\nSUMMARY:Gone fishing"
    result = run(ics(tmp_path, for_ever), "person:ruth-lindqvist")

    assert result.exit_code == 1
    assert "Ruth Lindqvist would not open in the next three years" in result.stderr
    assert closed_days(house, "person:ruth-lindqvist") == {}


@pytest.mark.parametrize(
    ("owner", "sentence"),
    [
        ("arbor", "is nobody; write organisation:arbor"),
        ("company:arbor", "is nobody"),
        ("organisation:nowhere", "there is no organisation 'nowhere'"),
        ("team:nowhere", "there is no team 'nowhere'"),
        ("person:nobody", "there is no person 'nobody'"),
    ],
)
def test_a_wrong_owner_is_named(house: House, tmp_path: Path, owner: str, sentence: str) -> None:
    result = run(ics(tmp_path, STOCKTAKING), owner)
    assert result.exit_code == 2
    assert sentence in " ".join(result.stderr.split())


@pytest.mark.parametrize("content", [b"", b"hello", b"\xff\xfe\x00", b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n"])
def test_what_is_no_calendar_is_refused(house: House, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "no.ics"
    file.write_bytes(content)
    result = run(file, "organisation:arbor")
    assert result.exit_code == 2, result.output
    assert "it is no iCal file" in result.stderr


def test_the_answer_for_reading(house: House, tmp_path: Path) -> None:
    text = run(ics(tmp_path, STOCKTAKING, STAND_UP), "person:yuki-tanaka").stdout
    assert (
        "person:yuki-tanaka, from '-//Example//Closures//EN Ours', 2027-01-04 to before 2033-01-01:" in text
    )
    assert "2 days closed, 0 open again, 0 renamed, 0 as before." in text
    assert "2027-01-05T10:00:00+00:00  Stand-up: it has a time of day" in text


def command(*days: ClosedDay, owner: str = "owen-clarke") -> AddClosures:
    since, until = (date(2027, month, 1) for month in (2, 3))
    return AddClosures(Owner(OwnerKind.PERSON, owner), "ours", since, until, days)


FEBRUARY = ClosedDay(date(2027, 2, 2), "Away")
MARCH = ClosedDay(date(2027, 3, 2), "Away")


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (command(FEBRUARY, FEBRUARY), "invalid-date"),
        (command(MARCH), "invalid-date"),
        (command(ClosedDay(FEBRUARY.day, "")), "invalid-text"),
    ],
)
def test_the_desk_refuses_days_that_cannot_be(house: House, asked: AddClosures, code: str) -> None:
    admin = house.actor("robin-marsh")
    outcome = desk.handle(
        house.engine, desk.Request(asked, admin, f"refused-{code}-{hash(asked)}", "calendar/arbor")
    )
    assert outcome.code == code


def test_only_an_admin_closes_people_and_only_those_of_the_organisation_named(house: House) -> None:
    manager, admin = house.actor("priya-nair"), house.actor("robin-marsh")
    assert Role.ADMIN in admin.roles
    asked = command(FEBRUARY)
    refused = desk.handle(house.engine, desk.Request(asked, manager, "by-a-manager", "calendar/arbor"))
    assert refused.code == "forbidden"
    for target in ("calendar/meridian", "calendar/nowhere"):
        with pytest.raises(desk.NotRecorded, match=r"has no person|There is no organisation"):
            desk.handle(house.engine, desk.Request(asked, admin, f"at-{target}", target))


def test_the_other_side_s_admin_closes_nobody_of_ours(house: House) -> None:
    stranger = Actor("jon-fielding", "meridian", frozenset({Role.DESK}))
    request = desk.Request(command(FEBRUARY), stranger, "by-a-stranger", "calendar/arbor")
    assert desk.handle(house.engine, request).code == "forbidden"
