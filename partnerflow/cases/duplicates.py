"""Which other cases may ask for the same: for a person to look at, never closed by itself."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from partnerflow.cases.model import Case, CaseOutcome

WITHIN: Final = timedelta(days=7)
"""How far apart two cases with the same reason are still looked at together."""
VOID: Final = (CaseOutcome.CANCELLED, CaseOutcome.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class Likely:
    """``because`` is ``same_lines``, ``same_order`` or ``same_reason``, the likeliest first."""

    case: Case
    because: str


RANK: Final = ("same_lines", "same_order", "same_reason")


def likely(case: Case, others: Iterable[Case]) -> tuple[Likely, ...]:
    """The likeliest first, then the nearest in time; what is void asks for nothing."""
    found = [
        Likely(other, because)
        for other in others
        if other.ref != case.ref and other.outcome not in VOID and (because := _alike(case, other))
    ]
    return tuple(
        sorted(found, key=lambda one: (RANK.index(one.because), abs(one.case.opened_at - case.opened_at)))
    )


def _alike(case: Case, other: Case) -> str | None:
    """Only the same partner's case is a duplicate: nobody is pointed to what they may not read."""
    if (case.reseller, case.distributor) != (other.reseller, other.distributor):
        return None
    if case.order_id == other.order_id:
        own, others = ({line.line_no for line in each.lines} for each in (case, other))
        return "same_lines" if own & others else "same_order"
    near = abs(case.opened_at - other.opened_at) <= WITHIN
    return "same_reason" if near and case.reason is other.reason else None
