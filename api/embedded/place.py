"""The data directory of one stack: who uses it, what it keeps secret, and where the running stack is found.

lock        held by the running `up`, so that two never share one directory
stack.json  secrets and ports, made once; the ports are taken again while they are free
run.json    the running stack: addresses and processes; there while it runs
"""

import fcntl
import json
import os
import secrets
import signal
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from api.embedded.process import NotStarted

_SECRETS: Final = ("secret_key", "superuser_password", "owner_password", "app_password")
_PATIENCE: Final = 10.0


@contextmanager
def occupied(data: Path) -> Iterator[None]:
    """Hold the directory, made when missing; NotStarted when another stack runs on it.

    What a killed stack left running is waited for, since its servers would still write to their files.
    """
    data.mkdir(parents=True, exist_ok=True)
    with (data / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise NotStarted(f"Another stack runs on {data}; stop it, or give another --data.") from None
        _outlive_strays(recall(data) or {})
        try:
            yield
        finally:
            (data / "run.json").unlink(missing_ok=True)


def identity(data: Path) -> dict[str, Any]:
    """The secrets and ports of the directory; secrets are made at the first start and never change."""
    path = data / "stack.json"
    if not path.exists():
        write_private(path, {name: secrets.token_urlsafe(32) for name in _SECRETS} | {"ports": {}})
    known: dict[str, Any] = json.loads(path.read_text())
    return known


def keep_ports(data: Path, ports: Mapping[str, int]) -> None:
    """Remember the ports for the next start."""
    write_private(data / "stack.json", identity(data) | {"ports": dict(ports)})


def remember(data: Path, run: Mapping[str, Any]) -> None:
    """Say where the running stack is; the birth of each process tells it from a later one of its number."""
    births = {str(pid): birth(pid) for pid in run["pids"].values() if pid}
    write_private(data / "run.json", dict(run) | {"births": births})


def recall(data: Path) -> dict[str, Any] | None:
    """The stack that runs, or was killed, on this directory."""
    path = data / "run.json"
    with suppress(FileNotFoundError):
        run: dict[str, Any] = json.loads(path.read_text())
        return run
    return None


def birth(pid: int) -> int | None:
    """When a process began, in ticks since the machine did; None when it has ended, reaped or not."""
    with suppress(OSError):
        state, *numbers = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return int(numbers[18]) if state not in {"Z", "X"} else None
    return None


def write_private(path: Path, content: Mapping[str, Any]) -> None:
    """Write JSON for this user alone, whole or not at all."""
    part = path.with_suffix(".part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "w") as file:
        json.dump(content, file, indent=2)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def _outlive_strays(run: Mapping[str, Any]) -> None:
    deadline = time.monotonic() + _PATIENCE
    for pid, born in run.get("births", {}).items():
        while birth(int(pid)) == born:
            if time.monotonic() > deadline:
                with suppress(ProcessLookupError):
                    os.kill(int(pid), signal.SIGKILL)
            time.sleep(0.05)
