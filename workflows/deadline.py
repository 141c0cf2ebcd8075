"""A timer that can be moved: a driver waits for the record's next instant, or until somebody wakes it."""

from datetime import datetime, timedelta
from typing import Any

from temporalio import workflow

from workflows.contract import Due, due_in
from workflows.options import AGAIN, AGAIN_AT_MOST


class Deadline:
    """What one driver waits for.

    ``wake`` counts; ``hear`` before every read of the record says that it answers all wakes so far. A driver
    ends, or continues as new, only while ``quiet``: no wake came after the read that showed nothing to do.
    """

    def __init__(self, start: Any) -> None:
        """``start`` is the driver's own input, for when it continues as new."""
        self._start = start
        self._wakes = 0
        self._heard = 0
        self._repeated: object = None
        self._times = 0

    def wake(self) -> None:
        self._wakes += 1

    def hear(self) -> None:
        self._heard = self._wakes

    @property
    def quiet(self) -> bool:
        return self._wakes == self._heard

    async def passed(self, due: Due | None, now: datetime) -> bool:
        """Wait for the instant; True when it has come, False when a wake came first: it may have moved."""
        if due is None:
            return await self.moved()
        if due.at <= now:
            return await self.not_again(due)
        return await self._rest(due_in(due, now))

    async def moved(self, at_most: timedelta | None = None) -> bool:
        """Wait for a wake (False), however long or so long (True)."""
        return await self._rest(at_most)

    async def not_again(self, what: object) -> bool:
        """True at once, unless ``what`` is the very thing done before: doing it changed nothing, so it must
        not spin. Then pause first; False when a wake ends the pause."""
        self._times = self._times + 1 if what == self._repeated else 0
        self._repeated = what
        return not self._times or await self._rest(min(AGAIN * 2 ** min(self._times - 1, 10), AGAIN_AT_MOST))

    async def _rest(self, at_most: timedelta | None) -> bool:
        """Until a wake (False), or for so long (True). A long history is given up first."""
        if self.quiet and workflow.info().is_continue_as_new_suggested():
            workflow.continue_as_new(self._start)
        try:
            await workflow.wait_condition(lambda: not self.quiet, timeout=at_most)
        except TimeoutError:
            return True
        return False
