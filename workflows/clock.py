"""`partnerflow clock advance`: the desk's clock moved in hops, so that a day passes in a second.

It stops just past every stored due instant on the way, wakes the drivers, and waits until nothing is due any
more and everything owed has gone; so each instant is settled in its order, by the real drivers.
ARCHITECTURE: One clock.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from partnerflow.store import drivers, outbox, wakes
from partnerflow.store.database import create_database_engine, unit_of_work

JUST_PAST: Final = timedelta(milliseconds=1)
LOOK_EVERY: Final = 0.02
BUSINESS: Final = ("order/", "case/", "approval/", "policy/", "people/")
"""The drivers whose instants are the desk's; a message's back-off runs on the machine's clock."""
PEOPLE: Final = "people/"
"""Nothing is settled when somebody comes or goes: the cases only follow."""


class NoTestClock(Exception):
    """This database was not made with a clock that can be moved."""


class NotSettled(TimeoutError):
    """Something stayed due, or owed, although the drivers were woken; the text says what."""


_NOW = text("SELECT partnerflow_now()")

# Never backwards: while a hop was settled, time went on by itself.
_MOVE = text("""
UPDATE clock_offset SET seconds = floor(gap), micros = (gap - floor(gap)) * 1000000
FROM (
  SELECT extract(epoch FROM greatest(CAST(:to AS timestamptz), partnerflow_now()) - clock_timestamp()) gap) g
""")

_OWED = text("""
SELECT 'the wake of ' || workflow_id AS what, coalesce(claimed_until > clock_timestamp(), false) AS claimed FROM wake
UNION ALL
SELECT 'the message ' || id || ' (' || state || ')', state = 'sending' FROM delivery
WHERE state = 'sending' OR state = 'queued' AND (not_before IS NULL OR not_before <= partnerflow_now())
ORDER BY claimed, what LIMIT 10
""")

LEASE: Final = 95.0
"""Seconds after which a killed worker's claim has lapsed for certain; it runs on the machine's clock, not ours."""


def advance(
    owner_url: str,
    delta: timedelta,
    timeout: float = 30.0,
    told: Callable[[], None] = lambda: None,
) -> dict[str, Any]:
    """Move the clock by ``delta``; returns ``{"now": RFC 3339, "settled": how many instants were}``.

    ``timeout`` is in seconds, for each hop; ``told`` is called after each, when all that was due has happened. Raises
    NoTestClock, and NotSettled naming what stayed due.
    """
    engine = create_database_engine(owner_url, pool_size=1, application="partnerflow clock")
    try:
        return _advance(engine, delta, timeout, told)
    finally:
        engine.dispose()


def _advance(engine: Engine, delta: timedelta, timeout: float, told: Callable[[], None]) -> dict[str, Any]:
    with unit_of_work(engine) as session:
        if session.scalar(text("SELECT count(*) FROM clock_offset")) == 0:
            raise NoTestClock("This database has no test clock; make one with `partnerflow up --test-clock`.")
        target = _now(session) + delta
    settled = _settle(engine, timeout)
    while (stop := _next_stop(engine, target)) is not None:
        with unit_of_work(engine) as session:
            session.execute(_MOVE, {"to": stop})
        settled += _settle(engine, timeout)
        told()
    _tell_everybody(engine)
    settled += _settle(engine, timeout)
    told()
    with unit_of_work(engine) as session:
        return {"now": _now(session).isoformat().replace("+00:00", "Z"), "settled": settled}


def _next_stop(engine: Engine, target: datetime) -> datetime | None:
    """Just past the next instant on the way, or the target; None when it is reached. Reminders that wait for their
    recipient's hours go at instants too."""
    with unit_of_work(engine) as session:
        now, instants = _now(session), [due for _, due in _due(session)]
        if waiting := outbox.next_waiting(session):
            instants.append(waiting)
    if now >= target:
        return None
    return min([target, *(due + JUST_PAST for due in instants if now < due < target)])


def _settle(engine: Engine, timeout: float) -> int:
    """Wake whose instant has come, and wait until nothing is past and nothing is owed; how many came and went.

    Time goes on meanwhile: what becomes due while we wait has a driver that was not told of the move either.
    """
    seen: set[tuple[str, datetime]] = set()
    patience = time.monotonic() + timeout
    while True:
        with unit_of_work(engine) as session:
            now = _now(session)
            past = {(name, due) for name, due in _due(session) if due <= now}
            owed = [(str(row.what), bool(row.claimed)) for row in session.execute(_OWED)]
            _wake(session, {name for name, _ in past - seen})
        seen |= past
        if not past and not owed:
            return sum(1 for name, _ in seen if not name.startswith(PEOPLE))
        only_claimed = not past and all(claimed for _, claimed in owed)
        if time.monotonic() > patience + (LEASE if only_claimed else 0):
            words = [f"{name}, due {due.isoformat()}" for name, due in sorted(past)[:10]]
            words += [what for what, _ in owed]
            raise NotSettled(f"Not settled within {timeout:.0f} s: {'; '.join(words)}.")
        time.sleep(LOOK_EVERY)


def _tell_everybody(engine: Engine) -> None:
    """In the end all drivers have to hear of it: their timers were set to what was left before."""
    with unit_of_work(engine) as session:
        _wake(session, {name for name, _ in _due(session)})


def _wake(session: Session, names: set[str]) -> None:
    if names:
        wakes.wake(session, names)
        session.execute(text(f"NOTIFY {wakes.CHANNEL}"))


def _due(session: Session) -> list[tuple[str, datetime]]:
    records = drivers.open_records(session)
    return [(r.workflow_id, r.due_at) for r in records if r.due_at and r.workflow_id.startswith(BUSINESS)]


def _now(session: Session) -> datetime:
    now: datetime = session.execute(_NOW).scalar_one()
    return now.astimezone(UTC)
