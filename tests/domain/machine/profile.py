"""How many stories a machine plays: a few in every run of the tests, many with `make test-long`."""

import os

from hypothesis import HealthCheck, Phase, settings

LONG = "PARTNERFLOW_TEST_LONG"


def stories(*, examples: int, steps: int, long: tuple[int, int], shrinks: bool = True) -> settings:
    """``long``: examples and steps of the long profile. Shrinking a whole story takes minutes, so only it shrinks,
    where the same story runs the same way twice."""
    lasting = bool(os.environ.get(LONG))
    count, length = long if lasting else (examples, steps)
    usual = (Phase.explicit, Phase.reuse, Phase.generate)
    return settings(
        max_examples=count,
        stateful_step_count=length,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=(*usual, Phase.shrink) if lasting and shrinks else usual,
    )
