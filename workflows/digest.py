"""Every morning: the record is verified, and what is wrong with it is said aloud."""

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from workflows.options import VERIFYING
from workflows.steps import Records


@workflow.defn
class DigestWorkflow:
    """Started by a Schedule. It fails, visibly, when the hash chains or the ledger do not hold."""

    @workflow.run
    async def run(self) -> None:
        problems = await workflow.execute_activity_method(Records.verify_record, **VERIFYING)
        if problems:
            raise ApplicationError("The record does not verify: " + " ".join(problems), non_retryable=True)
