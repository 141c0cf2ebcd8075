"""The data directory of a stack."""

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from api.embedded import place
from api.embedded.plan import Wishes, draw
from api.embedded.process import NotStarted, listens
from api.embedded.upstream import UpstreamDouble
from tests.support.stack import await_gone


def test_two_stacks_never_share_a_directory(tmp_path: Path) -> None:
    with place.occupied(tmp_path), pytest.raises(NotStarted, match="Another stack"), place.occupied(tmp_path):
        pass


def test_secrets_are_made_once_and_for_this_user_alone(tmp_path: Path) -> None:
    first = place.identity(tmp_path)
    assert place.identity(tmp_path) == first
    assert stat.S_IMODE((tmp_path / "stack.json").stat().st_mode) == 0o600
    assert len({value for value in first.values() if isinstance(value, str)}) == 4


def test_a_new_stack_waits_for_what_a_killed_one_left(tmp_path: Path) -> None:
    left = subprocess.Popen(("sleep", "0.4"))
    place.remember(tmp_path, {"pids": {"temporal": left.pid}})
    with place.occupied(tmp_path):
        assert left.poll() == 0 or place.birth(left.pid) is None
    left.wait()


def test_a_process_that_only_bears_an_old_number_is_left_alone(tmp_path: Path) -> None:
    stranger = subprocess.Popen(("sleep", "60"))
    place.write_private(tmp_path / "run.json", {"births": {str(stranger.pid): 1}})
    with place.occupied(tmp_path):
        assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


def test_the_ports_of_a_directory_outlive_a_restart(tmp_path: Path) -> None:
    first = draw(_wishes(tmp_path), {}).ports
    assert len(set(first.values())) == len(first)
    assert draw(_wishes(tmp_path), {}).ports == first


def test_a_port_in_use_is_refused_when_asked_for(tmp_path: Path, upstream: UpstreamDouble) -> None:
    port = int(upstream.url.rpartition(":")[2])
    assert listens(port)
    with pytest.raises(NotStarted, match=f"Port {port} is in use"):
        draw(_wishes(tmp_path, port), {})


def test_a_given_address_replaces_its_part_alone(tmp_path: Path) -> None:
    owner = "postgresql://owner@db/partnerflow"
    given = {"DATABASE_URL": "postgresql+psycopg://app@db/partnerflow", "MIGRATION_DATABASE_URL": owner}
    plan = draw(_wishes(tmp_path), given)
    assert plan.postgres is None
    assert plan.temporal is not None
    assert plan.database_url == "postgresql://app@db/partnerflow"
    assert plan.owner_url == owner
    assert "MIGRATION_DATABASE_URL" not in plan.environ


KILLED_PARENT = """
import os, pathlib, sys
from api.embedded.process import spawn
print(spawn(("sleep", "60"), pathlib.Path(sys.argv[1])).pid, flush=True)
os.kill(os.getpid(), 9)
"""


def test_a_child_ends_even_with_a_killed_parent(tmp_path: Path) -> None:
    command = (sys.executable, "-c", KILLED_PARENT, str(tmp_path / "log"))
    child = int(subprocess.run(command, capture_output=True, text=True, check=False).stdout)
    await_gone(child)


def _wishes(data: Path, port: int = 0) -> Wishes:
    return Wishes(data, port, seed=None, test_clock=False, instant=None)
