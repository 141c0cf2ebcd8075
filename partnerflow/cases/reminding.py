"""Reminders keep to the recipient's hours: which messages they are, from when they go, and when they have no point any
more. What asks for a decision, or says that one was taken, goes at once. DOMAIN: Ladder.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from partnerflow import calendars
from partnerflow.calendars import local_text
from partnerflow.cases.events import CaseEscalated, ClockWarned, NoteChased
from partnerflow.cases.model import Case, ClockState
from partnerflow.people import Directory


@dataclass(frozen=True, slots=True)
class Reminder:
    """``of`` is the clock (``window`` of an order), ``until`` the due instant it speaks of; None: that is long past, as
    for the page of each working morning."""

    of: str
    until: datetime | None


def reminder(event: Any) -> Reminder | None:
    """What a message about the event reminds of; None for one that goes at once."""
    if isinstance(event, ClockWarned):
        return Reminder(event.clock, event.due_at)
    if isinstance(event, CaseEscalated) and event.to is None and event.again:
        return Reminder(event.clock, None)
    if isinstance(event, NoteChased):
        return Reminder(f"chase:{event.leg}:{event.round}", None)
    return None


def not_before(recipient: str, directory: Directory, at: datetime) -> datetime | None:
    """The next opening of the recipient's calendar; None if it is open, or nobody's whose hours are known."""
    person = directory.people.get(recipient)
    if person is None or calendars.is_open(person.calendar, at):
        return None
    return calendars.next_open(person.calendar, at)


def pointless(case: Case, about: Reminder, at: datetime) -> str | None:
    """Why a reminder need not go any more; None if it should."""
    if about.of.startswith("chase:"):
        chased = any(name == about.of for _, name in case.chases_due)
        return None if chased else "The note is confirmed."
    clock = case.clock(about.of)
    if clock is None or clock.state is ClockState.DONE:
        return f"The {_words(about.of)} is done."
    if about.until is None:
        return None if clock.exhausted else f"The {_words(about.of)} is with somebody again."
    if clock.state is not ClockState.RUNNING or about.until <= at:
        return f"The {_words(about.of)} is {'paused' if clock.state is ClockState.PAUSED else 'over'}."
    if clock.due_at != about.until:
        now = local_text(clock.due_at, "UTC", at) if clock.due_at else "another instant"
        return f"The {_words(about.of)} is due {now} by now."
    return None


def _words(clock: str) -> str:
    return f"clock of the {clock.replace('_', ' ')}"
