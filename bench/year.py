"""A year of cases on the pure core: absences, leavers, changed roles, three policy changes, people who never answer.

    python -m bench.year --cases 10000 --seed 7 [--json]

Ends with 1 when an invariant failed: an open case without a present owner or without a next instant at any moment, a
rung that fired twice, a case that is neither decided nor on the top rung with a named executive.
"""

import argparse
import json
import sys
import time
from random import Random

from bench.year_report import faults_of, numbers, told
from bench.year_run import simulate
from bench.year_world import world


def main(arguments: list[str] | None = None) -> int:
    asked = argparse.ArgumentParser(
        prog="python -m bench.year", description=(__doc__ or "").partition("\n")[0]
    )
    asked.add_argument("--cases", type=int, default=10_000)
    asked.add_argument("--seed", type=int, default=7)
    asked.add_argument("--json", action="store_true", help="the numbers as one JSON line")
    options = asked.parse_args(arguments)
    random = Random(options.seed)
    started = time.perf_counter()
    year = simulate(options.cases, world(random), random)
    found = numbers(year, time.perf_counter() - started)
    faults = faults_of(year)
    print(json.dumps(found | {"faults": faults}) if options.json else told(found))
    for fault in faults[:20]:
        print(f"fault        {fault}", file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
