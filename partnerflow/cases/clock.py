"""A clock as the record keeps it; ``clocks`` starts, stops and moves them. DOMAIN: Deadlines."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from partnerflow.cases.grounds import Basis


class ClockState(StrEnum):
    RUNNING = "running"
    PAUSED = "paused"
    BREACHED = "breached"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class ClockWarning:
    percent: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Clock:
    """A deadline. ``measured_by`` names the calendar: ``person:<id>`` or ``organisation:<code>``.

    ``due_at`` is None only while paused; ``warnings`` are those still to come; ``used`` is working seconds at the last
    start or pause, ``used_rest`` the microseconds beyond them; ``rung`` how many rungs of its ladder have fired;
    ``exhausted`` after the last one; ``ended_at`` None of one that is done: with the case. ``basis`` None: started by
    a release that did not record it.
    """

    name: str
    measured_by: str
    allowance: int
    started_at: datetime
    due_at: datetime | None
    state: ClockState
    warnings: tuple[ClockWarning, ...] = ()
    used: int = 0
    resumed_at: datetime | None = None
    rung: int = 0
    exhausted: bool = False
    paused_because: str | None = None
    used_rest: int = 0
    basis: Basis | None = None
    ended_at: datetime | None = None

    @property
    def spent(self) -> timedelta:
        return timedelta(seconds=self.used, microseconds=self.used_rest)
