"""Keeps the parts of a stack running, and ends them all."""

import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from signal import SIGTERM, Signals
from typing import Final

from api.embedded.process import await_end, sweep

_LONGEST_REST: Final = 30.0
_HEALTHY: Final = 20.0


@dataclass(slots=True)
class Part:
    """One program of the stack.

    ``wave`` is its turn when the stack ends, those that use others first; then it has ``grace`` seconds.
    ``rest`` is the pause in seconds before it is started again when it ended by itself; it doubles while the
    part keeps ending.
    """

    name: str
    start: Callable[[Path], subprocess.Popen[bytes]]
    log: Path
    wave: int
    end_by: Signals = SIGTERM
    grace: float = 4.0
    rest: float = 0.5
    failures: int = 0
    started: float = 0.0
    again: float | None = None
    process: subprocess.Popen[bytes] | None = None

    def run(self) -> subprocess.Popen[bytes]:
        """Start it now."""
        self.process, self.started, self.again = self.start(self.log), time.monotonic(), None
        return self.process


class Supervisor:
    """The parts in the order they were started. For the main thread, whose end is its children's end."""

    def __init__(self) -> None:
        """Begin with none."""
        self.parts: list[Part] = []

    def run(self, part: Part) -> subprocess.Popen[bytes]:
        """Start a part and keep it running from now on."""
        self.parts.append(part)
        return part.run()

    def pid(self, name: str) -> int | None:
        """The process of a part; None when it runs elsewhere."""
        return next((part.process.pid for part in self.parts if part.name == name and part.process), None)

    def tend(self) -> bool:
        """Start again whatever has ended and has rested; returns whether anything was started."""
        return bool([part for part in self.parts if _look_after(part)])

    def end(self) -> None:
        """End everything, wave by wave; force ends what has not ended within its grace."""
        for wave in sorted({part.wave for part in self.parts}):
            ending = [(part, part.process) for part in self.parts if part.wave == wave and part.process]
            for part, process in ending:
                if process.poll() is None:
                    process.send_signal(part.end_by)
            told = time.monotonic()
            for part, process in ending:
                await_end(process, max(0.0, told + part.grace - time.monotonic()))


def _look_after(part: Part) -> bool:
    """Start an ended part again once it has rested; returns whether it was started now."""
    if part.process is None or part.process.poll() is None:
        return False
    if part.again is None:
        part.again = _time_to_start_again(part, part.process)
    if time.monotonic() < part.again:
        return False
    part.run()
    return True


def _time_to_start_again(part: Part, process: subprocess.Popen[bytes]) -> float:
    sweep(process)
    now = time.monotonic()
    part.failures = 0 if now - part.started > _HEALTHY else part.failures + 1
    rest = min(part.rest * float(2**part.failures), _LONGEST_REST)
    sys.stderr.write(
        f"{part.name} ended with status {process.returncode}; starting it again in {rest:.1f} s.\n"
    )
    return now + rest
