"""Who looks at what, and telling them when it changed.

PostgreSQL's notification says only that something was decided; what changed is read, for all that is looked at by
this process together, at most twice a second. Without a notification it is looked at every five seconds.
"""

import asyncio
import logging
from collections import defaultdict
from typing import Final

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from api.live.topics import Topic, marks
from workflows.bell import Bell, listen

SWEEP: Final = 5.0
REST: Final = 0.5
"""Seconds between two readings, whatever rings."""

_log = logging.getLogger(__name__)


class Broker:
    """One per process; queues of readers by what they follow."""

    def __init__(self, engine: Engine) -> None:
        """Nobody looks yet."""
        self.engine = engine
        self.bell = Bell()
        self.looking: defaultdict[Topic, set[asyncio.Queue[str]]] = defaultdict(set)
        self.known: dict[Topic, str] = {}
        self.tasks: list[asyncio.Task[None]] = []

    def start(self, url: str) -> None:
        """Listen and look, until ``stop``."""
        self.tasks = [asyncio.create_task(listen(url, self.bell)), asyncio.create_task(self._look())]

    async def stop(self) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    async def follow(self, topic: Topic) -> asyncio.Queue[str]:
        """From now on the queue gets the topic's mark whenever it is another one."""
        queue: asyncio.Queue[str] = asyncio.Queue(maxsize=1)
        if topic not in self.known:
            self.known |= await asyncio.to_thread(marks, self.engine, [topic])
        self.looking[topic].add(queue)
        return queue

    def leave(self, topic: Topic, queue: asyncio.Queue[str]) -> None:
        self.looking[topic].discard(queue)
        if not self.looking[topic]:
            del self.looking[topic]
            self.known.pop(topic, None)

    async def _look(self) -> None:
        while True:
            await self.bell.wait(SWEEP)
            if self.looking:
                await self._tell_what_changed()
            await asyncio.sleep(REST)

    async def _tell_what_changed(self) -> None:
        try:
            now = await asyncio.to_thread(marks, self.engine, list(self.looking))
        except SQLAlchemyError as error:
            _log.warning("what is looked at could not be read: %s", error)
            return
        for topic, mark in now.items():
            if self.known.get(topic) != mark and topic in self.looking:
                self.known[topic] = mark
                for queue in self.looking[topic]:
                    if not queue.full():
                        queue.put_nowait(mark)
