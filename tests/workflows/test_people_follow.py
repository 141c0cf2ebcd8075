"""Who comes and goes, on the real parts: responsibility moves at its instant, the record follows, each case once."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import text

from partnerflow.cases import responsibility, status
from partnerflow.cases.commands import DecideStep
from partnerflow.cases.deciding import version
from partnerflow.directory import commands as c
from partnerflow.store import drivers
from partnerflow.store.database import snapshot_of, unit_of_work
from partnerflow.store.directory import snapshot
from partnerflow.store.verify import verify
from tests.store.builders import a_reduction, opened, rows, set_clock
from tests.support.fresh import Database, Namespace
from tests.workflows.house import House, driven, not_running, seeded, until
from workflows.activities import people

ARBOR = "organisation/arbor"


@pytest.fixture
def house(database: Database) -> Iterator[House]:
    with seeded(database) as found:
        yield found


def a_case(house: House, number: str = "D-1") -> str:
    """Owned by Owen, its one step with Priya."""
    target = house.order(number)
    return opened(house, target, a_reduction(target, 20))


def shown(house: House, ref: str) -> status.Contacts:
    """As every answer names them now."""
    with unit_of_work(house.engine) as session:
        found = drivers.read_case(session, ref)
        directory = snapshot(session).directory
        assert found
        from partnerflow.store.policy_versions import policy

        return status.contacts(found[0], policy(session, found[0].policy_version), directory, found[1])


def followed(house: House) -> bool:
    """Nothing is owed any more."""
    with unit_of_work(house.engine) as session:
        return bool(session.execute(text("SELECT asked = done FROM directory_sync")).scalar_one())


def faults(house: House) -> tuple[str, ...]:
    with snapshot_of(house.engine, "*") as session:
        return verify(session)


def test_an_absence_holds_from_its_instant_and_the_record_follows_later(
    house: House, temporal: Namespace
) -> None:
    ref = a_case(house)
    before = house.case(ref)
    begins = house.now() + timedelta(hours=2)
    house.do(
        "owen-clarke",
        ARBOR,
        c.RecordAbsence("owen-clarke", begins, begins + timedelta(days=5), "ruth-lindqvist"),
    )
    assert shown(house, ref).owner.name == "Owen Clarke"
    set_clock(house, begins)
    owner = shown(house, ref).owner
    assert (owner.name, owner.stands_in_for) == ("Ruth Lindqvist", "Owen Clarke")
    assert house.case(ref).owner == "owen-clarke"

    async def story() -> None:
        async with driven(house, temporal):
            await until(lambda: house.case(ref).owner == "ruth-lindqvist")
            await until(lambda: followed(house))

    asyncio.run(story())
    after = house.case(ref)
    assert after.step == before.step
    kept = ("owner", "step", "decision", "first_response")
    assert [after.clock(name).due_at for name in kept] == [before.clock(name).due_at for name in kept]
    assert shown(house, ref).owner.stands_in_for is None
    changed = "SELECT data ->> 'because' FROM event WHERE stream = :ref AND kind = 'case.owner_changed'"
    assert rows(house.engine, changed, ref=ref) == [("absence",)]
    told = "SELECT recipient FROM delivery WHERE stream = :ref AND event = 'case.owner_changed' ORDER BY 1"
    assert rows(house.engine, told, ref=ref) == [("ellie-marsh",), ("owen-clarke",), ("ruth-lindqvist",)]
    assert faults(house) == ()


def test_the_delegate_of_an_absent_decider_decides_and_the_due_instant_stays(
    house: House, temporal: Namespace
) -> None:
    refs = [a_case(house, number) for number in ("D-1", "D-2")]
    begins = house.now() + timedelta(hours=1)
    house.do(
        "priya-nair",
        ARBOR,
        c.RecordAbsence("priya-nair", begins, begins + timedelta(days=9), "daniel-reeves"),
    )
    set_clock(house, begins)
    first = house.case(refs[0])
    assert first.step
    house.do(
        "daniel-reeves",
        f"case/{refs[0]}",
        DecideStep(first.step.id, "approve", version(first, first.step)),
    )
    decided = house.case(refs[0]).rounds[-1].steps[0].decisions[-1]
    assert (decided.by, decided.instead_of) == ("daniel-reeves", "priya-nair")
    due = house.case(refs[1]).clock("step")

    async def story() -> None:
        async with driven(house, temporal):
            await until(lambda: house.case(refs[1]).step.deciders == ("daniel-reeves",))

    asyncio.run(story())
    assert house.case(refs[1]).clock("step") == due
    handed = (
        "SELECT data ->> 'because', data -> 'stands_for' ->> 'daniel-reeves' FROM event WHERE stream = :ref"
    )
    found = rows(house.engine, f"{handed} AND kind = 'case.step_handed_on'", ref=refs[1])
    assert found == [("absence", "priya-nair")]
    inbox = "SELECT deciders FROM approval WHERE case_ref = :ref AND status = 'pending'"
    assert rows(house.engine, inbox, ref=refs[1]) == [(["daniel-reeves"],)]
    told = "SELECT recipient FROM delivery WHERE stream = :ref AND event = 'case.step_handed_on' ORDER BY 1"
    assert rows(house.engine, told, ref=refs[1]) == [("daniel-reeves",), ("ellie-marsh",), ("priya-nair",)]


def test_who_loses_the_role_no_longer_decides_and_the_coverage_names_the_next(
    house: House, temporal: Namespace
) -> None:
    ref = a_case(house)
    house.do("robin-marsh", ARBOR, c.ChangePerson("priya-nair", {"roles": ("licensing",)}))
    case = house.case(ref)
    assert case.step
    with unit_of_work(house.engine) as session:
        directory = snapshot(session).directory
    now = house.now()
    assert responsibility.stored_for(case, case.step, "priya-nair", directory, now) is None
    (instead,) = responsibility.deciders(case, case.step, directory, now)

    async def story() -> None:
        async with driven(house, temporal):
            await until(lambda: house.case(ref).step.deciders == (instead.id,))

    asyncio.run(story())
    handed = "SELECT data ->> 'because' FROM event WHERE stream = :ref AND kind = 'case.step_handed_on'"
    assert rows(house.engine, handed, ref=ref) == [("role",)]


@pytest.mark.long
def test_a_leavers_hundred_cases_follow_in_batches_each_once_though_the_worker_is_killed(
    house: House, temporal: Namespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people, "AT_ONCE", 8)
    targets = [house.order(f"D-{number}") for number in range(3)]
    refs = [opened(house, target, a_reduction(target, amount=2_000)) for target in targets for _ in range(40)]
    owners = {house.case(ref).owner for ref in refs}
    assert len(refs) == 120
    leaves = house.now() + timedelta(minutes=30)
    for owner in owners:
        house.do("robin-marsh", ARBOR, c.Leave(owner, leaves))
    set_clock(house, leaves)

    def moved() -> int:
        query = """SELECT count(*) FROM "case" WHERE owner <> ALL (:owners)"""
        return int(rows(house.engine, query, owners=sorted(owners))[0][0])

    async def story() -> None:
        async with driven(house, temporal):
            await until(lambda: moved() > 0)
        assert moved() < 120
        async with driven(house, temporal):
            await until(lambda: moved() == 120)
            await until(lambda: followed(house))

    asyncio.run(story())
    query = """SELECT count(*), count(DISTINCT stream) FROM event WHERE kind = 'case.owner_changed'
      AND data ->> 'because' = 'left'"""
    assert rows(house.engine, query) == [(120, 120)]
    gone = "SELECT DISTINCT active, roles FROM person WHERE id = ANY (:owners)"
    assert rows(house.engine, gone, owners=sorted(owners)) == [(False, [])]
    assert rows(house.engine, "SELECT 1 FROM delivery WHERE recipient = ANY (:o) AND event = 'case.owner_changed'",
                o=sorted(owners)) == []  # fmt: skip
    assert faults(house) == ()


def test_the_turned_clock_stops_where_somebody_comes_or_goes(house: House, temporal: Namespace) -> None:
    """When the clock has been moved, everything of the way has been followed."""
    ref = a_case(house)
    begins = house.now() + timedelta(hours=3)
    house.do("owen-clarke", ARBOR, c.RecordAbsence("owen-clarke", begins, begins + timedelta(hours=1)))

    async def story() -> None:
        async with driven(house, temporal):
            await asyncio.to_thread(house.advance, hours=4)

    asyncio.run(story())
    (at,) = rows(
        house.engine, "SELECT at FROM event WHERE stream = :r AND kind = 'case.owner_changed'", r=ref
    )[0]
    assert timedelta(0) <= at - begins < timedelta(seconds=5)
    assert house.case(ref).owner == "sam-whitfield"


def test_with_nobody_to_follow_no_driver_is_owed_and_a_change_wakes_one(
    house: House, temporal: Namespace
) -> None:
    with unit_of_work(house.engine) as session:
        assert drivers.open_records(session) == ()

    async def story() -> None:
        async with driven(house, temporal):
            client = await temporal.connect()
            now = house.now()
            house.do("owen-clarke", ARBOR, c.RecordAbsence("owen-clarke", None, now + timedelta(days=1)))
            await until(lambda: followed(house))
            await until(lambda: not_running(client, "people/sync"))

    asyncio.run(story())


def test_the_daily_proof_names_who_has_not_followed_and_whom_nobody_stands_in_for(house: House) -> None:
    ref = a_case(house)
    with unit_of_work(house.engine) as session:
        session.execute(text("INSERT INTO absence (person, since) VALUES ('owen-clarke', partnerflow_now())"))
    assert faults(house) == ()
    set_clock(house, house.now() + timedelta(hours=25))
    assert f"{ref}: its owner or deciders changed a day ago or more, and it has not followed" in faults(house)
    with unit_of_work(house.engine) as session:
        session.execute(text("UPDATE person SET active = false WHERE organisation = 'arbor'"))
    found = faults(house)
    assert f"{ref}: Owen Clarke owns it, who is not there for it, and nobody stands in" in found
    assert "organisation arbor: no fallback person of it is present" in found
