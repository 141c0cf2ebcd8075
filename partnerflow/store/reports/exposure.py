"""What a distributor has credited, or is to credit, and still waits for upstream. DOMAIN: Legs (advance)."""

from dataclasses import dataclass
from datetime import datetime

from partnerflow.orders.model import Leg
from partnerflow.store.reports.awaited import Executed
from partnerflow.store.reports.reconciliation import AWAITED, CREDIT_NOTE, MISSING, Pair, pairs


@dataclass(frozen=True, slots=True)
class Exposed:
    """One case, gross minor units: ``credited`` downstream so far, ``to_credit`` granted and not issued yet,
    ``awaited`` upstream since ``since``."""

    found: Executed
    credited: int
    to_credit: int
    awaited: int
    since: datetime


def exposed(found: Executed) -> Exposed | None:
    """None for a case without two legs, or of which nothing is awaited upstream."""
    if len(found.case.legs) < 2:
        return None
    notes = [pair for pair in pairs(found) if pair.what == CREDIT_NOTE]
    open_ = [pair for pair in notes if pair.leg is Leg.UPSTREAM and pair.state in (AWAITED, MISSING)]
    if not open_:
        return None
    down = [pair for pair in notes if pair.leg is Leg.DOWNSTREAM]
    return Exposed(
        found,
        credited=sum(pair.confirmed.gross for pair in down if pair.confirmed),
        to_credit=sum(_asked(pair) for pair in down if not pair.confirmed),
        awaited=sum(_asked(pair) for pair in open_),
        since=min(pair.since for pair in open_),
    )


def _asked(pair: Pair) -> int:
    return pair.instructed.gross if pair.instructed else 0
