"""The instant of a case that belongs in its reader's calendar: what they are asked, the next act, or the appeal."""

from dataclasses import dataclass
from datetime import datetime

from partnerflow.cases import clocks
from partnerflow.cases.contact import Contact
from partnerflow.cases.model import Case
from partnerflow.cases.status import acting_clock, status
from partnerflow.people import Directory
from partnerflow.policy.document import Policy


@dataclass(frozen=True, slots=True)
class Entry:
    """``clock`` names it for good: with the case's ref it makes the entry's id, however often ``at`` moves. ``who`` has
    the case then (None: the reader themselves), ``says`` is the sentence of the status."""

    clock: str
    at: datetime
    who: Contact | None
    says: str


def entry(case: Case, policy: Policy, directory: Directory, at: datetime, *, partner: bool) -> Entry | None:
    """None where no deadline is running; a partner and our people read different sentences."""
    now = status(case, policy, directory, at)
    says = now.next if partner else now.next_inside
    if not case.open:
        until = case.appeal_until
        mine = partner and until is not None and until > at and case.appeal is None
        return Entry("appeal", until, now.contacts.owner, says) if mine and until else None
    clock = acting_clock(case)
    if clock is None or clock.due_at is None:
        return None
    asked = clock.name == clocks.PARTNER_ANSWER
    who = None if asked and partner else now.contacts.deciding_now or now.contacts.owner
    return Entry(clock.name, clock.due_at, who, says)
