"""`partnerflow drivers rebuild`: after Temporal's store was lost, or for whoever will not wait 30 s."""

import asyncio
from typing import Final

from temporalio.client import Client

from partnerflow.settings import Settings
from partnerflow.store.database import create_database_engine
from workflows.comparison import start_missing
from workflows.connection import connected
from workflows.schedules import ensure_schedules

PATIENCE: Final = 5.0
"""Seconds for a Temporal that has just been started: it takes connections before it answers."""


def rebuild_drivers(settings: Settings) -> dict[str, int]:
    """Start a driver for everything open that has none, and the Schedules; how many of each were missing.

    RuntimeError or RPCError when Temporal does not answer.
    """
    return asyncio.run(_rebuild(settings))


async def _rebuild(settings: Settings) -> dict[str, int]:
    engine = create_database_engine(settings.database_url, pool_size=1, application="partnerflow rebuild")
    try:
        client = await _answering(settings)
        schedules = await ensure_schedules(client)
        return {"drivers": await start_missing(engine, client), "schedules": schedules}
    finally:
        engine.dispose()


async def _answering(settings: Settings) -> Client:
    try:
        async with asyncio.timeout(PATIENCE):
            return await connected(settings.temporal_address, settings.temporal_namespace)
    except TimeoutError:
        raise RuntimeError(f"Temporal at {settings.temporal_address} does not answer.") from None
