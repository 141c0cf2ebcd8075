"""One message that did not go at first: later attempts on the published schedule, then parked and shown."""

from temporalio import workflow

from workflows.contract import DeliveryInput, DeliverySummary
from workflows.deadline import Deadline
from workflows.options import DATABASE, SENDING
from workflows.steps import Messages, Records


@workflow.defn
class DeliveryWorkflow:
    """Drives ``delivery/<id>`` until the message has gone or nobody will try again."""

    delivery: DeliverySummary

    @workflow.init
    def __init__(self, start: DeliveryInput) -> None:
        self.start = start
        self.deadline = Deadline(start)

    @workflow.signal
    def wake(self) -> None:
        self.deadline.wake()

    @workflow.run
    async def run(self, _start: DeliveryInput) -> None:
        while await self._another_attempt_is_owed():
            if await self.deadline.passed(self.delivery.due, self.delivery.now):
                await self._attempt()

    async def _another_attempt_is_owed(self) -> bool:
        while True:
            self.deadline.hear()
            self.delivery = await workflow.execute_local_activity_method(
                Records.read_delivery, self.start, **DATABASE
            )
            if self.delivery.open or self.deadline.quiet:
                return self.delivery.open

    async def _attempt(self) -> None:
        await workflow.execute_activity_method(Messages.send_delivery, self.start, **SENDING)
