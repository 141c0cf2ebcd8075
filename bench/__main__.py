"""``make bench``: the face, the credit notes and the documents beside their yardsticks, then the import of a feed.

python -m bench [FEED.csv.gz]
"""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench import credits as credit_notes
from bench import documents, http
from tests.story import PARTNERFLOW


def import_rate(feed: Path) -> None:
    """Rows per second of ``partnerflow import`` into a fresh stack, reading and printing included."""
    with tempfile.TemporaryDirectory() as place:
        Path(place).chmod(0o755)
        with http.stack(Path(place)):
            started = time.perf_counter()
            listed = str(Path(place) / "listed.csv")
            command = [
                *PARTNERFLOW,
                "import",
                str(feed),
                "--mapping",
                "online-retail",
                "--json",
                "--listed",
                listed,
            ]
            done = subprocess.run(
                [*command, "--data", str(Path(place) / "data")], capture_output=True, text=True, check=False
            )
            took = time.perf_counter() - started
        if done.returncode:
            raise SystemExit(done.stderr or done.stdout)
        said = json.loads(done.stdout.strip().splitlines()[-1])
        print(f"import       {said['rows']} rows in {took:.1f} s: {said['rows'] / took:.0f}/s  {said}")


http.main()
credit_notes.main()
documents.main()
for name in sys.argv[1:]:
    import_rate(Path(name))
