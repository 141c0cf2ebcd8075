"""What finance has to look at now: payments that did not arrive, and credit notes that one person wants void."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from partnerflow.cases.money_parts import PayoutState
from partnerflow.store.codec import decode_case
from partnerflow.store.listing import SEEN, Sight, seen_by

UNSETTLED = tuple(
    state.value
    for state in (PayoutState.INTENDED, PayoutState.SUBMITTED, PayoutState.UNKNOWN, PayoutState.FAILED)
)


@dataclass(frozen=True, slots=True)
class Paying:
    """A payment that is not settled, minor units; ``held_by`` the person who has a failed one."""

    case_ref: str
    leg: str
    kind: str
    amount: int
    currency: str
    payer: str
    payee: str
    note: str | None
    state: str
    since: datetime
    held_by: str | None


@dataclass(frozen=True, slots=True)
class Asked:
    """A credit note that one person of finance wants void: another has to agree."""

    number: str
    case_ref: str
    by: str
    at: datetime
    reason: str


_PAYOUTS = text(f"""
SELECT p.case_ref, p.leg, p.kind, p.amount, p.currency, p.payer, p.payee, p.note, p.state, p.since, p.held_by
FROM payout p JOIN "case" c ON c.ref = p.case_ref
WHERE {SEEN} AND p.state IN ('intended', 'submitted', 'unknown', 'failed') AND p.state = ANY (:states)
ORDER BY p.since, p.key LIMIT :limit
""")  # noqa: S608  our own words

_VOIDS = text(f"""
SELECT c.state\\:\\:text FROM "case" c WHERE {SEEN} AND c.state -> 'voids' <> '[]'\\:\\:jsonb
ORDER BY c.opened_at LIMIT :limit
""")  # noqa: S608  as above


def payments(session: Session, sight: Sight, states: tuple[str, ...], limit: int) -> list[Paying]:
    """The longest under way first; of a distributor those it pays or gets. At most ``limit``."""
    values = seen_by(sight) | {"states": list(states), "limit": limit}
    return [Paying(*row) for row in session.execute(_PAYOUTS, values)]


def voids(session: Session, sight: Sight, limit: int) -> list[Asked]:
    """What waits for a second person, of at most ``limit`` cases."""
    cases = [decode_case(row[0]) for row in session.execute(_VOIDS, seen_by(sight) | {"limit": limit})]
    return [
        Asked(asked.number, case.ref, asked.by, asked.at, asked.reason)
        for case in cases
        for asked in case.voids
    ]
