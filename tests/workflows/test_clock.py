"""The test clock: every instant on the way is settled in its order, by the real drivers."""

import asyncio
from datetime import datetime, timedelta
from threading import Timer

import pytest

from api.commands.watching import watching
from tests.support.fresh import Database, Namespace
from tests.workflows.house import MONDAY, House, driven, held_order, seeded
from tests.workflows.rows import change, rows
from workflows.clock import NoTestClock, NotSettled, advance

DEADLINES = "SELECT kind FROM command WHERE principal = 'service:deadline' ORDER BY id"


def test_a_database_without_a_test_clock_says_so(database: Database) -> None:
    with pytest.raises(NoTestClock, match="--test-clock"):
        advance(database.owner_url, timedelta(hours=1))


def test_with_nothing_to_come_a_day_passes_at_once(database: Database) -> None:
    with seeded(database) as house:
        moved = house.advance(hours=24)
        assert moved["settled"] == 0
        assert moved["now"].endswith("Z")
        passed = datetime.fromisoformat(moved["now"]) - MONDAY
        assert timedelta(hours=24) <= passed < timedelta(hours=24, seconds=5)


def test_the_clock_never_goes_back(database: Database) -> None:
    with seeded(database) as house:
        before = house.now()
        house.advance(microseconds=1)
        assert house.now() > before


def test_what_nobody_drives_is_named(database: Database) -> None:
    with seeded(database) as house:
        target = held_order(house)
        with pytest.raises(NotSettled, match=f"the wake of {target}"):
            advance(database.owner_url, timedelta(hours=72), timeout=0.3)
        change(house.engine, "DELETE FROM wake")
        change(house.engine, "UPDATE delivery SET state = 'sent'")
        with pytest.raises(NotSettled, match=f"{target}, due 2027-01-"):
            advance(database.owner_url, timedelta(hours=72), timeout=0.3)


def test_a_ladder_can_be_watched_while_the_clock_turns(
    database: Database, temporal: Namespace, capsys: pytest.CaptureFixture[str]
) -> None:
    with seeded(database) as house:

        async def story() -> None:
            async with driven(house, temporal):
                house.open_exchange(house.order())
                with watching(database.owner_url, wanted=True) as told:
                    await asyncio.to_thread(advance, database.owner_url, timedelta(hours=25), 30.0, told)

        asyncio.run(story())
    seen = capsys.readouterr().out.splitlines()
    climbed = "Tue 5 Jan 09:30 GMT    PF-2027-000001  It went from Priya Nair to Daniel Reeves"
    assert sum(line.startswith(climbed) for line in seen) == 1
    assert not [line for line in seen if line.startswith("Wed 6 Jan")]


def test_the_claim_of_a_killed_worker_is_waited_out(database: Database) -> None:
    with seeded(database) as house:
        target = held_order(house)
        change(house.engine, "DELETE FROM wake")
        change(house.engine, "UPDATE delivery SET state = 'sending'")
        lapse = Timer(1.0, change, (house.engine, "UPDATE delivery SET state = 'sent'"))
        lapse.start()
        with pytest.raises(
            NotSettled, match=f"s: the wake of {target}.$"
        ):  # nobody drives: the last thing told
            advance(database.owner_url, timedelta(minutes=1), timeout=0.3)
        lapse.join()


def test_a_hold_expires_on_the_way_and_reminders_and_the_window_follow_in_order(
    database: Database, temporal: Namespace
) -> None:
    with seeded(database) as house:

        async def story() -> None:
            async with driven(house, temporal):
                target = held_order(house)
                moved = await asyncio.to_thread(house.advance, days=3)
                assert moved["settled"] == 1
                assert status(house, target) == "accepted"
                moved = await asyncio.to_thread(house.advance, days=30)
                assert moved["settled"] == 3

        asyncio.run(story())
        kinds = "SELECT kind FROM event WHERE stream LIKE 'order/%' ORDER BY seq"
        assert rows(house.engine, kinds)[-4:] == ["order.released"] + ["order.window_closing"] * 3
        instants = rows(house.engine, "SELECT received_at FROM command WHERE kind = 'OrderDue' ORDER BY id")
        assert instants == sorted(instants)
        dropped = rows(house.engine, "SELECT reason FROM delivery WHERE state <> 'sent'")
        assert set(dropped) == {"A later reminder of the same says it."}  # both waited for Monday morning


def test_what_becomes_due_while_a_hop_settles_is_settled_too(database: Database, temporal: Namespace) -> None:
    """Two cases opened one after the other: the clock that stops for the first runs on into the second's instant."""
    with seeded(database) as house:

        async def story() -> None:
            async with driven(house, temporal):
                for n in range(2):
                    house.open_exchange(house.order(f"D-{n}"))
                await asyncio.to_thread(house.advance, hours=24)

        asyncio.run(story())
        assert rows(house.engine, 'SELECT count(*) FROM "case" WHERE next_due_at <= partnerflow_now()') == [0]


def test_a_timer_set_before_the_clock_moved_rings_at_the_moved_instant(
    database: Database, temporal: Namespace
) -> None:
    """Ten seconds are left when the advance ends; nothing but the driver's own timer can settle it."""
    with seeded(database) as house:

        async def story() -> None:
            async with driven(house, temporal):
                target = held_order(house)
                (due,) = rows(house.engine, 'SELECT next_due_at FROM "order"')
                left = due - house.now() - timedelta(seconds=2)
                await asyncio.to_thread(house.advance, seconds=left.total_seconds())
                assert status(house, target) == "on_hold"
                async with asyncio.timeout(60):
                    while status(house, target) == "on_hold":  # noqa: ASYNC110
                        await asyncio.sleep(0.1)

        asyncio.run(story())


def status(house: House, target: str) -> str:
    (found,) = rows(house.engine, f"SELECT status FROM \"order\" WHERE id = '{target.partition('/')[2]}'")
    return str(found)
