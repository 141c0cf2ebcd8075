"""A driver changed in the way nobody may: what runs in production could not go on under it."""

from datetime import timedelta

from temporalio import workflow

from workflows.contract import OrderInput


@workflow.defn(name="OrderWorkflow")
class Hasty:
    """A pause before the first read, which no recorded history has."""

    @workflow.run
    async def run(self, _start: OrderInput) -> None:
        await workflow.sleep(timedelta(hours=1))

    @workflow.signal
    def wake(self) -> None: ...
