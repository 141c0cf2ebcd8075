"""A driver lives as long as its record is open; its history does not grow with it."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

from temporalio.client import Client

from partnerflow.cases.model import Stage
from tests.workflows.conftest import in_real_time
from tests.workflows.house import until
from tests.workflows.own_temporal import OwnTemporal
from workflows.contract import QUEUE, CaseInput, Due

SOON_LONG = ("--dynamic-config-value", "limit.historyCount.suggestContinueAsNew=40")


def test_a_driver_with_a_long_history_continues_as_new_and_misses_nothing(tmp_path: Path) -> None:
    with OwnTemporal(tmp_path, *SOON_LONG) as server:

        async def story() -> None:
            client = await Client.connect(server.address)
            async with in_real_time(client) as house:
                record = house.record
                record.dues = [Due("decision", datetime.now(UTC) + timedelta(days=2))]
                start = CaseInput("PF-2027-000001")
                first = await client.start_workflow("CaseWorkflow", start, id="case/1", task_queue=QUEUE)
                driver = client.get_workflow_handle("case/1")
                for _ in range(40):
                    read = record.reads
                    await driver.signal("wake")
                    await until(lambda before=read: record.reads > before)
                now = await driver.describe()
                assert now.run_id != first.first_execution_run_id
                assert now.history_length < 80
                record.dues = [Due("decision", datetime.now(UTC))]
                record.stage = Stage.PASSING_ON
                await driver.signal("wake")
                await until(lambda: len(record.settled) == 1)
                record.stage = Stage.CLOSED
                await driver.signal("wake")
                await driver.result()

        asyncio.run(story())
