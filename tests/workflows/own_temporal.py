"""A Temporal of one test alone, which may be stopped, hung, wiped and started again on its port."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from signal import SIGCONT, SIGKILL, SIGSTOP
from subprocess import Popen
from typing import Self

from api.embedded.process import end, free_port, program, spawn, wait_until
from api.embedded.temporal import Temporal
from workflows.connection import connected


class OwnTemporal:
    """The server, running while the block lasts unless told otherwise."""

    def __init__(self, directory: Path, *options: str) -> None:
        """Its store lies in ``directory``; ``options`` go to the server's command."""
        self.options = options
        self.log = directory / "temporal.log"
        self.server = Temporal(directory / "temporal.db", free_port())
        self.process: Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return self.server.address

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start, with what the store holds."""
        if self.options:
            told = ("--port", str(self.server.port), "--db-filename", str(self.server.store), *self.options)
            self.process = spawn((program("temporal"), "server", "start-dev", "--headless", *told), self.log)
        else:
            self.process = self.server.start(self.log)
        wait_until(self.server.ready, self.process, "Temporal", self.log, 20)
        with ThreadPoolExecutor(1) as aside:  # it takes connections before it answers
            aside.submit(lambda: asyncio.run(connected(self.address, "default"))).result(20)

    def stop(self) -> None:
        """Kill it, as a crash would."""
        if self.process:
            end(self.process, SIGKILL, 5)
            self.process = None

    def hang(self) -> None:
        """Answer nothing, keep every connection."""
        assert self.process
        self.process.send_signal(SIGSTOP)

    def go_on(self) -> None:
        assert self.process
        self.process.send_signal(SIGCONT)

    def wipe(self) -> None:
        """Lose the store; for a stopped server."""
        for path in self.server.store.parent.glob(f"{self.server.store.name}*"):
            path.unlink()
