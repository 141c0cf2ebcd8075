"""One PostgreSQL and one Temporal for a whole test run, started when the first test asks for them.

The process that runs `pytest` owns them, in a thread of its own; the workers of xdist ask by a file and are
answered by a file. So the parts outlive the worker that asked first, and never the run.
"""

import json
import os
import shutil
import tempfile
import threading
import time
from dataclasses import asdict
from pathlib import Path
from signal import SIGINT, SIGTERM, Signals
from subprocess import Popen
from typing import Any

import migrations
from api.embedded.postgres import DATABASE, Postgres
from api.embedded.process import end, free_port, wait_until
from api.embedded.temporal import Temporal
from partnerflow.store.roles import OWNER_ROLE

_VARIABLE = "PARTNERFLOW_TEST_PARTS"


def ask_for(name: str) -> dict[str, Any]:
    """The addresses of a part, which is started now if it does not run yet."""
    directory = Path(os.environ[_VARIABLE])
    (directory / f"{name}.wanted").touch()
    answer = directory / f"{name}.json"
    deadline = time.monotonic() + 120
    while not answer.exists():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{name} did not come up for the tests")
        time.sleep(0.02)
    found: dict[str, Any] = json.loads(answer.read_text())
    if "error" in found:
        raise RuntimeError(f"{name} did not come up for the tests: {found['error']}")
    return found


class Parts:
    """What runs for this run of the tests."""

    def __init__(self) -> None:
        """Listen for wishes until ``close``; nothing is started before there is one."""
        self.directory = Path(tempfile.mkdtemp(prefix="partnerflow-tests-"))
        os.environ[_VARIABLE] = str(self.directory)
        self.running: list[tuple[Popen[bytes], Signals]] = []
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self._serve, daemon=True, name="test-parts")
        self.thread.start()

    def close(self) -> None:
        """Stop everything and remove its data."""
        self.stopping.set()
        self.thread.join()
        shutil.rmtree(self.directory, ignore_errors=True)

    def _serve(self) -> None:
        starters = {"postgres": self._postgres, "temporal": self._temporal}
        while not self.stopping.wait(0.02):
            for name in [name for name in starters if (self.directory / f"{name}.wanted").exists()]:
                self._answer(name, starters.pop(name))
        for process, signal in self.running:
            end(process, signal, 5)

    def _answer(self, name: str, start: Any) -> None:
        try:
            found = start()
        except Exception as error:  # noqa: BLE001  whatever it is, the test that asked must hear of it
            found = {"error": f"{type(error).__name__}: {error}"}
        (self.directory / f"{name}.part").write_text(json.dumps(found))
        (self.directory / f"{name}.part").rename(self.directory / f"{name}.json")

    def _postgres(self) -> dict[str, Any]:
        """A server without fsync; its database `partnerflow`, migrated, is the template of every test."""
        data, log = self.directory / "postgres", self.directory / "postgres.log"
        server = Postgres(data, free_port(), "superuser", "owner", "application", durable=False)
        server.create()
        process = server.start(log)
        self.running.append((process, SIGINT))
        wait_until(server.ready, process, "PostgreSQL", log, 60)
        server.ensure_roles()
        migrations.upgrade(server.url(OWNER_ROLE, DATABASE))
        return asdict(server) | {"data": str(data)}

    def _temporal(self) -> dict[str, Any]:
        log = self.directory / "temporal.log"
        server = Temporal(self.directory / "temporal.db", free_port())
        process = server.start(log)
        self.running.append((process, SIGTERM))
        wait_until(server.ready, process, "Temporal", log, 60)
        return {"address": server.address}
