"""What happens by the house's calendar, not by a record's: Temporal Schedules, made when they are missing."""

from datetime import timedelta
from typing import Final

from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleCalendarSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleRange,
    ScheduleSpec,
)

from workflows.contract import QUEUE

DIGEST: Final = "digest"
AT_HOUR_UTC: Final = 4


async def ensure_schedules(client: Client) -> int:
    """Create what is missing; how many were. Raises RPCError when Temporal is away."""
    try:
        await client.create_schedule(DIGEST, _daily())
    except ScheduleAlreadyRunningError:
        return 0
    return 1


def _daily() -> Schedule:
    """Once a day; a day that was missed is made up for within the next."""
    return Schedule(
        action=ScheduleActionStartWorkflow("DigestWorkflow", id=DIGEST, task_queue=QUEUE),
        spec=ScheduleSpec(calendars=[ScheduleCalendarSpec(hour=[ScheduleRange(AT_HOUR_UTC)])]),
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP, catchup_window=timedelta(days=1)),
    )
