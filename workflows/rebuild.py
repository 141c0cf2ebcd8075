"""`partnerflow drivers rebuild`: after Temporal's store was lost, or for whoever will not wait 30 s."""

import asyncio

from partnerflow.settings import Settings
from partnerflow.store.database import create_database_engine
from workflows.comparison import start_missing
from workflows.connection import connect
from workflows.schedules import ensure_schedules


def rebuild_drivers(settings: Settings) -> dict[str, int]:
    """Start a driver for everything open that has none, and the Schedules; how many of each were missing.

    RuntimeError or RPCError when Temporal does not answer.
    """
    return asyncio.run(_rebuild(settings))


async def _rebuild(settings: Settings) -> dict[str, int]:
    engine = create_database_engine(settings.database_url, pool_size=1, application="partnerflow rebuild")
    try:
        client = await connect(settings.temporal_address, settings.temporal_namespace)
        schedules = await ensure_schedules(client)
        return {"drivers": await start_missing(engine, client), "schedules": schedules}
    finally:
        engine.dispose()
