"""The relay between the real outbox and the real Temporal, without anybody who works on what it starts."""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError

from partnerflow.store import wakes
from partnerflow.store.database import unit_of_work
from tests.support.fresh import Database, Namespace
from tests.workflows.own_temporal import OwnTemporal
from tests.workflows.rows import a_delivery, an_order, change, rows
from workflows.bell import Bell, listen
from workflows.comparison import start_missing
from workflows.contract import QUEUE, OrderInput
from workflows.post import SENDERS, Post
from workflows.relay import Relay
from workflows.schedules import ensure_schedules

LATER = datetime(2100, 1, 1, tzinfo=UTC)


def relayed(engine: Engine, temporal: Namespace, story: Callable[[Relay], Coroutine[Any, Any, None]]) -> None:
    async def told() -> None:
        with ThreadPoolExecutor(3) as threads:
            await story(Relay(engine, await temporal.connect(), Bell(), threads))

    asyncio.run(told())


def test_a_wake_of_an_open_record_starts_its_driver_and_is_done_with(
    engine: Engine, temporal: Namespace
) -> None:
    async def story(relay: Relay) -> None:
        woken(engine, an_order(engine, "O1", LATER))
        assert await relay.pass_on() == 1
        assert await running(relay.client) == {"order/O1"}
        assert rows(engine, "SELECT workflow_id FROM wake") == []
        assert await relay.pass_on() == 0

    relayed(engine, temporal, story)


def test_a_driver_that_runs_is_woken_and_not_started_again(engine: Engine, temporal: Namespace) -> None:
    async def story(relay: Relay) -> None:
        name = an_order(engine, "O1", LATER)
        for _ in range(3):
            woken(engine, name)
            await relay.pass_on()
        assert await signals(relay.client, name) == 3

    relayed(engine, temporal, story)


def test_where_nothing_is_open_no_driver_starts_but_one_that_runs_hears_of_it(
    engine: Engine, temporal: Namespace
) -> None:
    async def story(relay: Relay) -> None:
        ended, ending = an_order(engine, "O1", None), an_order(engine, "O2", None)
        await relay.client.start_workflow("OrderWorkflow", OrderInput("O2"), id=ending, task_queue=QUEUE)
        woken(engine, ended, ending)
        await relay.pass_on()
        assert await running(relay.client) == {ending}
        assert await signals(relay.client, ending) == 1
        assert rows(engine, "SELECT workflow_id FROM wake") == []

    relayed(engine, temporal, story)


def test_a_driver_ended_by_hand_starts_again_under_its_id(engine: Engine, temporal: Namespace) -> None:
    async def story(relay: Relay) -> None:
        name = an_order(engine, "O1", LATER)
        woken(engine, name)
        await relay.pass_on()
        await relay.client.get_workflow_handle(name).terminate()
        await until(lambda: missing_is_started(relay))
        found = await relay.client.get_workflow_handle(name).describe()
        assert found.status is WorkflowExecutionStatus.RUNNING

    relayed(engine, temporal, story)


def test_a_wiped_temporal_gets_every_open_record_back_nearest_due_first(
    engine: Engine, temporal: Namespace
) -> None:
    async def story(relay: Relay) -> None:
        for n in (3, 1, 2):
            an_order(engine, f"O{n}", LATER + timedelta(days=n))
        an_order(engine, "O9", None)
        a_delivery(engine, "D1", state="retrying", next_attempt_at=datetime.now(UTC) + timedelta(hours=1))
        a_delivery(engine, "D2")
        assert await start_missing(engine, relay.client) == 4
        assert await running(relay.client) == {"order/O1", "order/O2", "order/O3", "delivery/D1"}
        assert await ensure_schedules(relay.client) == 1
        assert await ensure_schedules(relay.client) == 0

    relayed(engine, temporal, story)


def test_a_driver_whose_instant_has_long_passed_is_woken_once_more(
    engine: Engine, temporal: Namespace
) -> None:
    async def story(relay: Relay) -> None:
        name = an_order(engine, "O1", datetime.now(UTC) - timedelta(minutes=1))
        await start_missing(engine, relay.client)
        await until(lambda: visible(relay.client, name))
        assert await start_missing(engine, relay.client) == 1
        assert await signals(relay.client, name) == 2

    relayed(engine, temporal, story)


