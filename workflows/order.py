"""An order on hold waits for an answer; an accepted one counts down its cancel window."""

from temporalio import workflow

from partnerflow.orders.model import OrderStatus
from workflows.contract import OrderInput, OrderSummary, Settling
from workflows.deadline import Deadline
from workflows.options import DATABASE
from workflows.steps import Records


@workflow.defn
class OrderWorkflow:
    """Drives ``order/<id>`` as long as something happens to the order by itself."""

    order: OrderSummary

    @workflow.init
    def __init__(self, start: OrderInput) -> None:
        self.start = start
        self.deadline = Deadline(start)

    @workflow.signal
    def wake(self) -> None:
        self.deadline.wake()

    @workflow.run
    async def run(self, _start: OrderInput) -> None:
        while await self._something_is_to_come():
            if self.order.status == OrderStatus.ON_HOLD:
                await self._wait_for_an_answer_or_the_end_of_the_hold()
            else:
                await self._count_down_the_cancel_window()

    async def _something_is_to_come(self) -> bool:
        while True:
            self.deadline.hear()
            self.order = await workflow.execute_local_activity_method(
                Records.read_order, self.start, **DATABASE
            )
            if self.order.open or self.deadline.quiet:
                return self.order.open

    async def _wait_for_an_answer_or_the_end_of_the_hold(self) -> None:
        """Corrected, acknowledged, cancelled: each wakes us. On expiry the desk releases or cancels."""
        await self._let_it_come()

    async def _count_down_the_cancel_window(self) -> None:
        """72 h, 24 h and 2 h before the last safe minute the desk reminds whoever may still cancel."""
        await self._let_it_come()

    async def _let_it_come(self) -> None:
        due = self.order.due
        if await self.deadline.passed(due, self.order.now) and due:
            settling = Settling(f"order/{self.start.order_id}", due)
            await workflow.execute_local_activity_method(Records.settle, settling, **DATABASE)
