"""Messages as their readers chose to be mailed: at once, gathered for the morning, or only what needs their act.

Nothing is lost: what needs an act always goes at once, what is gathered goes with the next digest, and what somebody
did not want stands in the record as dropped, with the reason. DOMAIN: Timeline.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from partnerflow.cases.paging import next_morning
from partnerflow.people import Directory, MailChoice
from partnerflow.store.messages import DIGEST, DROPPED, HELD, Owed

UNWANTED: Final = "They chose to be mailed only what needs their act."


@dataclass(frozen=True, slots=True)
class DigestLetter:
    """To whom a morning's mail goes; what it says is gathered when it goes out."""

    digest: str
    name: str
    locale: str
    zone: str


def as_chosen(owed: Owed, directory: Directory, at: datetime, *, needs_act: bool) -> Iterator[Owed]:
    """The message as it is, or held beside the digest it will go with, or dropped."""
    person = directory.people.get(owed.recipient)
    if person is None or needs_act or owed.reminds or person.mails is MailChoice.AT_ONCE:
        yield owed
        return
    if person.mails is MailChoice.NEEDS_ME:
        yield replace(owed, state=DROPPED, reason=UNWANTED)
        return
    yield replace(owed, state=HELD)
    said = DigestLetter(person.id, person.name, directory.locale_of(person.id), person.calendar.zone)
    yield Owed(
        f"{DIGEST}/{owed.stream}",
        owed.seq,
        DIGEST,
        person.id,
        DIGEST,
        owed.address,
        said,
        not_before=next_morning(person.calendar, at),
    )
