"""Open records compared with running drivers: whatever was lost, wherever it was lost, is started again."""

import asyncio
from concurrent.futures import Executor
from typing import Final

from sqlalchemy import Engine
from temporalio.client import Client

from partnerflow.store import drivers
from partnerflow.store.database import EVERY_ORGANISATION, reading
from workflows.starting import tell

PER_SECOND: Final = 40
"""Drivers started by a comparison; more would only keep those of fresh decisions waiting."""


async def start_missing(engine: Engine, client: Client, threads: Executor | None = None) -> int:
    """Start every driver that is missing, nearest due instant first, and wake those that are late; how many.

    A list that lags behind only costs a needless signal. Raises RPCError when Temporal is away.
    """
    loop = asyncio.get_running_loop()
    owing = await loop.run_in_executor(threads, owing_drivers, engine)
    running = {run.id async for run in client.list_workflows("ExecutionStatus = 'Running'")}
    wanted = [record.workflow_id for record in owing if record.late or record.workflow_id not in running]
    for first in range(0, len(wanted), PER_SECOND):
        handful = wanted[first : first + PER_SECOND]
        pace = loop.create_task(asyncio.sleep(1 if len(wanted) > PER_SECOND else 0))
        _, failure = await tell(client, handful, frozenset(handful))
        if failure:
            pace.cancel()
            raise failure
        await pace
    return len(wanted)


def owing_drivers(engine: Engine) -> tuple[drivers.Open, ...]:
    """Every record that owes a driver, nearest due instant first."""
    with reading(engine, EVERY_ORGANISATION) as session:
        return drivers.open_records(session)
