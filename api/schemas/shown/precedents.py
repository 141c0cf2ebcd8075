"""Similar cases and how they were decided, as those see them who ask for an exception or decide on one.

A partner reads of its own cases alone; no vote, no limit, no upstream amount is in it.
"""

from datetime import datetime
from typing import Any

from api.schemas.shown.plain import instant, money
from partnerflow.money import format_percent
from partnerflow.store.precedents import Precedent, age_days


def precedent(found: Precedent, at: datetime) -> dict[str, Any]:
    """``granted_percent`` is of what was asked; ``decided_by`` a role, ``policy``, or null; ``same`` what it has in
    common beside the reason."""
    case, ruled = found.case, found.ruling
    return {
        "ref": case.ref,
        "type": case.type.value,
        "reason": case.reason.value,
        "family": case.scope.family,
        "verdict": case.verdict.value,
        "exception": case.exception is not None,
        "reseller": case.reseller,
        "asked": money(ruled.asked, case.currency),
        "granted": money(ruled.granted, case.currency),
        "granted_percent": format_percent(ruled.granted_ppm),
        "outcome": ruled.outcome,
        "decline_reason": ruled.decline_code,
        "clause": case.proposal.clause if case.proposal else case.clause,
        "decided_by": ruled.by,
        "decided_at": instant(ruled.at),
        "age_days": age_days(found, at),
        "same": list(found.same),
        "score": found.score,
        "links": {"self": f"/v1/cases/{case.ref}"},
    }
