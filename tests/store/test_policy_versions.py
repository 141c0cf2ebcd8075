"""Versions in the record: which is in force when, what a case keeps, who orders two at once, whose clocks follow."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from partnerflow import desk
from partnerflow.cases.commands import AdoptPolicy
from partnerflow.cases.model import Case, ClockState
from partnerflow.policy.commands import BeginMovingClocks, DraftPolicy, EndMovingClocks, PublishPolicy
from partnerflow.policy.versions import VersionState
from partnerflow.store import moving_clocks, policy_versions
from partnerflow.store.database import unit_of_work
from partnerflow.store.policies import source
from tests.store.builders import a_reduction, opened, rows, send, service, set_clock
from tests.support.fresh import Database
from tests.workflows.house import MONDAY, House, seeded

TEXT = source("default")
POLICY = service("policy")


@pytest.fixture
def house(database: Database) -> Iterator[House]:
    with seeded(database) as found:
        yield found


def drafted(house: House, *changes: tuple[str, str], by: str = "priya-nair") -> int:
    text = TEXT
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    outcome = house.do(by, "policy/new", DraftPolicy(text, None, "A change."))
    return int(outcome.body.split('"version": ')[1].partition(",")[0])


def publish(house: House, version: int, at: datetime | None = None, **more: Any) -> None:
    house.do("helen-ashworth", f"policy/{version}", PublishPolicy(at, **more))


def in_force(house: House) -> int:
    with unit_of_work(house.engine) as session:
        return policy_versions.now(session)[1]


def state(house: House, version: int) -> str:
    with unit_of_work(house.engine) as session:
        now, current = policy_versions.now(session)
        found = policy_versions.read(session, version)
    assert found
    return found.state(now, current)


def clocks(house: House, version: int) -> str:
    found: str = rows(house.engine, "SELECT clocks FROM policy_version WHERE version = :v", v=version)[0][0]
    return found


def case_of(house: House, number: str) -> Case:
    target = house.order(number, activated=0)
    return house.case(opened(house, target, a_reduction(target, 30)))


def test_a_case_keeps_the_policy_of_its_opening_and_a_scheduled_one_takes_over_at_its_instant(
    house: House,
) -> None:
    ahead = MONDAY + timedelta(days=2)
    version = drafted(house, ("  decision: 960 ", "  decision: 480 "))
    publish(house, version, ahead)
    assert (in_force(house), state(house, version)) == (1, VersionState.SCHEDULED)
    first = case_of(house, "K-1")
    set_clock(house, ahead - timedelta(seconds=2))
    assert in_force(house) == 1
    set_clock(house, ahead)
    assert (in_force(house), state(house, version), state(house, 1)) == (version, "current", "superseded")
    second = case_of(house, "K-2")
    assert (first.policy_version, second.policy_version) == (1, version)
    assert [c.clock("decision").allowance for c in (house.case(first.ref), second)] == [960 * 60, 480 * 60]  # type: ignore[union-attr]


def test_the_instant_that_came_last_counts_not_the_number(house: House) -> None:
    early, late = drafted(house), drafted(house)
    publish(house, late, MONDAY + timedelta(hours=1))
    publish(house, early, MONDAY + timedelta(hours=2))
    set_clock(house, MONDAY + timedelta(hours=1, minutes=1))
    assert in_force(house) == late
    set_clock(house, MONDAY + timedelta(hours=2, minutes=1))
    assert in_force(house) == early


def test_for_the_same_instant_the_later_publication_holds(house: House) -> None:
    at = MONDAY + timedelta(hours=1)
    second, first = drafted(house), drafted(house)
    publish(house, first, at)
    publish(house, second, at)
    set_clock(house, at)
    assert (in_force(house), state(house, first)) == (second, "superseded")


def test_of_two_publications_at_once_each_version_gets_one(house: House) -> None:
    version = drafted(house)
    outcomes: list[desk.Outcome] = []

    def one(person: str) -> None:
        request = desk.Request(PublishPolicy(None), house.actor(person), f"p-{person}", f"policy/{version}")
        outcomes.append(desk.handle(house.engine, request))

    threads = [threading.Thread(target=one, args=(person,)) for person in ("helen-ashworth", "amara-diallo")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted((outcome.state.value, outcome.code) for outcome in outcomes) == [
        ("done", None),
        ("refused", "wrong-state"),
    ]


@pytest.mark.parametrize(
    "change",
    [
        "source = 'x'",
        "document = '{}'",
        "note = 'x'",
        "author = 'amara-diallo'",
        "name = 'x'",
        "created_at = now()",
        "version = 99",
    ],
)
def test_what_was_drafted_is_never_rewritten(house: House, change: str) -> None:
    drafted(house)
    statement = f"UPDATE policy_version SET {change} WHERE version = 2"
    for url in (house.database.app_url, house.database.owner_url):
        with psycopg.connect(url) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(statement.encode())


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE policy_version SET effective_at = now() WHERE version = 2",
        "UPDATE policy_version SET approver = 'yuki-tanaka' WHERE version = 2",
        "DELETE FROM policy_version WHERE version = 2",
    ],
)
def test_what_was_published_stays_so(house: House, statement: str) -> None:
    publish(house, drafted(house))
    for url in (house.database.app_url, house.database.owner_url):
        with psycopg.connect(url) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(statement.encode())


def test_author_and_approver_are_two_also_to_the_database(house: House) -> None:
    drafted(house)
    now = "effective_at = now(), published_at = now()"
    statement = f"UPDATE policy_version SET approver = author, {now} WHERE version = 2"
    with psycopg.connect(house.database.app_url) as connection, pytest.raises(psycopg.errors.CheckViolation):
        connection.execute(statement.encode())


def test_a_version_that_was_published_as_data_keeps_its_words(house: House) -> None:
    with unit_of_work(house.engine) as session:
        document, text = policy_versions.written(session, 1)
    assert (text, document["name"]) == (TEXT, "default")


def begin(house: House, version: int) -> desk.Outcome:
    return send(house, POLICY, f"policy/{version}", BeginMovingClocks(), f"move:{version}")


def end(house: House, version: int) -> desk.Outcome:
    return send(house, POLICY, f"policy/{version}", EndMovingClocks(), f"moved:{version}")


def adopt(house: House, ref: str, version: int) -> desk.Outcome:
    return send(house, POLICY, f"case/{ref}", AdoptPolicy(version), moving_clocks.key(ref, str(version)))


def left(house: House, version: int) -> tuple[str, ...]:
    with unit_of_work(house.engine) as session:
        return moving_clocks.left(session, version, 10)


def test_clocks_follow_from_the_instant_on_and_keep_what_they_used(house: House) -> None:
    case = case_of(house, "M-1")
    version = drafted(house, ("  decision: 960 ", "  decision: 480 "))
    at = MONDAY + timedelta(hours=2)
    publish(house, version, at, move_clocks=True)
    assert begin(house, version).state is desk.State.NOT_YET
    assert adopt(house, case.ref, version).code == "wrong-state"
    other = case_of(house, "M-2")
    set_clock(house, at)
    assert begin(house, version).state is desk.State.DONE
    assert (clocks(house, version), left(house, version)) == (
        "moving",
        (other.ref,),
    )  # the first was asked too soon
    assert end(house, version).state is desk.State.NOT_YET
    assert adopt(house, other.ref, version).state is desk.State.DONE
    moved = house.case(other.ref).clock("decision")
    assert moved and moved.due_at
    assert (moved.allowance, moved.state) == (480 * 60, ClockState.RUNNING)
    # 480 working minutes from Monday 09:30, lunch from 12:30 to 13:00, until 17:30: Tuesday 09:30
    assert moved.due_at.astimezone(UTC).replace(microsecond=0, second=0) == MONDAY + timedelta(days=1)
    assert house.case(other.ref).policy_version == 1
    assert (left(house, version), end(house, version).state, clocks(house, version)) == (
        (),
        desk.State.DONE,
        "moved",
    )


def test_cases_of_the_version_itself_and_closed_ones_are_not_asked(house: House) -> None:
    version = drafted(house)
    publish(house, version, move_clocks=True)
    case_of(house, "N-1")
    assert begin(house, version).state is desk.State.DONE
    assert left(house, version) == ()


def test_a_later_version_that_moves_clocks_takes_over(house: House) -> None:
    case = case_of(house, "O-1")
    first, second = drafted(house), drafted(house)
    publish(house, first, move_clocks=True)
    begin(house, first)
    publish(house, second, MONDAY + timedelta(hours=1), move_clocks=True)
    set_clock(house, MONDAY + timedelta(hours=1))
    begin(house, second)
    assert (clocks(house, first), clocks(house, second)) == ("overtaken", "moving")
    assert adopt(house, case.ref, first).code == "wrong-state"
    assert adopt(house, case.ref, second).state is desk.State.DONE


def test_an_earlier_version_that_comes_to_it_too_late_moves_nothing(house: House) -> None:
    first, second = drafted(house), drafted(house)
    publish(house, first, MONDAY + timedelta(hours=1), move_clocks=True)
    publish(house, second, MONDAY + timedelta(hours=2), move_clocks=True)
    set_clock(house, MONDAY + timedelta(hours=3))
    begin(house, first)
    assert (clocks(house, first), clocks(house, second)) == ("overtaken", "moving")


def test_only_its_own_service_moves_clocks(house: House) -> None:
    version = drafted(house)
    publish(house, version, move_clocks=True)
    for person in ("helen-ashworth", "robin-marsh", "priya-nair"):
        actor = house.actor(person)
        for command in (BeginMovingClocks(), EndMovingClocks()):
            key = f"{person} {type(command).__name__}"
            assert send(house, actor, f"policy/{version}", command, key).code == "forbidden"
    for actor in (house.actor("ellie-marsh"), service("deadline")):
        with pytest.raises(desk.NotRecorded, match="no such policy"):
            send(house, replace(actor), f"policy/{version}", BeginMovingClocks(), "x")
