"""People come and go: at each such instant, and at every change of the directory, the cases follow who has them."""

from temporalio import workflow

from workflows.contract import Followers, PeopleInput, PeopleSummary
from workflows.deadline import Deadline
from workflows.options import DATABASE, FOLLOWING
from workflows.steps import People


@workflow.defn
class PeopleWorkflow:
    """Drives ``people/sync``, the one there is. Who is responsible is derived at once; stored owners and deciders,
    their events and mails follow here, in batches."""

    people: PeopleSummary

    @workflow.init
    def __init__(self, start: PeopleInput) -> None:
        self.start = start
        self.deadline = Deadline(start)

    @workflow.signal
    def wake(self) -> None:
        self.deadline.wake()

    @workflow.run
    async def run(self, _start: PeopleInput) -> None:
        while await self._somebody_comes_or_goes():
            if self.people.behind or await self._the_instant_has_come():
                await self._every_case_follows()

    async def _somebody_comes_or_goes(self) -> bool:
        while True:
            self.deadline.hear()
            self.people = await workflow.execute_local_activity_method(
                People.read_people, self.start, **DATABASE
            )
            if self.people.open or self.deadline.quiet:
                return self.people.open

    async def _the_instant_has_come(self) -> bool:
        return await self.deadline.passed(self.people.due, self.people.now)

    async def _every_case_follows(self) -> None:
        """Batch by batch; where it stands is no state worth keeping, since each case follows once."""
        batch: Followers | None = Followers()
        while batch is not None:
            batch = await workflow.execute_activity_method(People.follow_people, batch, **FOLLOWING)
