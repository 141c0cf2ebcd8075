"""The bell on the outbox: NOTIFY rings it, so that a decision's messages and wakes leave at once.

It only hurries. Everything it announces is found by a sweep every second as well.
"""

import asyncio
import logging
from typing import Final

import psycopg

from partnerflow.store.wakes import CHANNEL

SWEEP: Final = 1.0
"""Seconds between two looks at the outbox when nobody rings."""

_log = logging.getLogger(__name__)


class Bell:
    """One listener, any number of loops that wait for it."""

    def __init__(self) -> None:
        """Silent until somebody rings."""
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """Whoever waits goes on; who comes later waits for the next ring."""
        self._rung.set()
        self._rung = asyncio.Event()

    async def wait(self, seconds: float = SWEEP) -> None:
        """Until the next ring, or for so long."""
        try:
            await asyncio.wait_for(self._rung.wait(), seconds)
        except TimeoutError:
            return


async def listen(url: str, bell: Bell) -> None:
    """Ring at every notification, for ever; a lost connection is made anew."""
    while True:
        try:
            await _listen_once(url, bell)
        except psycopg.Error as error:
            _log.warning("nobody listens on the outbox: %s", str(error).strip())
        await asyncio.sleep(SWEEP)


async def _listen_once(url: str, bell: Bell) -> None:
    address = url.replace("postgresql+psycopg://", "postgresql://", 1)
    async with await psycopg.AsyncConnection.connect(
        address, autocommit=True, connect_timeout=5, application_name="partnerflow bell"
    ) as connection:
        await connection.execute(f"LISTEN {CHANNEL}")
        async for _ in connection.notifies():
            bell.ring()
