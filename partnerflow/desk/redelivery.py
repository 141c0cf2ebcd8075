"""Messages that nobody tries again: an admin has them sent once more, after mending what was in their way."""

from dataclasses import dataclass
from typing import Any

from partnerflow.desk.work import Work
from partnerflow.directory.rights import admin
from partnerflow.refusals import Refused
from partnerflow.store import outbox


@dataclass(frozen=True, slots=True)
class Redeliver:
    """Under its old Message-ID, with all its attempts before it again."""


@dataclass(frozen=True, slots=True)
class Queued:
    """The message as it stands now, without its content and address."""

    delivery: dict[str, Any]


def decide(work: Work) -> Queued:
    """Target ``delivery/<id>``; ``not-found``, ``forbidden``, ``wrong-state``."""
    key = work.request.target.partition("/")[2]
    if not admin(work.request.actor, work.snapshot().directory):
        raise Refused("forbidden", "Only an admin has messages sent again.")
    state = outbox.state_of(work.session, key)
    if state is None:
        raise Refused("not-found", "There is no such message.")
    if state not in outbox.GIVEN_UP:
        raise Refused(
            "wrong-state", f"The message is {state}; only one that is parked or retrying goes again."
        )
    work.begin_writing()
    outbox.queue_again(work.session, key)
    work.wake(f"delivery/{key}")
    return Queued(outbox.shown(work.session, key))
