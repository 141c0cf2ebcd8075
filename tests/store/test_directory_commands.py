"""The directory changed by commands: rights, rules and history, on the real record."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from partnerflow import desk
from partnerflow.directory import commands as c
from partnerflow.directory.rights import CONSOLE
from partnerflow.directory.rows import CoverageRow, OrganisationRow, PersonRow
from partnerflow.people import Actor
from partnerflow.store.database import snapshot_of, unit_of_work
from partnerflow.store.directory import snapshot
from partnerflow.store.verify import verify
from tests.store.builders import rows, send, service
from tests.support.fresh import Database
from tests.workflows.house import House, seeded

ARBOR, HARBOUR = "organisation/arbor", "organisation/harbour"
KEYS = iter(range(10_000))


@pytest.fixture
def house(database: Database) -> Iterator[House]:
    with seeded(database) as found:
        yield found


def asked(house: House, person: str | Actor, command: Any, target: str = ARBOR) -> desk.Outcome:
    actor = person if isinstance(person, Actor) else house.actor(person)
    return send(house, actor, target, command, f"d-{next(KEYS)}")


def done(house: House, person: str | Actor, command: Any, target: str = ARBOR) -> str:
    """The id of what was filed."""
    outcome = asked(house, person, command, target)
    assert outcome.state is desk.State.DONE, outcome.body
    return outcome.body.split('"')[3]


def refused(house: House, person: str | Actor, command: Any, code: str, target: str = ARBOR) -> str:
    outcome = asked(house, person, command, target)
    assert (outcome.state, outcome.code) == (desk.State.REFUSED, code), outcome
    return outcome.body


def known(house: House) -> Any:
    with unit_of_work(house.engine) as session:
        return snapshot(session).directory


def faults(house: House) -> tuple[str, ...]:
    with snapshot_of(house.engine, "*") as session:
        return verify(session)


def away(
    person: str, since: datetime | None, days: float | None = 7, delegate: str | None = None
) -> c.RecordAbsence:
    until = None if since is None or days is None else since + timedelta(days=days)
    return c.RecordAbsence(person, since, until, delegate)


def test_everybody_records_their_own_absence_managers_and_admins_that_of_others(house: House) -> None:
    soon = house.now() + timedelta(hours=1)
    done(house, "owen-clarke", away("owen-clarke", soon, delegate="ruth-lindqvist"))
    done(house, "marta-kowalska", away("priya-nair", soon))
    done(house, "robin-marsh", away("tom-becker", soon))
    refused(house, "ruth-lindqvist", away("yuki-tanaka", soon), "forbidden")
    refused(house, "tom-becker", away("sam-whitfield", soon), "forbidden")
    assert known(house).people["owen-clarke"].delegate(soon) == "ruth-lindqvist"
    assert faults(house) == ()


def test_partners_keep_their_own_book_and_no_other(house: House) -> None:
    soon = house.now() + timedelta(hours=1)
    done(house, "ellie-marsh", away("ellie-marsh", soon, delegate="ben-archer"), HARBOUR)
    done(house, "robin-marsh", away("jon-fielding", soon), "organisation/meridian")
    with pytest.raises(desk.NotRecorded, match="no such organisation"):
        asked(house, "karl-jensen", away("ellie-marsh", soon), HARBOUR)
    with pytest.raises(desk.NotRecorded, match="no such organisation"):
        asked(house, "ellie-marsh", away("owen-clarke", soon), ARBOR)
    with pytest.raises(desk.NotRecorded, match="no such person"):
        asked(house, "robin-marsh", away("owen-clarke", soon), HARBOUR)


def test_the_history_says_who_did_what_when_and_verifies(house: House) -> None:
    soon = house.now() + timedelta(hours=1)
    number = int(done(house, "owen-clarke", away("owen-clarke", soon)))
    done(
        house,
        "sam-whitfield",
        c.ChangeAbsence(number, {"until": soon + timedelta(days=2), "note": "Dentist."}),
    )
    done(house, "owen-clarke", c.EndAbsence(number))
    found = rows(
        house.engine, "SELECT actor, kind, data ->> 'what' FROM event WHERE stream = :s ORDER BY seq", s=ARBOR
    )
    assert found == [
        ("owen-clarke", "directory.absence_set", "recorded"),
        ("sam-whitfield", "directory.absence_set", "changed"),
        ("owen-clarke", "directory.absence_set", "cancelled"),
    ]
    assert rows(house.engine, "SELECT count(*) FROM absence WHERE person = 'owen-clarke'") == [(0,)]
    assert faults(house) == ()


def test_a_row_changed_past_the_commands_is_named_by_the_verifier(house: House) -> None:
    number = done(house, "owen-clarke", away("owen-clarke", house.now() + timedelta(hours=1)))
    with unit_of_work(house.engine) as session:
        from sqlalchemy import text

        session.execute(text("UPDATE absence SET until = NULL WHERE person = 'owen-clarke'"))
    assert faults(house) == (f"organisation/arbor: absence:{number} is not what its history says",)


def test_dates_that_cannot_be_are_refused(house: House) -> None:
    now = house.now()
    for since, until in (
        (now, now),
        (now - timedelta(days=30), None),
        (now - timedelta(days=2), now - timedelta(days=1)),
        (now + timedelta(days=1_000), None),
    ):
        refused(house, "owen-clarke", c.RecordAbsence("owen-clarke", since, until), "invalid-date")
    done(house, "owen-clarke", away("owen-clarke", now + timedelta(days=1)))
    said = refused(house, "owen-clarke", away("owen-clarke", now + timedelta(days=3)), "invalid-date")
    assert "covers a part of this time" in said


def test_an_absence_that_began_keeps_its_beginning_and_one_that_is_over_stays(house: House) -> None:
    now = house.now()
    number = int(done(house, "owen-clarke", c.RecordAbsence("owen-clarke", None, now + timedelta(days=3))))
    refused(house, "owen-clarke", c.ChangeAbsence(number, {"since": now + timedelta(days=1)}), "wrong-state")
    done(house, "owen-clarke", c.EndAbsence(number))
    assert known(house).people["owen-clarke"].present(house.now())
    refused(house, "owen-clarke", c.EndAbsence(number), "wrong-state")
    refused(house, "owen-clarke", c.ChangeAbsence(number, {"note": "x"}), "wrong-state")


def test_a_delegate_is_a_colleague_and_no_circle_is_closed(house: House) -> None:
    soon = house.now() + timedelta(hours=1)
    for stranger in ("owen-clarke", "ellie-marsh", "nobody"):
        refused(house, "owen-clarke", away("owen-clarke", soon, delegate=stranger), "invalid-parameter")
    done(house, "owen-clarke", away("owen-clarke", soon, 3, "ruth-lindqvist"))
    done(house, "ruth-lindqvist", away("ruth-lindqvist", soon + timedelta(days=4), 3, "owen-clarke"))
    late = away("ruth-lindqvist", soon + timedelta(days=2), 1, "owen-clarke")
    assert "leads back" in refused(house, "ruth-lindqvist", late, "invalid-parameter")


def test_the_last_fallback_cannot_be_away_at_any_time_to_come(house: House) -> None:
    """Arbor falls back on Sam, Daniel, Helen; the hole opens in the second week only."""
    now = house.now()
    done(house, "sam-whitfield", away("sam-whitfield", now + timedelta(days=1), 30))
    done(house, "daniel-reeves", away("daniel-reeves", now + timedelta(days=10), 5))
    said = refused(
        house, "helen-ashworth", away("helen-ashworth", now + timedelta(days=2), 9), "last-fallback"
    )
    assert f"{now + timedelta(days=10):%Y-%m-%d}" in said
    done(house, "helen-ashworth", away("helen-ashworth", now + timedelta(days=2), 8))
    refused(house, "robin-marsh", c.Leave("karl-jensen"), "last-fallback", "organisation/quayside")
    refused(
        house,
        "robin-marsh",
        c.ChangePerson("karl-jensen", {"active": False}),
        "last-fallback",
        "organisation/quayside",
    )
    refused(
        house,
        "robin-marsh",
        c.ChangeOrganisation({"fallbacks": ()}),
        "invalid-parameter",
        "organisation/quayside",
    )
    three = {"fallbacks": ("sam-whitfield", "daniel-reeves")}
    refused(house, "robin-marsh", c.ChangeOrganisation(three), "last-fallback")
    done(house, "robin-marsh", c.ChangeOrganisation({"fallbacks": ("ruth-lindqvist", *three["fallbacks"])}))


def test_two_last_fallbacks_cannot_leave_at_once(house: House) -> None:
    soon = house.now() + timedelta(hours=1)
    done(house, "robin-marsh", c.ChangeOrganisation({"fallbacks": ("sam-whitfield", "daniel-reeves")}))
    outcomes: list[desk.Outcome] = []
    start = threading.Barrier(2)

    def go(person: str) -> None:
        start.wait()
        outcomes.append(asked(house, person, away(person, soon)))

    threads = [threading.Thread(target=go, args=(p,)) for p in ("sam-whitfield", "daniel-reeves")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(str(o.code) for o in outcomes) == ["None", "last-fallback"]


def test_a_leaver_is_one_row_that_holds_from_its_instant(house: House) -> None:
    at = house.now() + timedelta(days=1)
    refused(house, "owen-clarke", c.Leave("ruth-lindqvist"), "forbidden")
    number = int(done(house, "robin-marsh", c.Leave("owen-clarke", at, "ruth-lindqvist")))
    owen = known(house).people["owen-clarke"]
    assert (owen.present(house.now()), owen.gone(at), owen.delegate(at)) == (True, True, "ruth-lindqvist")
    refused(house, "robin-marsh", c.Leave("owen-clarke", at), "wrong-state")
    refused(house, "owen-clarke", c.EndAbsence(number), "forbidden")
    refused(house, "robin-marsh", c.EndAbsence(number, at + timedelta(days=1)), "invalid-parameter")
    refused(house, service("people"), c.FinishLeaving("owen-clarke"), "wrong-state")
    house.do("robin-marsh", ARBOR, c.EndAbsence(number))
    assert not known(house).people["owen-clarke"].absences


def test_who_left_has_no_role_and_comes_back_without_one(house: House) -> None:
    done(house, "robin-marsh", c.Leave("owen-clarke"))
    done(house, service("people"), c.FinishLeaving("owen-clarke"))
    owen = known(house).people["owen-clarke"]
    assert (owen.active, owen.roles) == (False, frozenset())
    done(house, "robin-marsh", c.ChangePerson("owen-clarke", {"active": True}))
    assert known(house).people["owen-clarke"].present(house.now())
    assert faults(house) == ()


def test_a_grant_needs_a_second_admin_and_nobody_grants_to_themselves(house: House) -> None:
    more = c.ChangePerson("ruth-lindqvist", {"roles": ("case_manager", "finance"), "authority_limit": None})
    done(house, "robin-marsh", more)
    assert {r.value for r in known(house).people["ruth-lindqvist"].roles} == {"case_manager"}
    refused(house, "robin-marsh", c.ConfirmRoles("ruth-lindqvist"), "four-eyes")
    refused(house, "sam-whitfield", c.ConfirmRoles("ruth-lindqvist"), "forbidden")
    refused(house, "robin-marsh", more, "wrong-state")
    done(house, "edith-vance", c.ConfirmRoles("ruth-lindqvist"))
    assert {r.value for r in known(house).people["ruth-lindqvist"].roles} == {"case_manager", "finance"}
    refused(house, "robin-marsh", c.ChangePerson("robin-marsh", {"roles": ("admin", "finance")}), "four-eyes")
    done(house, "robin-marsh", c.ChangePerson("edith-vance", {"roles": ("admin", "executive")}))
    refused(house, "edith-vance", c.ConfirmRoles("edith-vance"), "four-eyes")
    refused(house, "edith-vance", c.RefuseRoles("robin-marsh"), "wrong-state")


def test_taking_a_role_and_lowering_a_limit_holds_at_once(house: House) -> None:
    done(house, "robin-marsh", c.ChangePerson("priya-nair", {"roles": (), "authority_limit": 100}))
    priya = known(house).people["priya-nair"]
    assert (priya.roles, priya.limit) == (frozenset(), 100)
    done(house, "robin-marsh", c.ChangePerson("priya-nair", {"authority_limit": 200}))
    assert known(house).people["priya-nair"].limit == 100
    done(house, "robin-marsh", c.RefuseRoles("priya-nair"))
    refused(house, "edith-vance", c.ConfirmRoles("priya-nair"), "wrong-state")


def test_a_new_person_can_nothing_until_a_second_admin_says_so(house: House) -> None:
    row = PersonRow(
        "", "", "Ida Quist", "Credit controller", "ida.quist@arbor.example", "+44 20 5550 0199", ("finance",)
    )
    ida = done(house, "robin-marsh", c.AddPerson(row_of(row, id="ida-quist", manager="peter-holt")))
    assert known(house).people[ida].roles == frozenset()
    assert known(house).people[ida].limit == 0
    refused(house, "robin-marsh", c.AddPerson(row_of(row, id="ida-quist")), "invalid-parameter")
    other = row_of(row, id="ida-quist", email="ida2@arbor.example", roles=("buyer",))
    refused(house, "robin-marsh", c.AddPerson(other), "invalid-parameter")
    second = done(house, "robin-marsh", c.AddPerson(row_of(other, roles=("finance",))))
    assert second == "ida-quist-2"
    done(house, "edith-vance", c.ConfirmRoles(ida))
    assert (known(house).people[ida].limit, len(known(house).people[ida].roles)) == (None, 1)


def row_of(row: PersonRow, **changes: Any) -> PersonRow:
    from dataclasses import replace

    return replace(row, **changes)


def test_nobody_is_above_themselves(house: House) -> None:
    for manager in ("sam-whitfield", "owen-clarke", "ellie-marsh", "nobody"):
        refused(
            house, "robin-marsh", c.ChangePerson("sam-whitfield", {"manager": manager}), "invalid-parameter"
        )
    done(house, "robin-marsh", c.ChangePerson("owen-clarke", {"manager": "daniel-reeves", "title": "Senior"}))


def test_coverage_names_people_with_the_role(house: House) -> None:
    row = CoverageRow(0, "channel_manager", "tom-becker", "DE", "licences")
    number = int(done(house, "robin-marsh", c.AddCoverage(row)))
    refused(house, "robin-marsh", c.AddCoverage(row), "wrong-state")
    refused(house, "robin-marsh", c.ChangeCoverage(number, {"person": "owen-clarke"}), "invalid-parameter")
    refused(house, "daniel-reeves", c.RemoveCoverage(number), "forbidden")
    done(house, "robin-marsh", c.ChangeCoverage(number, {"person": "priya-nair"}))
    done(house, "robin-marsh", c.RemoveCoverage(number))
    with pytest.raises(desk.NotRecorded, match="no such row"):
        asked(house, "robin-marsh", c.RemoveCoverage(number))
    assert faults(house) == ()


def test_a_calendar_that_is_none_is_refused_with_its_place(house: House) -> None:
    wrong = {"zone": "Europe/Nowhere", "hours": {}, "holidays": {}}
    said = refused(house, "robin-marsh", c.ChangePerson("owen-clarke", {"hours": wrong}), "invalid-parameter")
    assert "/calendar/zone" in said
    refused(house, "robin-marsh", c.ChangeOrganisation({"hours": {"mon": ["9-5"]}}), "invalid-parameter")


def test_an_organisation_comes_with_somebody_who_answers_for_it(house: House) -> None:
    row = OrganisationRow("lakeside", "reseller", "Lakeside IT", "GB", "Europe/London", "en_GB", "GBP", "GB 1", ("1 Lake",),  # noqa: E501
                          {"mon-fri": ["09:00-17:00"]}, {}, "LAK")  # fmt: skip
    first = PersonRow("jo-lane", "", "Jo Lane", "Buyer", "jo@lakeside.example", "+44 1", ("buyer",))
    refused(house, "sam-whitfield", c.AddOrganisation(row, first), "forbidden", "organisation/lakeside")
    done(house, "robin-marsh", c.AddOrganisation(row, first), "organisation/lakeside")
    made = known(house)
    assert made.organisations["lakeside"].fallbacks == ("jo-lane",)
    assert made.people["jo-lane"].roles == frozenset()
    done(house, "edith-vance", c.ConfirmRoles("jo-lane"), "organisation/lakeside")
    refused(house, "robin-marsh", c.AddOrganisation(row, first), "invalid-parameter", "organisation/lakeside")
    assert faults(house) == ()


def test_an_issuer_of_a_clearance_country_is_external_or_not_added(house: House) -> None:
    row = OrganisationRow("lago", "vendor", "Lago Srl", "IT", "Europe/Rome", "it_IT", "EUR", "IT 1", ("Via 1",),
                          {"mon-fri": ["09:00-17:00"]}, {}, "LAG", mandated=True)  # fmt: skip
    first = PersonRow("ida", "", "Ida Riva", "Finance", "ida@lago.example", "+39 1", ())
    refused(house, "robin-marsh", c.AddOrganisation(row, first), "invalid-parameter", "organisation/lago")
    external = replace(row, issuer="external")
    done(house, "robin-marsh", c.AddOrganisation(external, first), "organisation/lago")
    assert known(house).organisations["lago"].issuer == "external"
    back = c.ChangeOrganisation({"issuer": "embedded"})
    refused(house, "robin-marsh", back, "invalid-parameter", "organisation/lago")
    done(house, "robin-marsh", c.ChangeOrganisation({"name": "Lago"}), "organisation/lago")
    done(house, "robin-marsh", c.ChangeOrganisation({"issuer": "external"}), "organisation/meridian")
    assert faults(house) == ()


def test_the_console_makes_the_first_organisation_and_its_admins(database: Database) -> None:
    from partnerflow.store.database import create_database_engine

    house = House(create_database_engine(database.app_url), database)
    console = Actor(None, None, service=CONSOLE)
    row = OrganisationRow("acme", "vendor", "Acme", "GB", "Europe/London", "en_GB", "GBP", "GB 1", ("1 High Street",),
                          {"mon-fri": ["09:00-17:00"]}, {}, "ACM", mandated=True)  # fmt: skip
    ann = PersonRow("ann", "", "Ann Archer", "Administrator", "ann@acme.example", "+44 1", ("admin",))
    bob = row_of(ann, id="bob", name="Bob Bell", email="bob@acme.example")
    done(house, console, c.AddOrganisation(row, ann), "organisation/acme")
    done(house, console, c.AddPerson(bob), "organisation/acme")
    cleo = row_of(ann, id="cleo", name="Cleo", email="cleo@acme.example", roles=("case_manager",))
    done(house, "ann", c.AddPerson(cleo), "organisation/acme")
    done(house, "bob", c.ConfirmRoles("cleo"), "organisation/acme")
    done(house, "ann", c.AddCoverage(CoverageRow(0, "case_manager", "cleo")), "organisation/acme")
    assert known(house).operator.code == "acme"
    assert faults(house) == ()
    house.engine.dispose()


def test_a_repeated_key_gets_the_same_answer_and_changes_nothing(house: House) -> None:
    command = away("owen-clarke", house.now() + timedelta(hours=1))
    first, second = (send(house, house.actor("owen-clarke"), ARBOR, command, "same") for _ in range(2))
    assert (second.replayed, second.body) == (True, first.body)
    assert rows(house.engine, "SELECT count(*) FROM absence WHERE person = 'owen-clarke'") == [(1,)]
