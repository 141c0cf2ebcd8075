"""Whose hours somebody keeps: their own, else the team's, else the organisation's; closures of all three add up."""

from datetime import UTC, date, datetime
from typing import Any

import psycopg
import pytest
from sqlalchemy import text

from partnerflow.calendars import Calendar, describe, is_open
from partnerflow.store.database import unit_of_work
from partnerflow.store.directory import snapshot
from partnerflow.store.tables import directory as t
from tests.workflows.house import House

OFFICE = "Mon-Fri 09:00-12:30, 13:00-17:30 Europe/London"
SHUT = date(2027, 8, 16)
NOON = datetime(2027, 8, 16, 11, tzinfo=UTC)


def calendar_of(house: House, person: str) -> Calendar:
    with unit_of_work(house.engine) as session:
        return snapshot(session).directory.person(person).calendar


def organisation_calendar(house: House, code: str) -> Calendar:
    with unit_of_work(house.engine) as session:
        return snapshot(session).directory.organisations[code].calendar


def add(house: House, *rows: Any) -> None:
    with unit_of_work(house.engine) as session:
        for row in rows:
            session.add(row)
            session.flush()


def join(house: House, person: str, team: str | None) -> None:
    with unit_of_work(house.engine) as session:
        session.execute(text("UPDATE person SET team = :team WHERE id = :id"), {"team": team, "id": person})


def test_a_person_keeps_their_own_hours_else_the_team_s_else_the_organisation_s(house: House) -> None:
    late = {"mon-thu": ["12:00-20:00"]}
    add(house, t.Team(code="late", organisation="arbor", name="Late shift", hours=late))

    assert describe(calendar_of(house, "owen-clarke")) == OFFICE
    join(house, "owen-clarke", "late")
    join(house, "claire-dubois", "late")

    assert describe(calendar_of(house, "owen-clarke")) == "Mon-Thu 12:00-20:00 Europe/London"
    assert date(2027, 3, 26) in calendar_of(house, "owen-clarke").closed
    assert describe(calendar_of(house, "claire-dubois")).endswith("Europe/Paris")
    join(house, "owen-clarke", None)
    join(house, "claire-dubois", None)
    assert describe(calendar_of(house, "owen-clarke")) == OFFICE


def test_a_team_may_sit_in_another_zone_under_other_holidays(house: House) -> None:
    berlin = {"country": "DE", "subdivision": "BE"}
    add(
        house,
        t.Team(code="berlin", organisation="arbor", name="Berlin", zone="Europe/Berlin", holidays=berlin),
    )
    join(house, "ruth-lindqvist", "berlin")

    found = calendar_of(house, "ruth-lindqvist")
    assert found.zone == "Europe/Berlin"
    assert describe(found).startswith("Mon-Fri 09:00-12:30")
    assert date(2027, 3, 8) in found.closed
    join(house, "ruth-lindqvist", None)


def test_nobody_joins_a_team_of_another_organisation(house: House) -> None:
    add(house, t.Team(code="desk-bristol", organisation="meridian", name="Bristol"))

    with psycopg.connect(house.database.app_url) as own, pytest.raises(psycopg.errors.ForeignKeyViolation):
        own.execute("UPDATE person SET team = 'desk-bristol' WHERE id = 'owen-clarke'")


def test_what_closes_the_organisation_the_team_or_the_person_closes_the_person(house: House) -> None:
    add(house, t.Team(code="shut", organisation="arbor", name="Shut"))
    join(house, "yuki-tanaka", "shut")
    owners = {"organisation": "arbor", "team": "shut", "person": "yuki-tanaka"}
    for step, (kind, owner) in enumerate(owners.items()):
        day = SHUT.replace(day=16 + step)
        noon = NOON.replace(day=16 + step)
        assert is_open(calendar_of(house, "yuki-tanaka"), noon)
        add(house, t.Closure(**{kind: owner}, day=day, name=f"Shut {step}"))

        assert not is_open(calendar_of(house, "yuki-tanaka"), noon)
        assert is_open(calendar_of(house, "owen-clarke"), noon) == (kind != "organisation")
        assert is_open(calendar_of(house, "ellie-marsh"), noon)
    assert organisation_calendar(house, "arbor").reasons[SHUT][0].name == "Shut 0"


@pytest.mark.parametrize("owners", ["NULL, NULL, NULL", "'arbor', NULL, 'owen-clarke'"])
def test_a_closure_has_exactly_one_owner(house: House, owners: str) -> None:
    insert = (
        f"INSERT INTO closure (organisation, team, person, day, name) VALUES ({owners}, '2027-08-20', 'X')"
    )
    with psycopg.connect(house.database.app_url) as own, pytest.raises(psycopg.errors.CheckViolation):
        own.execute(insert)


def test_a_source_closes_a_day_once(house: House) -> None:
    insert = (
        "INSERT INTO closure (person, source, day, name) VALUES ('owen-clarke', 'ours', '2027-08-21', 'X')"
    )
    with psycopg.connect(house.database.app_url) as own:
        own.execute(insert)
        with pytest.raises(psycopg.errors.UniqueViolation):
            own.execute(insert)
