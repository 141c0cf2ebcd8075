"""Rendering in a process of its own: one that crashes, hangs or eats memory takes nothing else with it.

The process starts with the first document, which costs two seconds, and ends after a minute without work, so
that an idle worker stays small.
"""

import resource
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from multiprocessing.connection import Connection, Pipe
from typing import Any, Final

from notifications.document import Document, NotLawful, make_document
from partnerflow.credits.notes import Note

SECONDS: Final = 60.0
"""For one document, the start of the process included; a healthy one takes less than one."""

MEMORY: Final = 2 * 1024**3
"""What the process may write to: some four times what a long note takes. Address space is not limited: Saxon
reserves 32 GB of it and uses next to nothing."""

IDLE_SECONDS: Final = 60.0


class NotPrinted(Exception):
    """The document could not be made; the text says why, for a person."""


class NotPublished(NotPrinted):
    """The document would not be lawful, now or a minute later (workflows.options: PRINTING)."""


class Press:
    """One rendering at a time; callers wait for each other."""

    def __init__(self) -> None:
        """Nothing is started before the first document."""
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._pipe: Connection[Any, Any] | None = None
        self._idle: threading.Timer | None = None

    def render(self, note: Note) -> Document:
        """The note's PDF and e-invoices, or NotPrinted."""
        with self._lock:
            try:
                return self._ask(self._running(), note)
            finally:
                self._rest()

    def close(self) -> None:
        """End the process, whatever it does: a document under way fails."""
        if process := self._process:
            process.kill()
            process.wait()

    def _ask(self, pipe: "Connection[Any, Any]", note: Note) -> Document:
        answer: Document | NotLawful | str | None = None
        with suppress(OSError, EOFError):
            pipe.send(note)
            answer = pipe.recv() if pipe.poll(SECONDS) else f"{note.number} took more than {SECONDS:.0f} s"
        if isinstance(answer, Document):
            return answer
        if isinstance(answer, NotLawful):
            raise NotPublished(f"{note.number} is not published: {answer}")
        self._end()
        raise NotPrinted(answer or f"rendering {note.number} ended the process that did it")

    def _running(self) -> "Connection[Any, Any]":
        if self._idle:
            self._idle.cancel()
        if self._pipe is None or self._process is None or self._process.poll() is not None:
            self._end()
            self._pipe, theirs = Pipe()
            command = (sys.executable, "-P", "-m", __name__, str(theirs.fileno()))
            self._process = subprocess.Popen(command, pass_fds=[theirs.fileno()])  # noqa: S603  our own
            theirs.close()
        return self._pipe

    def _rest(self) -> None:
        self._idle = threading.Timer(IDLE_SECONDS, self._end_idle)
        self._idle.daemon = True
        self._idle.start()

    def _end_idle(self) -> None:
        if self._lock.acquire(blocking=False):
            try:
                self._end()
            finally:
                self._lock.release()

    def _end(self) -> None:
        if self._idle:
            self._idle.cancel()
        if self._pipe:
            self._pipe.close()
        if self._process:
            self._process.kill()
            self._process.wait()
        self._pipe = self._process = None


def serve(pipe: "Connection[Any, Any]") -> None:
    """The other process: a note in, its documents or a sentence out, until the pipe is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C ends the worker, and the pipe with it
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    with suppress(EOFError, OSError):
        while True:
            pipe.send(_made(pipe.recv()))


def _made(note: Note) -> Document | NotLawful | str:
    try:
        return make_document(note)
    except NotLawful as broken:
        return broken
    except MemoryError:
        return f"{note.number} needs too much memory"
    except Exception as failure:  # noqa: BLE001  whatever it is, the one who asked has to hear of it
        return f"{note.number} cannot be rendered: {type(failure).__name__}: {failure}"


if __name__ == "__main__":
    serve(Connection(int(sys.argv[1])))
