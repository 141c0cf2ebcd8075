"""Where the payments of a case stand: what is next on each, which are under way, and which somebody has to see to.

Nothing is decided here. DOMAIN: Money; docs/adr/0011-payments.md.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from partnerflow.cases.external_notes import waiting
from partnerflow.cases.model import Case, RemedyState
from partnerflow.cases.money_parts import Payout, PayoutState


class PayoutAct(StrEnum):
    """What its driver does next."""

    SUBMIT = "submit"
    LOOK = "look"


PAYING: Final = frozenset({PayoutState.SUBMITTED, PayoutState.UNKNOWN})
"""The payer's system was told, or may have been."""

OPEN: Final = frozenset({PayoutState.INTENDED, PayoutState.FAILED})
"""Nothing has moved, and something still may."""


def next_act(case: Case, payout: Payout) -> PayoutAct | None:
    """None: it has ended, waits for a person, or its turn has not come."""
    if payout.state in PAYING:
        return PayoutAct.LOOK
    due = payout.state is PayoutState.INTENDED and _turn(case, payout)
    return PayoutAct.SUBMIT if due else None


def _turn(case: Case, payout: Payout) -> bool:
    """Once the papers stand that say so; while the partner's own note is void nothing of its round is paid, unless the
    case ends with what stands."""
    remedy = case.remedy
    executing = remedy is not None and remedy.state in (RemedyState.EXECUTING, RemedyState.FAILED)
    if remedy is not None and remedy.round == payout.round and executing:
        return False
    if payout.after_upstream and any(told.leg is not payout.leg for told in waiting(case)):
        return False
    void = any(r.no == payout.round and r.state == "void" for r in case.rounds)
    return not (void and case.open)


def find(case: Case, key: str) -> Payout | None:
    return next((payout for payout in case.payouts if payout.key == key), None)


def of_note(case: Case, number: str) -> tuple[Payout, ...]:
    return tuple(payout for payout in case.payouts if payout.note == number)


def awaited(case: Case) -> tuple[Payout, ...]:
    """What the partner is still to see of the round that is passed on."""
    remedy = case.remedy
    ended = (PayoutState.CONFIRMED, PayoutState.CANCELLED)
    mine = (p for p in case.payouts if p.leg is case.main_leg and remedy and p.round == remedy.round)
    return tuple(p for p in mine if p.state not in ended)


def moved(payout: Payout) -> bool:
    """Whether its money has left, or may have."""
    return payout.state in PAYING or payout.state is PayoutState.CONFIRMED


def under_way(case: Case) -> tuple[Payout, ...]:
    """The partner's payments of which nobody can say that they will not arrive."""
    return tuple(p for p in case.payouts if p.leg is case.main_leg and p.state in PAYING)


def failed(case: Case) -> tuple[Payout, ...]:
    return tuple(p for p in case.payouts if p.state is PayoutState.FAILED)


def wakes(case: Case, before: Case | None) -> tuple[str, ...]:
    """Drivers with something new to do, or to end; what a driver itself has done it knows."""
    known = {p.key: next_act(before, p) for p in before.payouts} if before else {}
    found = ((p, next_act(case, p), known.get(p.key)) for p in case.payouts)
    return tuple(_driver(p) for p, now, then in found if now is not then and _news(now, p))


def _news(act: PayoutAct | None, payout: Payout) -> bool:
    return act is PayoutAct.SUBMIT or (act is None and payout.state is PayoutState.CANCELLED)


def _driver(payout: Payout) -> str:
    return f"payout/{payout.key}"


def changed(case: Case, before: Case | None) -> Iterable[tuple[Payout, bool]]:
    """What is to be written of them: each with whether it owes a driver."""
    known = {p.key: (p, next_act(before, p)) for p in before.payouts} if before else {}
    now = ((p, next_act(case, p)) for p in case.payouts)
    return [(p, act is not None) for p, act in now if known.get(p.key) != (p, act)]
