"""From the outbox to Temporal: wakes as they come, and every 30 s whatever open record has no driver.

Nothing here decides, and nothing is lost when Temporal is away: wakes wait in the record until told.
"""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from temporalio.client import Client
from temporalio.service import RPCError

from partnerflow.store import drivers, signs, wakes
from partnerflow.store.database import EVERY_ORGANISATION, reading, unit_of_work
from workflows.bell import SWEEP, Bell
from workflows.comparison import start_missing
from workflows.schedules import ensure_schedules
from workflows.starting import tell

COMPARE_EVERY: Final = 30.0
"""Seconds between two comparisons of open records with running drivers."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Relay:
    """One relay of one process; several are harmless, since a wake is leased to one of them."""

    engine: Engine
    client: Client
    bell: Bell
    threads: ThreadPoolExecutor

    async def relay(self) -> None:
        """Pass wakes on, for ever."""
        while True:
            try:
                if not await self.pass_on():
                    await self.bell.wait()
            except (SQLAlchemyError, RPCError) as error:
                _log.warning("wakes have to wait: %s", error)
                await asyncio.sleep(SWEEP)

    async def compare(self) -> None:
        """Start what is missing, for ever."""
        while True:
            try:
                await ensure_schedules(self.client)
                started = await start_missing(self.engine, self.client, self.threads)
                await asyncio.get_running_loop().run_in_executor(self.threads, self._notice, started)
                if started:
                    _log.info("woke or started %d drivers that were missing or late", started)
            except (SQLAlchemyError, RPCError) as error:
                _log.warning("no comparison: %s", error)
            await asyncio.sleep(COMPARE_EVERY)

    def _notice(self, started: int) -> None:
        with unit_of_work(self.engine) as session:
            signs.notice(session, signs.COMPARED, started)

    async def pass_on(self) -> int:
        """One handful of wakes; how many. Raises RPCError when Temporal is away; they wait then."""
        loop = asyncio.get_running_loop()
        claimed, open_ids = await loop.run_in_executor(self.threads, self._claim)
        if not claimed:
            return 0
        told, failure = await tell(self.client, [wake.workflow_id for wake in claimed], open_ids)
        await loop.run_in_executor(self.threads, self._put_away, claimed, told)
        if failure:
            raise failure
        return len(claimed)

    def _claim(self) -> tuple[tuple[wakes.Claimed, ...], frozenset[str]]:
        """Claimed and committed before the record is read, which then is at least as new as the wake."""
        with unit_of_work(self.engine) as session:
            claimed = wakes.claim(session)
        if not claimed:
            return (), frozenset()
        with reading(self.engine, EVERY_ORGANISATION) as session:
            return claimed, drivers.still_open(session, [wake.workflow_id for wake in claimed])

    def _put_away(self, claimed: tuple[wakes.Claimed, ...], told: set[str]) -> None:
        with unit_of_work(self.engine) as session:
            wakes.finish(session, [wake for wake in claimed if wake.workflow_id in told])
            wakes.release(session, [wake for wake in claimed if wake.workflow_id not in told])
