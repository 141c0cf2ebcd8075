"""What is said on a case and has to be agreed: facts with their disputes, and questions put to the partner.

DOMAIN: Facts, Pauses.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

PARTNER, DESK, ORDER = "partner", "desk", "order"
"""Where a fact comes from, and so which side it belongs to: what the desk says the partner confirms or disputes, what
the partner claims the desk may dispute, and what the order says is confirmed from the start."""


class FactState(StrEnum):
    OPEN = "open"
    CONFIRMED = "confirmed"
    DISPUTED = "disputed"
    UPHELD = "upheld"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Dispute:
    """``side`` is whose objection it is: ``partner`` or ``desk``."""

    by: str
    side: str
    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Upheld:
    """A disputed fact that stands all the same, with evidence, by a person who did not add it."""

    by: str
    at: datetime
    evidence: str
    attachments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CitedFact:
    """One wording of a fact that a proposal or a decision rests on, in the words it had then. ``although`` is what
    speaks against it: ``disputed`` (upheld all the same) or ``not_confirmed``; None: both sides agree."""

    id: str
    version: int
    text: str = ""
    although: str | None = None


DISPUTED, NOT_CONFIRMED = "disputed", "not_confirmed"
AGAINST = {
    FactState.OPEN: NOT_CONFIRMED,
    FactState.DISPUTED: DISPUTED,
    FactState.UPHELD: DISPUTED,
}


@dataclass(frozen=True, slots=True)
class Fact:
    """A statement with a source; what the order says and the partner submits starts confirmed (DOMAIN: Facts).

    ``version`` counts its wordings: a decision cites one of them; ``authors`` worded it before ``by`` did. ``lapsed``:
    the partner was asked and did not answer in time, which neither confirms nor withdraws it.
    """

    id: str
    text: str
    source: str
    by: str
    at: datetime
    decisive: bool
    confirmed_by: str | None
    state: FactState = FactState.CONFIRMED
    version: int = 1
    dispute: Dispute | None = None
    upheld: Upheld | None = None
    lapsed: bool = False
    authors: tuple[str, ...] = ()

    @property
    def waits_for(self) -> str | None:
        """Whose word it needs: ``partner``, ``desk`` or nobody's."""
        if self.lapsed:
            return None
        if self.state is FactState.OPEN:
            return PARTNER
        if self.state is FactState.DISPUTED and self.dispute:
            return DESK if self.dispute.side == PARTNER else PARTNER
        return None

    @property
    def blocks(self) -> bool:
        """No decision while a dispute on a decisive fact is unanswered."""
        return self.decisive and self.state is FactState.DISPUTED and not self.lapsed

    @property
    def settled(self) -> bool:
        """Nobody has to look at it: both sides agree, or it is withdrawn, or nothing depends on it."""
        return not self.decisive or self.state in (FactState.CONFIRMED, FactState.WITHDRAWN)

    def cited(self) -> CitedFact:
        """As it stands now."""
        return CitedFact(self.id, self.version, self.text, AGAINST.get(self.state))


@dataclass(frozen=True, slots=True)
class Question:
    """A point put to the partner. It pauses the decision until answered, or until the ``partner_answer`` clock ends:
    then it is ``lapsed``, "not answered"."""

    id: str
    text: str
    by: str
    at: datetime
    answered_at: datetime | None = None
    answer: str | None = None
    lapsed: bool = False

    @property
    def open(self) -> bool:
        return self.answered_at is None and not self.lapsed
