"""Orders, cases, rounds and deliveries over days and weeks, on a clock that skips."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from partnerflow.cases.model import Stage
from partnerflow.orders.model import OrderStatus
from tests.workflows.conftest import House, skipping_time
from workflows.contract import CaseInput, DeliveryInput, Due, OrderInput, RoundInput

SOON = timedelta(seconds=2)


def test_an_accepted_order_reminds_at_each_instant_and_then_needs_no_driver() -> None:
    async def story() -> None:
        async with skipping_time() as house:
            dues = [Due("window", await after(house, days=days)) for days in (4, 6, 7)]
            house.record.dues = list(dues)
            await house.run("OrderWorkflow", OrderInput("O1"))
            assert [due for due, _ in house.record.settled] == dues
            assert all(due.at <= at < due.at + SOON for due, at in house.record.settled)

    asyncio.run(story())


def test_a_hold_that_nobody_answers_expires() -> None:
    async def story() -> None:
        async with skipping_time() as house:
            house.record.status = OrderStatus.ON_HOLD
            house.record.dues = [Due("hold", await after(house, hours=16))]
            await house.run("OrderWorkflow", OrderInput("O1"))
            assert [due.name for due, _ in house.record.settled] == ["hold"]

    asyncio.run(story())


def test_an_order_without_anything_to_come_ends_its_driver_at_once() -> None:
    async def story() -> None:
        async with skipping_time() as house:
            await house.run("OrderWorkflow", OrderInput("O1"))
            assert house.record.reads == 1

    asyncio.run(story())


@pytest.mark.parametrize("days", [1, 20], ids=["earlier", "later"])
def test_a_deadline_that_moves_is_met_where_it_went(days: int) -> None:
    async def story() -> None:
        async with skipping_time() as house:
            house.record.dues = [Due("hold", await after(house, days=10))]
            driver = await house.start("OrderWorkflow", OrderInput("O1"))
            await house.env.sleep(timedelta(hours=1))
            moved = Due("hold", await after(house, days=days))
            house.record.dues = [moved]
            await driver.signal("wake")
            await driver.result()
            ((due, at),) = house.record.settled
            assert due == moved
            assert moved.at <= at < moved.at + SOON

    asyncio.run(story())


def test_a_hold_that_is_answered_never_fires() -> None:
    async def story() -> None:
        async with skipping_time() as house:
            house.record.dues = [Due("hold", await after(house, days=10))]
            driver = await house.start("OrderWorkflow", OrderInput("O1"))
            await house.env.sleep(timedelta(hours=1))
            house.record.dues = []
            await driver.signal("wake")
            await driver.result()
            assert house.record.settled == []

    asyncio.run(story())


def test_a_case_is_driven_through_its_stages_to_its_end() -> None:
    async def story() -> None:
        async with skipping_time() as house:
            at = [Due(f"clock {n}", await after(house, hours=n)) for n in range(1, 6)]
            stages = iter([Stage.APPROVAL, Stage.ASSESSMENT, Stage.REMEDY, Stage.PASSING_ON, Stage.CLOSED])

            def settling(due: Due) -> None:
                house.record.dues.remove(due)
                house.record.stage = next(stages)

            house.record.dues, house.record.settling = list(at), settling
            await house.run("CaseWorkflow", CaseInput("PF-2027-000001"))
            assert [due for due, _ in house.record.settled] == at

    asyncio.run(story())


@pytest.mark.parametrize("stage", [stage for stage in Stage if stage is not Stage.CLOSED])
def test_the_driver_of_a_case_may_begin_at_any_stage(stage: Stage) -> None:
    async def story() -> None:
        async with skipping_time() as house:
            house.record.stage = stage
            house.record.dues = [Due("owner", await after(house, hours=4))]
            driver = await house.start("CaseWorkflow", CaseInput("PF-2027-000001"))
            await house.env.sleep(timedelta(hours=5))
            house.record.stage = Stage.CLOSED
            await driver.signal("wake")
            await driver.result()
            assert len(house.record.settled) == 1

    asyncio.run(story())


def test_a_step_that_nobody_answers_climbs_at_each_rung_and_ends_with_a_decision() -> None:
    async def story() -> None:
        async with skipping_time() as house:
            rungs = [Due("step", await after(house, days=days)) for days in (1, 2, 3)]
            house.record.dues = rungs[:1]

            def climb(due: Due) -> None:
                house.record.dues = rungs[rungs.index(due) + 1 :][:1]

            house.record.settling = climb
            driver = await house.start("ApprovalWorkflow", RoundInput("PF-2027-000001", 1))
            await house.env.sleep(timedelta(days=4))
            assert [due for due, _ in house.record.settled] == rungs
            house.record.step = None
            await driver.signal("wake")
            await driver.result()

    asyncio.run(story())


def test_a_delivery_is_attempted_at_its_instants_until_it_has_gone() -> None:
    async def story() -> None:
        async with skipping_time() as house:
            dues = [Due("retrying", await after(house, seconds=seconds)) for seconds in (10, 40, 160)]
            house.record.dues = list(dues)
            await house.run("DeliveryWorkflow", DeliveryInput("D1"))
            assert all(due.at <= at < due.at + SOON for due, at in house.record.settled)
            assert len(house.record.settled) == 3

    asyncio.run(story())


def test_an_instant_that_cannot_be_settled_does_not_make_its_driver_spin() -> None:
    async def story() -> None:
        async with skipping_time() as house:
            stuck = Due("owner", await after(house, minutes=1))
            house.record.dues = [stuck]
            house.record.settling = lambda _: None
            driver = await house.start("CaseWorkflow", CaseInput("PF-2027-000001"))
            await house.env.sleep(timedelta(hours=1))
            tries = [at for _, at in house.record.settled]
            assert 55 < len(tries) < 75
            house.record.stage, house.record.dues = Stage.CLOSED, []
            await driver.signal("wake")
            await driver.result()

    asyncio.run(story())


def test_no_driver_ends_when_a_wake_came_after_its_last_read() -> None:
    """The read says that nothing is open; before the driver can end, a wake says that something is."""

    async def story() -> None:
        async with skipping_time() as house:
            loop = asyncio.get_running_loop()
            reopened = Due("hold", await after(house, hours=1))
            handle = await house.env.client.start_workflow(
                "OrderWorkflow", OrderInput("O1"), id="order/O1", task_queue="partnerflow", start_delay=SOON
            )

            def meanwhile() -> None:
                house.record.before_answer = None
                house.record.dues = [reopened]
                asyncio.run_coroutine_threadsafe(handle.signal("wake"), loop).result(5)

            house.record.before_answer = meanwhile
            await handle.result()
            assert house.record.reads >= 2
            assert [due for due, _ in house.record.settled] == [reopened]

    asyncio.run(story())


async def after(house: House, **delta: float) -> datetime:
    return (await house.env.get_current_time()).astimezone(UTC) + timedelta(**delta)
