"""Temporal's own development server, its store in a file, so that timers outlive a restart."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from api.embedded.process import HOST, listens, program, spawn


@dataclass(frozen=True, slots=True)
class Temporal:
    """One server: its store and its port."""

    store: Path
    port: int

    @property
    def address(self) -> str:
        """Where clients and workers find it."""
        return f"{HOST}:{self.port}"

    def start(self, log: Path) -> subprocess.Popen[bytes]:
        """Start the server; the namespace ``default`` is there from the beginning."""
        command = (
            *(program("temporal"), "server", "start-dev", "--headless", "--log-level", "warn"),
            *("--ip", HOST, "--port", str(self.port), "--db-filename", str(self.store)),
        )
        return spawn(command, log)

    def ready(self) -> bool:
        """Whether the server takes connections; it opens its port last."""
        return listens(self.port)
