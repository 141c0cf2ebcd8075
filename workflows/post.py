"""First attempts of all messages, in a few threads of their own: mails go out with Temporal absent."""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from partnerflow.store import outbox
from partnerflow.store.database import EVERY_ORGANISATION, reading
from workflows.activities.messages import Send, send_once
from workflows.bell import Bell

SENDERS: Final = 4
"""Attempts under way at once; each may last 60 s when the mail server hangs."""

_log = logging.getLogger(__name__)


class Post:
    """Sends what is unsent, oldest first. The threads are the caller's, to end them."""

    def __init__(self, engine: Engine, send: Send, bell: Bell, threads: ThreadPoolExecutor) -> None:
        """``threads`` has room for SENDERS and for one that looks."""
        self.engine = engine
        self.send = send
        self.bell = bell
        self.threads = threads
        self.in_hand: set[str] = set()
        self.looking = asyncio.Lock()

    async def deliver(self) -> None:
        """Until cancelled; a database that is away only costs time."""
        async with asyncio.TaskGroup() as senders:
            for _ in range(SENDERS):
                senders.create_task(self._keep_sending())

    async def _keep_sending(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            async with self.looking:
                delivery_id = await self._next()
                self.in_hand.add(delivery_id)
            try:
                await loop.run_in_executor(self.threads, send_once, self.engine, self.send, delivery_id)
            except SQLAlchemyError as error:
                _log.warning("delivery %s: %s", delivery_id, error)
                await self.bell.wait()
            finally:
                self.in_hand.discard(delivery_id)

    async def _next(self) -> str:
        """The next message nobody has; waits at the bell until there is one."""
        loop = asyncio.get_running_loop()
        while True:
            try:
                if found := await loop.run_in_executor(self.threads, self._unsent):
                    return found[0]
            except SQLAlchemyError as error:
                _log.warning("the outbox cannot be read: %s", error)
            await self.bell.wait()

    def _unsent(self) -> tuple[str, ...]:
        with reading(self.engine, EVERY_ORGANISATION) as session:
            return outbox.unsent(session, list(self.in_hand), limit=1)
