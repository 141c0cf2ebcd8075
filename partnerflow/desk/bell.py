"""Telling the relay that something is owed, after the commit and outside every request: coalesced, on a connection of
its own. It only hurries; the relay's sweep every second is the guarantee, so nothing here may fail a decision.
"""

import logging
import threading
from typing import Final
from weakref import WeakKeyDictionary

import psycopg
from sqlalchemy import Engine

from partnerflow.store.wakes import CHANNEL

IDLE: Final = 5.0
"""Seconds after which a bell nobody rings lets its thread and its connection go."""

_BELLS: WeakKeyDictionary[Engine, "Bell"] = WeakKeyDictionary()
_MAKING = threading.Lock()
_log = logging.getLogger(__name__)


class Bell:
    """One thread while there is something to ring for."""

    def __init__(self) -> None:
        """Silent, and without a thread."""
        self._rung = threading.Event()
        self._guard = threading.Lock()
        self._thread: threading.Thread | None = None

    def ring(self, engine: Engine) -> None:
        """Have it rung soon; returns at once. Rings that come together are one."""
        with self._guard:
            self._rung.set()
            if self._thread is None:
                self._thread = threading.Thread(target=self._serve, args=(engine,), name="bell", daemon=True)
                self._thread.start()

    def _serve(self, engine: Engine) -> None:
        try:
            with psycopg.connect(_address(engine), autocommit=True, connect_timeout=5) as connection:
                while self._wanted():
                    self._notify(connection)
        except psycopg.Error as error:
            _log.warning("the relay was not told, its sweep will find it: %s", error)
            with self._guard:
                self._thread = None

    def _wanted(self) -> bool:
        """Whether somebody rang within IDLE; otherwise the thread is given up, under the lock that starts another."""
        if self._rung.wait(IDLE):
            return True
        with self._guard:
            if self._rung.is_set():
                return True
            self._thread = None
            return False

    def _notify(self, connection: psycopg.Connection) -> None:
        self._rung.clear()
        connection.execute(f"NOTIFY {CHANNEL}")


def _address(engine: Engine) -> str:
    """Its own connection, not one of the pool's: a decision must never wait for a free one because of this."""
    return engine.url.set(drivername="postgresql").render_as_string(hide_password=False)


def ring(engine: Engine) -> None:
    """Tell the relay on this engine's database that something is owed."""
    with _MAKING:
        bell = _BELLS.setdefault(engine, Bell())
    bell.ring(engine)
