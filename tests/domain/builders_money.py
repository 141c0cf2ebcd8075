"""Cases about money on the desk on paper: proposed by their owner, decided, executed and passed on."""

from typing import Any

from partnerflow.cases.commands import OpenCase, Propose
from partnerflow.cases.model import Case, RequestedLine, Stage
from partnerflow.cases.terms import Terms
from partnerflow.credits.portions import Portion
from partnerflow.orders.model import Leg
from partnerflow.policy.terms import CaseType, Reason
from tests.domain.builders_cases import (
    PaperDesk,
    an_amount,
    jan,
)
from tests.domain.builders_people import AMARA, OWEN, PRIYA

DOWN, UP = Leg.DOWNSTREAM, Leg.UPSTREAM


def propose(desk: PaperDesk, *portions: Portion, **terms: Any) -> Case:
    """The owner's proposal, at ten to ten."""
    command = Propose(portions, "by-hand", "Looked into.", terms=Terms(**terms))
    return desk.do(command, OWEN, jan(4, 9, 50))


def assessed(desk: PaperDesk, amount: int = 100_000) -> PaperDesk:
    """A case that waits for its owner: one line by amount."""
    desk.open(an_amount(amount))
    return desk


def credited(desk: PaperDesk) -> Case:
    """Decided by whoever the route names, executed and passed on."""
    case = desk.cases["PF-2027-000001"]
    for who in (PRIYA, AMARA):
        if case.stage is Stage.APPROVAL:
            case = desk.decide(who, jan(4, 11))
    desk.remedy(jan(4, 12))
    return desk.pass_on(jan(4, 13))


def grosses(desk: PaperDesk) -> dict[str, int]:
    return {note.number[:6]: note.gross for note in desk.notes}


def settled(desk: PaperDesk) -> bool:
    """Nothing is held any more, on no ceiling."""
    lines = [c.reserved_net for lines in desk.lines.values() for c in lines.values()]
    return not any([*lines, *(c.reserved_net for c in desk.invoices.values())])


def a_case(kind: CaseType, reason: Reason, *lines: RequestedLine, **changes: Any) -> OpenCase:
    return OpenCase("o-1", kind, reason, lines, "Please put it right.", **changes)
