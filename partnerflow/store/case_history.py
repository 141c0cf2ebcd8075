"""What a case's history says to an explanation: the few kinds it needs, in one bounded statement.

Row-level security leaves out what the reader's organisation may not read; these kinds every party may (PRIVATE ones
come to the operator alone).
"""

from collections.abc import Iterable
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from partnerflow.cases import events as e
from partnerflow.events import Stamp
from partnerflow.store.codec import decode_event

MOST: Final = 5_000
"""Events read at most, the newest: no case of people comes near it."""

PAUSING: Final = tuple(
    kind.KIND
    for kind in (
        e.ClockPaused,
        e.ClockResumed,
        e.InfoRequested,
        e.InfoReceived,
        e.FactChanged,
        e.FactDisputed,
        e.CaseRecalled,
        e.StepStarted,
        e.StepDecided,
        e.CaseApproved,
        e.CaseApprovedInPart,
        e.CaseDeclined,
        e.CaseWithdrawn,
        e.CaseCancelled,
        e.CaseClosed,
    )
)
"""What starts, ends or explains a pause."""

DECIDING: Final = tuple(
    kind.KIND
    for kind in (
        e.RoundRestarted,
        e.StepDecided,
        e.StepHanded,
        e.CaseEscalated,
        e.RungSuperseded,
        e.OwnerChanged,
    )
)
"""What a case does not keep in its state: who had it before, rungs, and answers that no longer stand."""

_HISTORY = text("""
SELECT seq, at, actor, kind, data FROM event WHERE stream = :ref AND kind = ANY (:kinds) ORDER BY seq DESC LIMIT :most
""")


def history(session: Session, ref: str, kinds: Iterable[str]) -> tuple[tuple[Stamp, Any], ...]:
    """These events of the case, in order, as far as the reader may read them."""
    rows = session.execute(_HISTORY, {"ref": ref, "kinds": list(kinds), "most": MOST}).all()
    return tuple(
        (Stamp(seq, at, actor), decode_event(kind, data)) for seq, at, actor, kind, data in rows[::-1]
    )
