"""A brake on attempts, counted in PostgreSQL because there is more than one web process. Records of work.

Each attempt costs some time of its key; a few may come at once, then one after each of these times. One statement, so
that attempts in parallel count too.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import Engine, text


@dataclass(frozen=True, slots=True)
class Rate:
    """``at_once`` attempts, then one every ``each``."""

    name: str
    each: timedelta
    at_once: int


ASKED_BY_ADDRESS: Final = Rate("link", timedelta(minutes=3), 5)
TRIED_FOR_ADDRESS: Final = Rate("password", timedelta(minutes=1), 5)
BY_CLIENT: Final = Rate("client", timedelta(seconds=3), 100)

_TAKE = text("""
INSERT INTO sign_in_brake AS b (key, until) VALUES (:key, clock_timestamp() + CAST(:each AS interval))
ON CONFLICT (key) DO UPDATE SET until = greatest(b.until, clock_timestamp()) + CAST(:each AS interval)
WHERE b.until <= clock_timestamp() + CAST(:saved AS interval)
RETURNING 1
""")

_WAIT = text("""
SELECT ceil(extract(epoch FROM until - clock_timestamp() - CAST(:saved AS interval)))::int FROM sign_in_brake
WHERE key = :key
""")

_LET_GO = text("DELETE FROM sign_in_brake WHERE key = :key")


def take(engine: Engine, rate: Rate, whose: str) -> int:
    """Count one attempt; 0: it may go on, else the seconds after which the next one may."""
    said = {"key": _key(rate, whose), "each": rate.each, "saved": rate.each * (rate.at_once - 1)}
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if connection.execute(_TAKE, said).first() is not None:
            return 0
        return max(1, connection.execute(_WAIT, said).scalar_one_or_none() or 1)


def let_go(engine: Engine, rate: Rate, whose: str) -> None:
    """Forget what was counted: it was they."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(_LET_GO, {"key": _key(rate, whose)})


def _key(rate: Rate, whose: str) -> str:
    return f"{rate.name} {whose.casefold()[:300]}"
