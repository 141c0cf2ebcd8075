"""A Temporal that skips time, with the drivers on steps in memory."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from temporalio.client import Client, WorkflowHandle
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from api.embedded.process import program
from tests.fakes.steps import FakeDistributors, FakeDocuments, FakeIssuers, FakeMessages, FakeRecords, Record
from workflows.contract import QUEUE
from workflows.registry import WORKFLOWS, bodies
from workflows.sandbox import runner


@dataclass
class House:
    """The fakes, and the environment they run in."""

    env: WorkflowEnvironment
    record: Record
    records: FakeRecords
    messages: FakeMessages
    documents: FakeDocuments
    distributors: FakeDistributors
    issuers: FakeIssuers
    ids: list[str] = field(default_factory=list)

    async def start(self, name: str, start: Any) -> WorkflowHandle[Any, Any]:
        """Start a driver."""
        return await self.env.client.start_workflow(name, start, id=str(uuid.uuid4()), task_queue=QUEUE)

    async def run(self, name: str, start: Any) -> None:
        """Drive to the end, however long it takes on the clock."""
        await (await self.start(name, start)).result()


@asynccontextmanager
async def skipping_time(now: Callable[[], datetime] | None = None) -> AsyncIterator[House]:
    """A house whose clock jumps to the next timer."""
    path = program("temporal-test-server")
    async with await WorkflowEnvironment.start_time_skipping(test_server_existing_path=path) as env:
        loop = asyncio.get_running_loop()

        def clock() -> datetime:
            asked = asyncio.run_coroutine_threadsafe(env.get_current_time(), loop)
            return asked.result(5).astimezone(UTC)

        record = Record(now or clock)
        house = House(
            env,
            record,
            FakeRecords(record),
            FakeMessages(record),
            FakeDocuments(record),
            FakeDistributors(record),
            FakeIssuers(record),
        )
        async with working(house):
            yield house


@asynccontextmanager
async def in_real_time(client: Client) -> AsyncIterator[House]:
    """A house on a real server; its record has the machine's clock."""
    env = WorkflowEnvironment.from_client(client)
    record = Record(lambda: datetime.now(UTC))
    groups = (
        FakeRecords(record),
        FakeMessages(record),
        FakeDocuments(record),
        FakeDistributors(record),
        FakeIssuers(record),
    )
    house = House(env, record, *groups)
    async with working(house):
        yield house


@asynccontextmanager
async def working(house: House, *, cached: int = 100) -> AsyncIterator[None]:
    """A worker for every driver, with the house's steps."""
    groups = (house.records, house.messages, house.documents, house.distributors, house.issuers)
    with ThreadPoolExecutor(4) as threads:
        async with Worker(
            house.env.client,
            task_queue=QUEUE,
            workflows=WORKFLOWS,
            activities=bodies(*groups),
            activity_executor=threads,
            workflow_runner=runner(),
            max_cached_workflows=cached,
            max_concurrent_activities=4,
            max_concurrent_local_activities=4,
        ):
            yield
