"""Record the histories that the tests replay: real drivers on the real desk, record and Temporal.

    python -m scripts.record_histories

Run it after a change of workflow code that is meant to break with the past (otherwise use ``workflow.patched`` and
record under new names): the old files are what running drivers in production look like.
"""

import asyncio
import re
from pathlib import Path
from tempfile import TemporaryDirectory

from temporalio.client import Client

from api.embedded.payments import Mode, PaymentsDouble
from notifications.email import SendFailed
from partnerflow.cases.model import Stage
from partnerflow.policy.commands import DraftPolicy, PublishPolicy
from partnerflow.store.outbox import Delivery
from partnerflow.store.policies import source
from tests.support.fresh import Namespace, fresh_database, fresh_namespace
from tests.support.parts import Parts
from tests.workflows.house import House, driven, held_order, not_running, seeded, until
from tests.workflows.rows import change, rows

TARGET = Path(__file__).parents[1] / "tests" / "workflows" / "histories"
IDENTITY = re.compile(r'"identity": "[^"]*"')


def main() -> None:
    parts = Parts()
    try:
        with fresh_database() as database, seeded(database) as house:
            asyncio.run(record(house, fresh_namespace()))
        record_payment()
    finally:
        parts.close()


async def record(house: House, namespace: Namespace) -> None:
    """Worked example 1, a hold that expires, a remedy that fails and is taken back, a message that needs retries."""
    client = await namespace.connect()
    refused: set[str] = set()

    def send(delivery: Delivery) -> None:
        if delivery.event == "case.closed" and len(refused) < 2:
            refused.add(f"{delivery.id} {delivery.attempt}")
            raise SendFailed(False, "451 try again later")

    house.send = send  # type: ignore[method-assign]
    async with driven(house, namespace):
        held = held_order(house)
        ref = house.open_exchange(house.order())
        await asyncio.to_thread(house.advance, hours=25)
        house.approve(ref)
        house.approve(ref)
        await until(lambda: house.case(ref).stage is Stage.PASSING_ON)
        await asyncio.to_thread(house.advance, hours=2)
        house.pass_on(ref)
        second = house.open_exchange(house.order("D-2"))
        house.approve(second)
        change(
            house.engine, """UPDATE product SET data = data || '{"retired": true}' WHERE sku = 'LIC-STD'"""
        )
        house.approve(second)
        await until(lambda: house.case(second).stage is Stage.ASSESSMENT)
        await until(
            lambda: rows(house.engine, "SELECT count(*) FROM delivery WHERE state <> 'sent'") == [0], 60
        )
        (late,) = rows(house.engine, "SELECT id FROM delivery WHERE attempt > 1 ORDER BY id LIMIT 1")
        await until(lambda: not_running(client, f"delivery/{late}"))
        version = moved_clocks(house)
        await until(lambda: not_running(client, f"policy/{version}"))
        for name, workflow_id in {
            "order-held-and-released": held,
            "case-worked-example-1": f"case/{ref}",
            "approval-climbed-then-two-steps": f"approval/{ref}-1",
            "remedy-done": f"remedy/{ref}-1",
            "remedy-voided": f"remedy/{second}-1",
            "case-back-with-its-owner": f"case/{second}",
            "delivery-retried": f"delivery/{late}",
            "policy-clocks-moved": f"policy/{version}",
        }.items():
            await save(client, name, workflow_id)


def record_payment() -> None:
    """A payment whose payer loses its answer, and which is then found."""

    async def story(house: House, namespace: Namespace, payer: PaymentsDouble) -> None:
        client = await namespace.connect()
        async with driven(house, namespace, payments_url=payer.url):
            ref = house.open_exchange(house.order())
            house.approve(ref)
            house.approve(ref)
            await until(lambda: house.case(ref).stage is Stage.CLOSED)
            driver = f"payout/{house.case(ref).payouts[0].key}"
            await until(lambda: not_running(client, driver))
            await save(client, "payout-lost-and-found", driver)

    with TemporaryDirectory() as place, fresh_database() as database, seeded(database) as house:
        payer = PaymentsDouble(Path(place), 0)
        payer.mode = Mode.LOSE_THE_ANSWER
        payer.start()
        asyncio.run(story(house, fresh_namespace(), payer))
        payer.stop()


def moved_clocks(house: House) -> int:
    """A policy whose clocks open cases follow; its number."""
    outcome = house.do("priya-nair", "policy/new", DraftPolicy(source("default"), None, "The same again."))
    version = int(outcome.body.split('"version": ')[1].partition(",")[0])
    house.do("helen-ashworth", f"policy/{version}", PublishPolicy(None, move_clocks=True))
    return version


async def save(client: Client, name: str, workflow_id: str) -> None:
    history = await client.get_workflow_handle(workflow_id).fetch_history()
    text = IDENTITY.sub('"identity": "worker"', history.to_json())
    (TARGET / f"{name}.json").write_text(text + "\n")
    print(f"{name}: {len(history.events)} events")


if __name__ == "__main__":
    main()
