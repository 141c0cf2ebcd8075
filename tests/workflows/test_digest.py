"""The daily look at the record itself, started by its Schedule."""

import asyncio

import psycopg
import pytest
from temporalio.client import WorkflowFailureError

from tests.support.fresh import Database, Namespace
from tests.workflows.conftest import skipping_time
from tests.workflows.house import driven, seeded
from workflows.contract import QUEUE
from workflows.schedules import DIGEST, ensure_schedules


def test_a_record_that_verifies_passes_in_silence_and_an_altered_event_is_named(
    database: Database, temporal: Namespace
) -> None:
    with seeded(database) as house:

        async def story() -> None:
            async with driven(house, temporal):
                ref = house.open_exchange(house.order())
                client = await temporal.connect()
                await client.execute_workflow("DigestWorkflow", id="digest-1", task_queue=QUEUE)
                alter(
                    database,
                    f"UPDATE event SET text = replace(text, '50', '51') WHERE stream = '{ref}' AND seq = 1",
                )
                with pytest.raises(WorkflowFailureError) as failed:
                    await client.execute_workflow("DigestWorkflow", id="digest-2", task_queue=QUEUE)
                assert f"{ref}: event 1 was altered" in str(failed.value.cause)

        asyncio.run(story())


def test_the_schedule_runs_the_digest(database: Database, temporal: Namespace) -> None:
    with seeded(database) as house:

        async def story() -> None:
            async with driven(house, temporal):
                client = await temporal.connect()
                await ensure_schedules(client)
                schedule = client.get_schedule_handle(DIGEST)
                async with asyncio.timeout(60):
                    while (await schedule.describe()).info.num_actions == 0:
                        await schedule.trigger()
                        await asyncio.sleep(0.5)
                    (run,) = (await schedule.describe()).info.recent_actions[:1]
                    await client.get_workflow_handle(run.action.workflow_id).result()

        asyncio.run(story())


def test_what_is_wrong_is_said_in_full() -> None:
    async def story() -> None:
        async with skipping_time() as house:
            house.records.refusals = {"a": "One is wrong.", "b": "Two is wrong."}
            with pytest.raises(WorkflowFailureError) as failed:
                await house.env.client.execute_workflow("DigestWorkflow", id="digest", task_queue=QUEUE)
            assert "One is wrong. Two is wrong." in str(failed.value.cause)

    asyncio.run(story())


def alter(database: Database, statement: str) -> None:
    """As somebody with a right to everything could."""
    with psycopg.connect(database.superuser_url) as superuser:
        superuser.execute("ALTER TABLE event DISABLE TRIGGER ALL")
        superuser.execute(statement)
