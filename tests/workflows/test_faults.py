"""What the worker survives: no Temporal, a hanging one, a wiped one, its own end at any point."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from partnerflow.cases.model import Stage
from tests.support.fresh import Database, Namespace
from tests.workflows.house import House, driven, seeded, settings_of, until
from tests.workflows.own_temporal import OwnTemporal
from tests.workflows.rows import rows
from workflows.comparison import owing_drivers
from workflows.rebuild import rebuild_drivers

RUNNING = "ExecutionStatus = 'Running'"
UNSENT = "SELECT count(*) FROM delivery WHERE state <> 'sent'"


def of(server: OwnTemporal) -> Namespace:
    return Namespace(server.address, "default")


def test_without_temporal_messages_go_out_and_when_it_comes_the_drivers_do_their_work(
    database: Database, tmp_path: Path
) -> None:
    server = OwnTemporal(tmp_path)
    with seeded(database) as house:

        async def story() -> None:
            async with driven(house, of(server)):
                ref = house.open_exchange(house.order())
                await until(lambda: rows(house.engine, UNSENT) == [0])
                house.approve(ref)
                house.approve(ref)
                assert house.case(ref).stage is Stage.REMEDY
                server.start()
                await until(lambda: house.case(ref).stage is Stage.PASSING_ON)

        try:
            asyncio.run(story())
        finally:
            server.stop()


def test_a_temporal_whose_store_was_wiped_in_mid_flight_loses_no_deadline(
    database: Database, tmp_path: Path
) -> None:
    with seeded(database) as house, OwnTemporal(tmp_path) as server:

        async def story() -> None:
            async with driven(house, of(server)):
                ref = house.open_exchange(house.order())
                await until(lambda: rows(house.engine, "SELECT count(*) FROM wake") == [0])
                server.stop()
                server.wipe()
                house.approve(ref)
                server.start()
                await asyncio.to_thread(rebuild_drivers, settings_of(database, of(server)))
                owing = {record.workflow_id for record in owing_drivers(house.engine)}
                client = await of(server).connect()

                async def everybody_runs() -> bool:  # the list lags behind what was started
                    return {run.id async for run in client.list_workflows(RUNNING)} >= owing

                await until(everybody_runs)
                await asyncio.to_thread(house.advance, hours=24)
                assert house.case(ref).rungs_fired >= 1
                house.approve(ref)
                await until(lambda: house.case(ref).stage is Stage.PASSING_ON)

        asyncio.run(story())
        assert rows(house.engine, "SELECT count(*) FROM note") == [4]


@pytest.mark.long
def test_while_temporal_hangs_decisions_and_messages_go_on(database: Database, tmp_path: Path) -> None:
    with seeded(database) as house, OwnTemporal(tmp_path) as server:

        async def story() -> None:
            async with driven(house, of(server)):
                target = house.order()
                await until(lambda: rows(house.engine, "SELECT count(*) FROM wake") == [0])
                server.hang()
                ref = house.open_exchange(target)
                house.approve(ref)
                house.approve(ref)
                await until(lambda: rows(house.engine, UNSENT) == [0])
                server.go_on()
                await until(lambda: house.case(ref).stage is Stage.PASSING_ON)

        asyncio.run(story())


@pytest.mark.slow
@pytest.mark.parametrize("cases", [2, pytest.param(6, marks=pytest.mark.long)])
def test_a_worker_killed_again_and_again_finishes_every_case_once(
    database: Database, temporal: Namespace, tmp_path: Path, cases: int
) -> None:
    with seeded(database) as house:
        refs = []
        with worker(database, temporal, tmp_path) as first:
            for n in range(cases):
                refs.append(house.open_exchange(house.order(f"D-{n}")))
                house.approve(refs[-1])
                house.approve(refs[-1])
                if n % 2:
                    first.kill()
                    first.wait()
                    first = start(database, temporal, tmp_path)  # noqa: PLW2901
            asyncio.run(until(lambda: all(passing_on(house, ref) for ref in refs)))
            first.kill()
            first.wait()
        assert rows(house.engine, "SELECT count(*), count(DISTINCT number) FROM note") == [(4 * cases,) * 2]
        assert rows(house.engine, "SELECT count(*) FROM document") == [4 * cases]


def test_a_worker_told_to_end_is_gone_within_its_grace(
    database: Database, temporal: Namespace, tmp_path: Path
) -> None:
    with seeded(database), worker(database, temporal, tmp_path) as process:
        ready(tmp_path)
        told = time.monotonic()
        process.send_signal(signal.SIGTERM)
        assert process.wait(8) == 0
        assert time.monotonic() - told < 4


def passing_on(house: House, ref: str) -> bool:
    return house.case(ref).stage is Stage.PASSING_ON


@contextmanager
def worker(database: Database, temporal: Namespace, place: Path) -> Iterator[subprocess.Popen[bytes]]:
    process = start(database, temporal, place)
    yield process
    process.kill()
    process.wait()


def start(database: Database, temporal: Namespace, place: Path) -> subprocess.Popen[bytes]:
    """The worker as a process of its own, as in production."""
    told = {
        "DATABASE_URL": database.app_url,
        "TEMPORAL_ADDRESS": temporal.address,
        "TEMPORAL_NAMESPACE": temporal.namespace,
        "SECRET_KEY": "x" * 32,
        "SMTP_URL": "smtp://127.0.0.1:1",
        "WORKER_READY_FILE": str(place / "ready"),
    }
    with (place / "worker.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "api.cli", "worker"], env=os.environ | told, stdout=log, stderr=log
        )


def ready(place: Path) -> None:
    asyncio.run(until((place / "ready").exists))
