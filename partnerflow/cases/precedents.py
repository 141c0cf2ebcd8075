"""How a case was decided, as others are shown it: what was asked, what of it was granted, and by which role.

Only what is decided is a precedent; what was withdrawn, cancelled, recalled or made void is none. DOMAIN: Exception.
"""

from dataclasses import dataclass
from datetime import datetime

from partnerflow.cases.granted import FRUITLESS, approved
from partnerflow.cases.model import Case, CaseOutcome, StepStatus
from partnerflow.money import WHOLE, divide_half_up

POLICY = "policy"


@dataclass(frozen=True, slots=True)
class Ruling:
    """``asked`` and ``granted`` are net minor units on the main leg, ``granted_ppm`` the one in parts per million of
    the other; ``by`` is the role of who decided last, ``policy``, or None where a person was named without one."""

    at: datetime
    outcome: str
    asked: int
    granted: int
    granted_ppm: int
    by: str | None
    decline_code: str | None = None


def ruling(case: Case) -> Ruling | None:
    """None while it is not decided, or where nobody decided on it."""
    at, asked = decided_at(case), case.requested[0].credit.net
    if at is None:
        return None
    net = (approved(case, case.main_leg) or (0, 0))[0]
    return Ruling(
        at,
        "declined" if not net else "approved_in_part" if net < asked else "approved",
        asked,
        net,
        divide_half_up(net * WHOLE, asked) if asked else 0,
        _role(case),
        case.decline_code,
    )


def decided_at(case: Case) -> datetime | None:
    """When the last round was granted or refused."""
    if case.outcome in FRUITLESS and case.outcome is not CaseOutcome.DECLINED:
        return None
    last = case.round
    if last is not None and last.state == "granted":
        return last.granted_at
    refused = last is not None and last.state == "declined"
    return case.closed_at if refused or case.outcome is CaseOutcome.DECLINED else None


def _role(case: Case) -> str | None:
    decided = [s for s in (case.round.steps if case.round else ()) if s.status in DECIDED and s.decisions]
    if not decided:
        return POLICY
    named = decided[-1].roles or ((decided[-1].role,) if decided[-1].role else ())
    return named[0].value if named else None


DECIDED = (StepStatus.APPROVED, StepStatus.DECLINED)
