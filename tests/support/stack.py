"""The whole stack as a person starts it: `partnerflow up --json` in a process of its own."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from api.embedded.place import birth

_REPLACING = (
    "DATABASE_URL",
    "MIGRATION_DATABASE_URL",
    "TEMPORAL_ADDRESS",
    "SMTP_URL",
    "UPSTREAM_URL",
    "PAYMENTS_URL",
    "ISSUER_URL",
    "BASE_URL",
)


@dataclass(frozen=True, slots=True)
class Stack:
    """A running stack: its process, and the JSON line it printed."""

    process: subprocess.Popen[str]
    run: dict[str, Any]

    def end(self, by: signal.Signals = signal.SIGINT) -> int:
        """Ask it to end and wait until it has; returns its exit status."""
        self.process.send_signal(by)
        return self.process.wait(20)


@contextmanager
def running_stack(data: Path, *options: str, environ: Mapping[str, str] | None = None) -> Iterator[Stack]:
    """Start the stack and wait until it serves; it is ended with the block if it still runs."""
    inherited = {name: value for name, value in os.environ.items() if name not in _REPLACING}
    process = subprocess.Popen(
        (sys.executable, "-m", "api.cli", "up", "--data", str(data), "--json", *options),
        stdout=subprocess.PIPE,
        text=True,
        env=inherited | dict(environ or {}),
    )
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        assert line, f"the stack ended with status {process.wait()}; see {data}/logs"
        yield Stack(process, json.loads(line))
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            process.wait(20)
        process.stdout.close()


def await_gone(*pids: int, seconds: float = 15) -> None:
    """Wait until none of these processes runs any more; TimeoutError names those that do."""
    deadline = time.monotonic() + seconds
    while left := [pid for pid in pids if birth(pid) is not None]:
        if time.monotonic() > deadline:
            raise TimeoutError(f"still running: {left}")
        time.sleep(0.05)