@pytest.mark.long
def test_while_temporal_is_away_wakes_stay_and_go_out_when_it_is_back(engine: Engine, tmp_path: Path) -> None:
    async def story() -> None:
        server = OwnTemporal(tmp_path)
        with server, ThreadPoolExecutor(3) as threads:
            relay = Relay(engine, await Client.connect(server.address), Bell(), threads)
            woken(engine, an_order(engine, "O1", LATER))
            server.stop()
            with pytest.raises(RPCError):
                await relay.pass_on()
            assert rows(engine, "SELECT claimed_until FROM wake") == [None]
            server.start()
            assert await relay.pass_on() == 1
            assert await running(relay.client) == {"order/O1"}

    asyncio.run(story())


def test_a_wake_that_no_driver_can_answer_does_not_hold_up_the_others(
    engine: Engine, temporal: Namespace
) -> None:
    async def story(relay: Relay) -> None:
        woken(engine, "nonsense", "order/", an_order(engine, "O1", LATER))
        await relay.pass_on()
        assert await running(relay.client) == {"order/O1"}
        assert rows(engine, "SELECT workflow_id FROM wake") == []

    relayed(engine, temporal, story)


def test_the_bell_rings_for_a_notification_and_again_after_a_lost_connection(
    engine: Engine, database: Database
) -> None:
    async def story() -> None:
        bell = Bell()
        listening = asyncio.create_task(listen(database.app_url, bell))
        for _ in range(2):
            await until(lambda: rung(engine, bell))
            change(
                engine,
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = 'partnerflow bell' AND datname = current_database()",
            )
        listening.cancel()

    asyncio.run(story())


def test_messages_go_out_in_order_of_age_and_a_failing_one_does_not_stop_the_others(engine: Engine) -> None:
    sent: list[str] = []
    names = [f"D{n}" for n in range(12)]
    for name in names:
        a_delivery(engine, name)

    def send(delivery: Any) -> None:
        if delivery.id == "D3":
            raise OSError("no route")
        sent.append(delivery.id)

    async def story() -> None:
        with ThreadPoolExecutor(SENDERS + 1) as threads:
            sending = asyncio.create_task(Post(engine, send, Bell(), threads).deliver())
            await until(lambda: all_gone(engine))
            sending.cancel()

    asyncio.run(story())
    assert sorted(sent) == sorted(set(names) - {"D3"})
    assert sent[0] in names[:SENDERS]
    assert rows(engine, "SELECT id FROM delivery WHERE state = 'retrying'") == ["D3"]


async def all_gone(engine: Engine) -> bool:
    return rows(engine, "SELECT count(*) FROM delivery WHERE state IN ('queued', 'sending')") == [0]


async def rung(engine: Engine, bell: Bell) -> bool:
    """Ring by NOTIFY and hear it within 100 ms; a sweep would take longer."""
    waiting = asyncio.create_task(bell.wait(60))
    await asyncio.sleep(0)
    change(engine, f"NOTIFY {wakes.CHANNEL}")
    done, _ = await asyncio.wait({waiting}, timeout=0.1)
    waiting.cancel()
    return bool(done)


async def missing_is_started(relay: Relay) -> bool:
    return await start_missing(relay.engine, relay.client) == 1


async def visible(client: Client, name: str) -> bool:
    found = {run.id async for run in client.list_workflows("ExecutionStatus = 'Running'")}
    return name in found


async def running(client: Client) -> set[str]:
    """What runs, once the list has caught up."""
    await asyncio.sleep(0.3)
    return {run.id async for run in client.list_workflows("ExecutionStatus = 'Running'")}


async def signals(client: Client, name: str) -> int:
    history = await client.get_workflow_handle(name).fetch_history()
    return sum(event.HasField("workflow_execution_signaled_event_attributes") for event in history.events)


async def until(holds: Callable[[], Coroutine[Any, Any, bool]]) -> None:
    async with asyncio.timeout(60):
        while not await holds():  # noqa: ASYNC110  what is awaited happens in other processes
            await asyncio.sleep(0.05)


def woken(engine: Engine, *names: str) -> None:
    with unit_of_work(engine) as session:
        wakes.wake(session, names)
