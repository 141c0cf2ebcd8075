"""Which messages need their reader's act: they are mailed at once whatever the reader chose. DOMAIN: Timeline.

Whether a mail asks for something is said by its words too; a test compares the two for every kind of mail.
"""

from collections.abc import Callable
from typing import Any, Final

from partnerflow.cases import events as e
from partnerflow.cases.notices import Notice

EVERYBODY: Final = frozenset({"partner", "decider", "owner", "manager", "distributor"})
INSIDE: Final = EVERYBODY - {"partner"}
DECIDERS: Final = frozenset({"decider"})
OWNERS: Final = frozenset({"owner"})

Audiences = frozenset[str]

ACTS: Final[dict[type, Audiences | Callable[[Any], Audiences]]] = {
    e.CaseOpened: OWNERS,
    e.OwnerChanged: OWNERS,
    e.StepStarted: DECIDERS,
    e.StepHanded: DECIDERS,
    e.CaseRevised: DECIDERS,
    e.CaseEscalated: lambda event: DECIDERS | OWNERS if event.to else INSIDE,
    e.InfoRequested: frozenset({"partner"}),
    e.InfoReceived: OWNERS,
    e.ClockWarned: EVERYBODY,
    e.ClockBreached: EVERYBODY,
    e.NoteAdded: DECIDERS,
    e.CallAsked: INSIDE,
    e.FactChanged: DECIDERS,
    e.FactDisputed: DECIDERS | OWNERS,
    e.ExceptionRequested: OWNERS,
    e.AlreadyTold: OWNERS,
    e.CaseRecalled: OWNERS,
    e.CaseAppealed: OWNERS,
    e.RemedyFailed: INSIDE,
    e.CreditAdvanced: frozenset({"distributor"}),
    e.ExchangeDifference: lambda event: INSIDE if event.loss is None else frozenset(),
    e.PayoutChanged: INSIDE,
    e.RemedyDone: lambda event: frozenset({"distributor"} if event.passing_on else ()),
    e.CreditNoteIssued: INSIDE,
    e.NoteVoidAsked: INSIDE,
    e.DebitNotesStored: frozenset({"distributor"}),
}
"""Everything else is news."""


def needs_act(notice: Notice, *, asked: bool) -> bool:
    """``asked``: the partner is asked something now; then no mail of the case waits for a morning. Who
    only watches has nothing to do."""
    if notice.watching:
        return False
    found = ACTS.get(type(notice.data), frozenset())
    audiences = found(notice.data) if callable(found) else found
    return notice.audience in audiences or (asked and notice.audience == "partner")
