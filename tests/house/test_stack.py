"""`partnerflow up`, the whole of it."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psycopg
import pytest

from api.embedded.mail import MailSink
from api.embedded.place import birth, recall
from tests.support.fresh import Database, Namespace
from tests.support.stack import Stack, await_gone, running_stack

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Stack, Path]]:
    """One with a clock for trials, and its directory."""
    data = tmp_path_factory.mktemp("stack")
    with running_stack(data, "--seed", "none", "--test-clock=2027-01-04T09:30:00Z") as running:
        yield running, data


def test_a_clock_for_trials_begins_at_the_instant_and_only_where_nothing_is_decided(
    stack: tuple[Stack, Path],
) -> None:
    question = "SELECT partnerflow_now() BETWEEN '2027-01-04T09:30:00Z' AND '2027-01-04T09:32:00Z'"
    with psycopg.connect(stack[0].run["database_url"]) as application:
        assert application.execute(question).fetchone() == (True,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            application.execute("UPDATE clock_offset SET seconds = 0")


def test_ready_says_one_json_line_and_a_second_stack_is_refused(stack: tuple[Stack, Path]) -> None:
    running, data = stack
    databases = {"database_url", "owner_database_url"}
    seen = {"inbound", "oidc", "keys", "people", "pids"}
    assert set(running.run) == {"api", "mail_dir", "temporal", *databases, *seen}
    refused = subprocess.run(
        (sys.executable, "-m", "api.cli", "up", "--data", str(data)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert refused.returncode == 1
    assert "Another stack" in refused.stderr


def test_a_part_that_dies_is_started_again(stack: tuple[Stack, Path]) -> None:
    running, data = stack
    before = running.run["pids"]
    assert set(before) == {"web", "live", "worker", "temporal", "postgres"}
    for pid in before.values():
        os.kill(pid, signal.SIGKILL)
    after = _await_other_pids(data, before)
    assert all(birth(pid) for pid in after.values())
    with _connected(running.run["database_url"]) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


@pytest.mark.long
def test_what_one_start_wrote_the_next_start_finds_also_after_one_that_was_killed(tmp_path: Path) -> None:
    with running_stack(tmp_path, "--seed", "none") as first:
        assert httpx.get(f"{first.run['api']}/healthz").status_code == httpx.codes.OK
        _write(first)
        assert first.end() == 0
        assert first.process.stdout is not None
        assert first.process.stdout.read() == ""
        await_gone(*first.run["pids"].values())
    assert recall(tmp_path) is None
    with running_stack(tmp_path, "--seed", "none") as second:
        assert second.run["api"] == first.run["api"]
        assert _read(second) == [("kept",)]
        everything = [*second.run["pids"].values(), *_children(second.run["pids"]["web"])]
        second.process.kill()
        await_gone(*everything)
    with running_stack(tmp_path, "--seed", "none") as third:
        assert _read(third) == [("kept",)]
        assert third.end(signal.SIGTERM) == 0
        await_gone(*third.run["pids"].values())
    assert recall(tmp_path) is None


@pytest.mark.long
def test_given_parts_replace_their_own_one_by_one(
    tmp_path: Path, database: Database, temporal: Namespace, mail: MailSink
) -> None:
    environ = {
        "DATABASE_URL": database.app_url,
        "TEMPORAL_ADDRESS": temporal.address,
        "TEMPORAL_NAMESPACE": temporal.namespace,
        "SMTP_URL": mail.url,
    }
    with running_stack(tmp_path / "data", "--seed", "none", environ=environ) as stack:
        assert stack.run["database_url"] == database.app_url
        assert stack.run["owner_database_url"] is None
        assert stack.run["temporal"] == temporal.address
        assert stack.run["mail_dir"] is None
        assert stack.run["pids"]["postgres"] is None
        assert stack.run["pids"]["temporal"] is None
        assert httpx.get(f"{stack.run['api']}/readyz").status_code == httpx.codes.OK


def test_a_given_database_that_is_older_or_away_is_said_at_once(tmp_path: Path, database: Database) -> None:
    with psycopg.connect(database.owner_url) as owner:
        owner.execute("DROP TABLE alembic_version")
    command = (sys.executable, "-m", "api.cli", "up", "--data", str(tmp_path))
    for url, said in (
        (database.app_url, "older than the code"),
        ("postgresql://127.0.0.1:1/x", "does not answer"),
    ):
        refused = subprocess.run(
            command, env=os.environ | {"DATABASE_URL": url}, capture_output=True, text=True, check=False
        )
        assert refused.returncode == 1
        assert said in refused.stderr
        assert "Traceback" not in refused.stderr


def _write(stack: Stack) -> None:
    with psycopg.connect(stack.run["owner_database_url"]) as owner:
        owner.execute("CREATE TABLE scratch AS SELECT 'kept' AS what")


def _read(stack: Stack) -> list[tuple[str]]:
    with psycopg.connect(stack.run["owner_database_url"]) as owner:
        return owner.execute("SELECT what FROM scratch").fetchall()


def _connected(url: str, seconds: float = 30) -> "psycopg.Connection":
    """A server that was killed recovers first; until then it refuses."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return psycopg.connect(url)
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _await_other_pids(data: Path, before: dict[str, int], seconds: float = 30) -> dict[str, int]:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        now: dict[str, int] = (recall(data) or {})["pids"]
        if all(now[name] != before[name] for name in before):
            return now
        time.sleep(0.1)
    raise TimeoutError(json.dumps(before))
