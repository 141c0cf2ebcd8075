"""Every timeout and every retry policy of the drivers, named once."""

from datetime import timedelta
from typing import Final, TypedDict

from temporalio.common import RetryPolicy


class Local(TypedDict):
    """How a local activity runs: in the worker that has the workflow, at half the price."""

    start_to_close_timeout: timedelta
    retry_policy: RetryPolicy
    local_retry_threshold: timedelta


class Remote(TypedDict):
    """How an ordinary activity runs."""

    start_to_close_timeout: timedelta
    schedule_to_close_timeout: timedelta | None
    retry_policy: RetryPolicy


SECOND: Final = timedelta(seconds=1)
MINUTE: Final = timedelta(minutes=1)

# A killed worker is noticed only after start-to-close, and the desk gives up a lock after 2 s.
DATABASE: Final = Local(
    start_to_close_timeout=5 * SECOND,
    retry_policy=RetryPolicy(initial_interval=SECOND / 5, maximum_interval=30 * SECOND),
    # Longer pauses are timers of the server, so that a driver waiting for the database holds no place here.
    local_retry_threshold=4 * SECOND,
)
"""Reading the record and commands to the desk: tried until the database answers."""

UPSTREAM: Final = Remote(
    start_to_close_timeout=15 * SECOND,
    schedule_to_close_timeout=60 * MINUTE,
    retry_policy=RetryPolicy(initial_interval=SECOND, maximum_interval=5 * MINUTE),
)
"""The vendor's system, before the first note: for an hour, then the remedy is taken back."""

ISSUING: Final = Remote(
    start_to_close_timeout=30 * SECOND,
    schedule_to_close_timeout=60 * MINUTE,
    retry_policy=RetryPolicy(initial_interval=SECOND, maximum_interval=5 * MINUTE),
)
"""A system that owns the numbers: for an hour, since a platform of the state takes its time; then a named person."""

UPSTREAM_BACK: Final = Remote(
    start_to_close_timeout=15 * SECOND,
    schedule_to_close_timeout=24 * 60 * MINUTE,
    retry_policy=RetryPolicy(initial_interval=SECOND, maximum_interval=15 * MINUTE),
)
"""Taking back: for a day, then a person has to."""

PAYING: Final = Remote(
    # Longer than the port's own limits: an answer that is lost is looked for, never asked for by sending again.
    start_to_close_timeout=30 * SECOND,
    schedule_to_close_timeout=None,
    retry_policy=RetryPolicy(maximum_attempts=1),
)
"""One call to the payer's system; its driver decides what follows."""

LOOK_FIRST: Final = SECOND
LOOK_AFTER_ANOTHER: Final = 30 * SECOND
"""A submission of which this driver knows nothing may still be under way in another process for so long."""

LOOK_AT_MOST: Final = 15 * MINUTE
"""The pause before the payer's system is looked at again; it doubles up to this."""

PRINTING: Final = Remote(
    start_to_close_timeout=3 * MINUTE,
    schedule_to_close_timeout=None,
    retry_policy=RetryPolicy(
        initial_interval=2 * SECOND,
        backoff_coefficient=3,
        maximum_attempts=6,
        non_retryable_error_types=["NotPublished"],
    ),
)
"""Rendering and storing: some minutes of trying, then a named person; at once for what would not be lawful."""

BOOKING: Final = Remote(
    start_to_close_timeout=30 * SECOND,
    schedule_to_close_timeout=None,
    retry_policy=RetryPolicy(initial_interval=SECOND, maximum_interval=30 * SECOND),
)
"""A chunk of an upload: a second or two, tried until the database answers."""

FOLLOWING: Final = Remote(
    start_to_close_timeout=30 * SECOND,
    schedule_to_close_timeout=None,
    retry_policy=RetryPolicy(initial_interval=SECOND, maximum_interval=30 * SECOND),
)
"""A handful of cases, a command each: a second or two, tried until the database answers."""

SENDING: Final = Remote(
    # One attempt ends within 60 s by itself; what it found is in the record, so a lost answer is read there.
    start_to_close_timeout=75 * SECOND,
    schedule_to_close_timeout=None,
    retry_policy=RetryPolicy(initial_interval=SECOND, maximum_interval=MINUTE),
)

VERIFYING: Final = Remote(
    start_to_close_timeout=60 * MINUTE,
    schedule_to_close_timeout=None,
    retry_policy=RetryPolicy(initial_interval=MINUTE, maximum_attempts=5),
)

REDRIVE: Final = 4 * 60 * MINUTE
"""After so long a failed remedy is tried again by itself, for what stopped it may have passed."""

STICKY: Final = 2 * SECOND
"""How long a workflow waits for the worker that has it cached before any may take it."""

CONNECTING: Final = 5 * SECOND
"""One call to Temporal; longer means that it hangs."""

AGAIN: Final = SECOND
AGAIN_AT_MOST: Final = MINUTE
"""The pause before a driver repeats what changed nothing; it doubles up to the second."""
