"""Everything a worker runs: the drivers, and the bodies of their steps."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from temporalio.client import Client
from temporalio.worker import PollerBehaviorSimpleMaximum, Worker

from workflows.approval import ApprovalWorkflow
from workflows.case import CaseWorkflow
from workflows.contract import MESSAGES, QUEUE
from workflows.delivery import DeliveryWorkflow
from workflows.digest import DigestWorkflow
from workflows.import_ import ImportWorkflow
from workflows.options import SECOND, STICKY
from workflows.order import OrderWorkflow
from workflows.payout import PayoutWorkflow
from workflows.people import PeopleWorkflow
from workflows.policy import PolicyWorkflow
from workflows.remedy import RemedyWorkflow
from workflows.sandbox import runner

RECORD_WORKFLOWS: Final[tuple[type, ...]] = (
    OrderWorkflow,
    CaseWorkflow,
    ApprovalWorkflow,
    RemedyWorkflow,
    PayoutWorkflow,
    ImportWorkflow,
    PolicyWorkflow,
    PeopleWorkflow,
    DigestWorkflow,
)
MESSAGE_WORKFLOWS: Final[tuple[type, ...]] = (DeliveryWorkflow,)
WORKFLOWS: Final = RECORD_WORKFLOWS + MESSAGE_WORKFLOWS

# Two cores: more would only wait for each other, and each may need a connection of the pool.
LOCAL_STEPS: Final = 6
STEPS: Final = 4
MESSAGE_STEPS: Final = 2
THREADS: Final = LOCAL_STEPS + STEPS + 2 * MESSAGE_STEPS
CACHED: Final = 400


def bodies(*groups: object) -> list[Callable[..., Any]]:
    """The steps that these groups implement, bound to what they were given."""
    return [
        getattr(group, name)
        for group in groups
        for name, member in vars(type(group)).items()
        if hasattr(member, "__temporal_activity_definition")
    ]


def record_worker(client: Client, threads: ThreadPoolExecutor, steps: list[Callable[..., Any]]) -> Worker:
    """For the drivers of the record; ``threads`` has room for THREADS, both workers counted."""
    return Worker(
        client,
        task_queue=QUEUE,
        workflows=RECORD_WORKFLOWS,
        activities=steps,
        activity_executor=threads,
        workflow_runner=runner(),
        max_cached_workflows=CACHED,
        max_concurrent_workflow_tasks=16,
        max_concurrent_local_activities=LOCAL_STEPS,
        max_concurrent_activities=STEPS,
        workflow_task_poller_behavior=PollerBehaviorSimpleMaximum(4),
        activity_task_poller_behavior=PollerBehaviorSimpleMaximum(2),
        sticky_queue_schedule_to_start_timeout=STICKY,
        graceful_shutdown_timeout=2 * SECOND,
    )


def message_worker(client: Client, threads: ThreadPoolExecutor, steps: list[Callable[..., Any]]) -> Worker:
    """For later attempts of messages, two at a time however many there are."""
    return Worker(
        client,
        task_queue=MESSAGES,
        workflows=MESSAGE_WORKFLOWS,
        activities=steps,
        activity_executor=threads,
        workflow_runner=runner(),
        max_cached_workflows=CACHED // 4,
        max_concurrent_workflow_tasks=2,
        max_concurrent_local_activities=MESSAGE_STEPS,
        max_concurrent_activities=MESSAGE_STEPS,
        workflow_task_poller_behavior=PollerBehaviorSimpleMaximum(2),
        activity_task_poller_behavior=PollerBehaviorSimpleMaximum(1),
        sticky_queue_schedule_to_start_timeout=STICKY,
        graceful_shutdown_timeout=2 * SECOND,
    )
