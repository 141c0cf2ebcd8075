"""An upload is booked chunk by chunk; where it stands is in the record, so any worker goes on with it."""

from temporalio import workflow

from workflows.contract import ImportInput, ImportSummary, Portion
from workflows.deadline import Deadline
from workflows.options import BOOKING, DATABASE
from workflows.steps import Imports


@workflow.defn
class ImportWorkflow:
    """Drives ``import/<id>`` until every row is booked or listed."""

    upload: ImportSummary

    @workflow.init
    def __init__(self, start: ImportInput) -> None:
        self.start = start
        self.deadline = Deadline(start)

    @workflow.signal
    def wake(self) -> None:
        self.deadline.wake()

    @workflow.run
    async def run(self, _start: ImportInput) -> None:
        while await self._rows_are_left():
            if workflow.info().is_continue_as_new_suggested():
                workflow.continue_as_new(self.start)
            if await self.deadline.not_again(self.upload.position):
                await self._book_the_next_chunk()

    async def _rows_are_left(self) -> bool:
        while True:
            self.deadline.hear()
            self.upload = await workflow.execute_local_activity_method(
                Imports.read_import, self.start, **DATABASE
            )
            if self.upload.open or self.deadline.quiet:
                return self.upload.open

    async def _book_the_next_chunk(self) -> None:
        portion = Portion(self.start.import_id, self.upload.position)
        await workflow.execute_activity_method(Imports.book_rows, portion, **BOOKING)
