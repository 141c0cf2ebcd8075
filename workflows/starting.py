"""How a driver is started or woken: one call that does either, safe to repeat and harmless when needless."""

import asyncio
import logging
from collections.abc import Iterable
from typing import Final

from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.service import RPCError, RPCStatusCode

from workflows.contract import WAKE, driver, queue
from workflows.options import CONNECTING

PLACES: Final = 10
"""Calls under way at once: Temporal starts some 35 drivers a second on two cores; more would queue there."""

_log = logging.getLogger(__name__)


async def start_or_wake(client: Client, workflow_id: str) -> None:
    """Signal-with-start. Raises RPCError when Temporal is away; ValueError for an id without a driver."""
    name, start = driver(workflow_id)
    await client.start_workflow(
        name,
        start,
        id=workflow_id,
        task_queue=queue(workflow_id),
        id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        start_signal=WAKE,
        rpc_timeout=CONNECTING,
    )


async def wake(client: Client, workflow_id: str) -> None:
    """Signal only: nothing open owes no driver, but one that still runs has to hear that it may end."""
    try:
        await client.get_workflow_handle(workflow_id).signal(WAKE, rpc_timeout=CONNECTING)
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise


async def tell(
    client: Client, ids: Iterable[str], open_ids: frozenset[str]
) -> tuple[set[str], RPCError | None]:
    """Wake these drivers, and start those of ``open_ids`` that do not run.

    Returns who knows, and the failure of the others: after the first one nobody else is asked, since a server
    that is away costs every caller its patience.
    """
    told: set[str] = set()
    failures: list[RPCError] = []
    places = asyncio.Semaphore(PLACES)

    async def one(workflow_id: str) -> None:
        async with places:
            if failures:
                return
            try:
                await (start_or_wake if workflow_id in open_ids else wake)(client, workflow_id)
            except (RPCError, ValueError) as error:
                if isinstance(error, RPCError) and error.status is not RPCStatusCode.INVALID_ARGUMENT:
                    failures.append(error)
                    return
                _log.error("the wake of %s is dropped: %s", workflow_id, error)
            told.add(workflow_id)

    await asyncio.gather(*map(one, ids))
    return told, failures[0] if failures else None
