"""Drivers that run in production must go on under new code: recorded histories are replayed from their first event.

A change that fails here needs ``workflow.patched``; see scripts/record_histories.py.
"""

import asyncio
from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer
from temporalio.workflow import NondeterminismError

from partnerflow.cases.model import Stage
from tests.fakes.hasty import Hasty
from tests.support.fresh import Database, Namespace
from tests.workflows.house import driven, not_running, seeded, until
from workflows import registry
from workflows.sandbox import runner

HISTORIES = sorted((Path(__file__).parent / "histories").glob("*.json"))


@pytest.mark.parametrize("path", HISTORIES, ids=lambda path: path.stem)
def test_a_recorded_history_replays(path: Path) -> None:
    replay(path, *registry.WORKFLOWS)


def test_every_driver_of_a_record_has_a_recorded_history() -> None:
    kinds = {path.stem.partition("-")[0] for path in HISTORIES}
    assert {"order", "case", "approval", "remedy", "delivery", "payout"} <= kinds


def test_a_change_that_breaks_running_drivers_is_caught() -> None:
    (path,) = (path for path in HISTORIES if path.stem == "order-held-and-released")
    with pytest.raises(NondeterminismError):
        replay(path, Hasty)


@pytest.mark.long
def test_with_hardly_a_cache_the_worked_example_still_comes_to_its_end(
    database: Database, temporal: Namespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nearly every task of every driver then begins with a replay."""
    monkeypatch.setattr(registry, "CACHED", 1)
    with seeded(database) as house:

        async def story() -> None:
            async with driven(house, temporal):
                ref = house.open_exchange(house.order())
                house.approve(ref)
                house.approve(ref)
                await until(lambda: house.case(ref).stage is Stage.PASSING_ON)
                house.pass_on(ref)
                client = await temporal.connect()
                await until(
                    lambda: not_running(client, f"case/{ref}", f"approval/{ref}-1", f"remedy/{ref}-1")
                )

        asyncio.run(story())


def replay(path: Path, *workflows: type) -> None:
    history = WorkflowHistory.from_json(path.stem, path.read_text())
    replayer = Replayer(workflows=workflows, workflow_runner=runner())
    asyncio.run(replayer.replay_workflow(history))
