"""The remedy of one round, a saga: check the reservation, cancel upstream, issue the notes, publish them.

Before the first note a failure is compensated and the case returns to its owner. After it the remedy only
goes forward: what cannot be done is parked with a named person, who has it tried again.
"""

from typing import Final

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError

from workflows.contract import Act, ActDone, RemedyFailure, RemedyRetry, RemedySummary, RoundInput
from workflows.deadline import Deadline
from workflows.options import DATABASE, ISSUING, PRINTING, REDRIVE, UPSTREAM, UPSTREAM_BACK
from workflows.steps import Distributors, Documents, Issuers, Records

BY_HAND: Final = "by hand"
"""Nobody to be told: the people of the issuer confirm the number."""


@workflow.defn
class RemedyWorkflow:
    """Drives ``remedy/<ref>-<round>``. Which act is next is read from the record each time."""

    remedy: RemedySummary

    @workflow.init
    def __init__(self, start: RoundInput) -> None:
        self.start = start
        self.deadline = Deadline(start)
        self.restored = False

    @workflow.signal
    def wake(self) -> None:
        self.deadline.wake()

    @workflow.run
    async def run(self, _start: RoundInput) -> None:
        while await self._something_is_left_to_do():
            match self.remedy.next_act:
                case Act.CHECK:
                    await self._check_the_reservation()
                case Act.CANCEL_UPSTREAM:
                    await self._cancel_upstream()
                case Act.ISSUE:
                    await self._issue_the_notes()
                case Act.INSTRUCT:
                    await self._have_the_next_note_issued()
                case Act.PUBLISH:
                    await self._publish_the_documents()
                case None:
                    await self._wait_for_the_person_who_has_it()
        await self._settle_what_was_taken_back()

    async def _something_is_left_to_do(self) -> bool:
        while True:
            self.deadline.hear()
            self.remedy = await workflow.execute_local_activity_method(
                Records.read_remedy, self.start, **DATABASE
            )
            if not self.remedy.open and self.deadline.quiet:
                return False
            act = (self.remedy.next_act, self.remedy.version)
            if self.remedy.open and (act[0] is None or await self.deadline.not_again(act)):
                return True

    async def _check_the_reservation(self) -> None:
        """More activated by now than approved: then the desk voids the approval."""
        await self._record(Act.CHECK, None)

    async def _cancel_upstream(self) -> None:
        try:
            reference = await workflow.execute_activity_method(
                Distributors.cancel_upstream, self.start, **UPSTREAM
            )
        except ActivityError as failure:
            await self._take_it_back(f"The vendor could not be told to cancel: {reason(failure)}")
            return
        if refusal := await self._record(Act.CANCEL_UPSTREAM, reference):
            await self._take_it_back(refusal)

    async def _issue_the_notes(self) -> None:
        answer = await workflow.execute_local_activity_method(Records.issue_notes, self.start, **DATABASE)
        if answer.refused:
            await self._take_it_back(answer.text)

    async def _have_the_next_note_issued(self) -> None:
        """By the system that owns the issuer's numbers; it is asked under one key for ever."""
        try:
            given = await workflow.execute_activity_method(Issuers.have_issued, self.start, **ISSUING)
        except ActivityError as failure:
            await self._park(f"The issuer's system has not issued the credit note: {reason(failure)}")
            return
        if given is None:
            await self._record(Act.INSTRUCT, BY_HAND)
            return
        answer = await workflow.execute_local_activity_method(Records.confirm_issued, given, **DATABASE)
        if answer.refused:
            await self._park(f"{given.number}, which the issuer's system gave, is refused: {answer.text}")

    async def _publish_the_documents(self) -> None:
        try:
            await workflow.execute_activity_method(Documents.print_documents, self.start, **PRINTING)
        except ActivityError as failure:
            await self._park(f"The documents could not be made: {reason(failure)}")
            return
        await self._record(Act.PUBLISH, None)

    async def _wait_for_the_person_who_has_it(self) -> None:
        """It failed after its first note; their clock runs with the case's. What stopped it may pass."""
        if await self.deadline.moved(REDRIVE):
            retry = RemedyRetry(self.start.ref, self.start.round, self.remedy.version)
            await workflow.execute_local_activity_method(Records.retry_remedy, retry, **DATABASE)

    async def _settle_what_was_taken_back(self) -> None:
        while self.remedy.to_store:
            await self._store_the_debit_notes()
        if self.remedy.to_restore and not self.restored:
            await self._restore_upstream()

    async def _store_the_debit_notes(self) -> None:
        """What took a note back is to be read by those it is for; what stops it may pass."""
        self.deadline.hear()
        try:
            await workflow.execute_activity_method(Documents.print_documents, self.start, **PRINTING)
            await workflow.execute_local_activity_method(Records.publish_voids, self.start, **DATABASE)
        except ActivityError as failure:
            workflow.logger.error(
                "the debit notes of %s could not be made: %s", self.start.ref, reason(failure)
            )
            await self.deadline.moved(REDRIVE)
        self.remedy = await workflow.execute_local_activity_method(
            Records.read_remedy, self.start, **DATABASE
        )

    async def _take_it_back(self, because: str) -> None:
        """Compensate in reverse. Until the desk has recorded it, a new driver comes to the same refusal and
        takes back again, which is harmless; so nothing is left half undone."""
        await self._park(f"{because} {await self._restore_upstream()}".strip())

    async def _restore_upstream(self) -> str:
        """Returns what a person has to know when even that does not work."""
        self.restored = True
        try:
            await workflow.execute_activity_method(Distributors.restore_upstream, self.start, **UPSTREAM_BACK)
        except ActivityError as failure:
            return f"The vendor has not taken the cancellation back: {reason(failure)}"
        return ""

    async def _park(self, because: str) -> None:
        """The desk knows where the remedy stands: back to the owner, or failed with a named person."""
        failure = RemedyFailure(self.start.ref, self.start.round, self.remedy.version, because)
        await workflow.execute_local_activity_method(Records.fail_remedy, failure, **DATABASE)

    async def _record(self, act: Act, reference: str | None) -> str | None:
        """Returns why the desk refuses, as when the partner has withdrawn in the meantime."""
        done = ActDone(self.start.ref, self.start.round, act, reference)
        answer = await workflow.execute_local_activity_method(Records.record_act, done, **DATABASE)
        return answer.text if answer.refused else None


def reason(failure: ActivityError) -> str:
    """What the other side said, in one sentence for a person."""
    cause = failure.cause
    return cause.message if isinstance(cause, ApplicationError) else str(cause or failure)
