"""One round of an approval: its steps in turn; who does not answer is reminded, then passed over upwards."""

from temporalio import workflow

from workflows.contract import RoundInput, RoundSummary, Settling
from workflows.deadline import Deadline
from workflows.options import DATABASE
from workflows.steps import Records


@workflow.defn
class ApprovalWorkflow:
    """Drives ``approval/<ref>-<round>``: the clock of the step whose turn it is."""

    round: RoundSummary

    @workflow.init
    def __init__(self, start: RoundInput) -> None:
        self.start = start
        self.deadline = Deadline(start)

    @workflow.signal
    def wake(self) -> None:
        self.deadline.wake()

    @workflow.run
    async def run(self, _start: RoundInput) -> None:
        while await self._a_step_is_pending():
            await self._it_is_decided_or_climbs()

    async def _a_step_is_pending(self) -> bool:
        while True:
            self.deadline.hear()
            self.round = await workflow.execute_local_activity_method(
                Records.read_round, self.start, **DATABASE
            )
            if self.round.open or self.deadline.quiet:
                return self.round.open

    async def _it_is_decided_or_climbs(self) -> None:
        """A decision wakes us. Warnings, the breach, each rung and the exhausted ladder are instants that the
        desk settles, so that an approval in the last second and the expiry can never both win."""
        due = self.round.due
        if await self.deadline.passed(due, self.round.now) and due:
            settling = Settling(f"case/{self.start.ref}", due)
            await workflow.execute_local_activity_method(Records.settle, settling, **DATABASE)
