"""What a replay starts from: a stack with the feed in its record, and the orders whose cancellation matched."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

FEED = Path(__file__).parents[2] / "shared" / "data" / "online-retail-2010-12_2011-01.csv.gz"
PARTNERFLOW = [sys.executable, "-m", "api.cli"]

_CHOSEN = """
SELECT c.state, o.state FROM "case" c JOIN "order" o ON o.id = c.order_id
WHERE c.origin = 'import' AND c.live_net > 0 AND c.ref = (
  SELECT min(ref) FROM "case" f WHERE f.order_id = c.order_id AND f.origin = 'import' AND f.live_net > 0)
ORDER BY md5(c.order_id) LIMIT %s
"""


class Off(Exception):
    """Something is not as it has to be."""


@contextmanager
def stack() -> Iterator[dict[str, Any]]:
    """A stack of its own, gone with the block."""
    with tempfile.TemporaryDirectory(prefix="partnerflow-replay-") as place:
        # PostgreSQL gives up root's rights and has to reach its files all the same.
        Path(place).chmod(0o755)
        command = [*PARTNERFLOW, "up", "--json", "--data", str(Path(place) / "data")]
        running = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert running.stdout is not None
        try:
            yield json.loads(running.stdout.readline() or "{}")
        finally:
            running.terminate()
            running.wait(30)


def import_feed(database_url: str) -> dict[str, int]:
    """The history itself; where it is in already this is quick."""
    with tempfile.TemporaryDirectory() as place:
        options = ["--mapping", "online-retail", "--json", "--listed", f"{place}/listed.csv"]
        done = subprocess.run(
            [*PARTNERFLOW, "import", str(FEED), *options],
            env=os.environ | {"DATABASE_URL": database_url},
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        raise Off(f"partnerflow import: {done.stderr}")
    counts: dict[str, int] = json.loads(done.stdout)
    return counts


def chosen(owner_url: str, live: int) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """(imported case, its order) of so many orders, always the same ones."""
    with psycopg.connect(owner_url) as database:
        database.execute("SELECT set_config('pf.org', '*', false)")
        found = database.execute(_CHOSEN, (live,)).fetchall()
    if len(found) < live:
        raise Off(f"the record has only {len(found)} matched orders")
    return found
