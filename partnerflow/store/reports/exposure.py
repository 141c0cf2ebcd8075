"""What a distributor has credited, or is to credit, and still waits for upstream. DOMAIN: Legs (advance)."""

from dataclasses import dataclass
from datetime import datetime

from partnerflow.cases.chasing import exposed as chased_of
from partnerflow.orders.model import Leg
from partnerflow.store.reports.awaited import Executed
from partnerflow.store.reports.reconciliation import AWAITED, CREDIT_NOTE, MISSING, Pair, Sum, pairs


@dataclass(frozen=True, slots=True)
class Exposed:
    """One case, gross minor units: ``credited`` downstream so far, ``to_credit`` granted and not issued yet,
    ``sums`` awaited upstream since ``since``. ``chased`` so many times, the last and the next time then."""

    found: Executed
    credited: int
    to_credit: int
    sums: Sum
    since: datetime
    chased: int
    last_chase: datetime | None
    next_chase: datetime | None

    @property
    def awaited(self) -> int:
        return self.sums.gross


def exposed(found: Executed) -> Exposed | None:
    """None for a case without two legs, or of which nothing is awaited upstream."""
    if len(found.case.legs) < 2:
        return None
    notes = [pair for pair in pairs(found) if pair.what == CREDIT_NOTE]
    open_ = [pair for pair in notes if pair.leg is Leg.UPSTREAM and pair.state in (AWAITED, MISSING)]
    if not open_:
        return None
    told = chased_of(found.case)
    down = [pair for pair in notes if pair.leg is Leg.DOWNSTREAM]
    return Exposed(
        found,
        credited=sum(pair.confirmed.gross for pair in down if pair.confirmed),
        to_credit=sum(_asked(pair) for pair in down if not pair.confirmed),
        sums=_sum(open_),
        since=min(pair.since for pair in open_),
        chased=sum(each.chased for each in told),
        last_chase=max((each.chased_at for each in told if each.chased_at), default=None),
        next_chase=min((each.chase_at for each in told if each.chase_at), default=None),
    )


def _sum(open_: list[Pair]) -> Sum:
    asked = [pair.instructed for pair in open_ if pair.instructed]
    return Sum(
        sum(each.net for each in asked), sum(each.tax for each in asked), sum(each.gross for each in asked)
    )


def _asked(pair: Pair) -> int:
    return pair.instructed.gross if pair.instructed else 0
