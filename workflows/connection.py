"""The client of Temporal, awaited as long as it takes; once made, it finds a restarted server by itself."""

import asyncio
import logging
from typing import Final

from temporalio.client import Client

from workflows.options import CONNECTING

AGAIN_AFTER: Final = 1.0

_log = logging.getLogger(__name__)


async def connect(address: str, namespace: str) -> Client:
    """A connected client; RuntimeError when Temporal does not answer."""
    return await Client.connect(address, namespace=namespace, connect_timeout=CONNECTING)


async def connected(address: str, namespace: str) -> Client:
    """A connected client, however long Temporal takes to come."""
    told = False
    while True:
        try:
            return await connect(address, namespace)
        except RuntimeError as error:
            if not told:
                _log.warning("Temporal at %s does not answer yet: %s", address, error)
            told = True
            await asyncio.sleep(AGAIN_AFTER)
