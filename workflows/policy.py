"""A published policy waits for its instant; then the clocks of open cases follow it, the most urgent first."""

from temporalio import workflow

from workflows.contract import PolicyInput, PolicySummary
from workflows.deadline import Deadline
from workflows.options import BOOKING, DATABASE
from workflows.steps import Policies


@workflow.defn
class PolicyWorkflow:
    """Drives ``policy/<version>`` until every open case has been asked to follow."""

    policy: PolicySummary

    @workflow.init
    def __init__(self, start: PolicyInput) -> None:
        self.start = start
        self.deadline = Deadline(start)

    @workflow.signal
    def wake(self) -> None:
        self.deadline.wake()

    @workflow.run
    async def run(self, _start: PolicyInput) -> None:
        while await self._clocks_are_to_be_moved():
            if self.policy.moving:
                await self._move_the_next_clocks()
            else:
                await self._wait_for_its_instant()

    async def _clocks_are_to_be_moved(self) -> bool:
        while True:
            self.deadline.hear()
            self.policy = await workflow.execute_local_activity_method(
                Policies.read_policy, self.start, **DATABASE
            )
            if self.policy.open or self.deadline.quiet:
                return self.policy.open

    async def _wait_for_its_instant(self) -> None:
        """Then it takes over from whichever version moved clocks before."""
        if await self.deadline.passed(self.policy.due, self.policy.now):
            await workflow.execute_local_activity_method(Policies.begin_moving, self.start, **DATABASE)

    async def _move_the_next_clocks(self) -> None:
        """A handful of cases; the last one ends it."""
        if workflow.info().is_continue_as_new_suggested():
            workflow.continue_as_new(self.start)
        if await self.deadline.not_again(self.policy.left):
            await workflow.execute_activity_method(Policies.move_clocks, self.start, **BOOKING)
