"""A case from its named owner to its end, with the partner kept informed."""

from temporalio import workflow

from partnerflow.cases.model import Stage
from workflows.contract import CaseInput, CaseSummary, Settling
from workflows.deadline import Deadline
from workflows.options import DATABASE
from workflows.steps import Records


@workflow.defn
class CaseWorkflow:
    """Drives ``case/<ref>``: every clock but a pending step's, which belongs to the round's own driver.

    The stages follow each other, but a recall or a remedy taken back returns to the owner; so the record is
    asked for the stage each time, and the story may begin anywhere.
    """

    case: CaseSummary

    @workflow.init
    def __init__(self, start: CaseInput) -> None:
        self.start = start
        self.deadline = Deadline(start)

    @workflow.signal
    def wake(self) -> None:
        self.deadline.wake()

    @workflow.run
    async def run(self, _start: CaseInput) -> None:
        while await self._the_case_goes_on():
            match self.case.stage:
                case Stage.ASSESSMENT:
                    await self._the_owner_agrees_the_facts()
                case Stage.APPROVAL:
                    await self._the_deciders_decide()
                case Stage.REMEDY:
                    await self._the_remedy_is_carried_out()
                case Stage.PASSING_ON:
                    await self._the_distributor_passes_it_on()
                case Stage.CLOSED:
                    await self._the_vendors_note_is_chased()

    async def _the_case_goes_on(self) -> bool:
        while True:
            self.deadline.hear()
            self.case = await workflow.execute_local_activity_method(
                Records.read_case, self.start, **DATABASE
            )
            if self.case.open or self.deadline.quiet:
                return self.case.open

    async def _the_owner_agrees_the_facts(self) -> None:
        """Until the owner proposes: the owner's, first response's, next update's and decision clocks run."""
        await self._a_person_acts_or_a_deadline_passes()

    async def _the_deciders_decide(self) -> None:
        """The round's own driver moves its steps upwards; here the decision clock and the promises run on."""
        await self._a_person_acts_or_a_deadline_passes()

    async def _the_remedy_is_carried_out(self) -> None:
        """The remedy's own driver does it; here the promises to the partner and the VAT clock run."""
        await self._a_person_acts_or_a_deadline_passes()

    async def _the_distributor_passes_it_on(self) -> None:
        """Until the distributor confirms that the reseller's account shows it; that clock has a ladder."""
        await self._a_person_acts_or_a_deadline_passes()

    async def _the_vendors_note_is_chased(self) -> None:
        """The reseller has its credit; the distributor still waits for the vendor's, which is its exposure."""
        await self._a_person_acts_or_a_deadline_passes()

    async def _a_person_acts_or_a_deadline_passes(self) -> None:
        due = self.case.due
        if await self.deadline.passed(due, self.case.now) and due:
            settling = Settling(f"case/{self.start.ref}", due)
            await workflow.execute_local_activity_method(Records.settle, settling, **DATABASE)
