"""What of a credit goes through the payment port, and how far it is: per leg, for those who may see that leg."""

from datetime import datetime
from typing import Any

from api.schemas.shown.plain import instant, money
from partnerflow import people
from partnerflow.cases.model import Case
from partnerflow.cases.money_parts import Payout
from partnerflow.people import Directory, Role


def payouts(case: Case, directory: Directory, at: datetime, *, inside: bool) -> list[dict[str, Any]]:
    """``inside``: our own people also read why one was refused, or is unknown."""
    return [_payout(each, case, directory, at, inside=inside) for each in case.payouts]


def _payout(found: Payout, case: Case, directory: Directory, at: datetime, *, inside: bool) -> dict[str, Any]:
    held = people.effective(directory, found.held_by, Role.FINANCE, case.scope, at) if found.held_by else None
    return {
        "key": found.key,
        "leg": found.leg.value,
        "kind": found.kind.value,
        "amount": money(found.amount, found.currency),
        "note": found.note,
        "state": found.state.value,
        "reference": found.reference,
        "since": instant(found.since),
        "paid_at": instant(found.at),
        "by_whom": held.name if held else None,
        **({"because": found.because, "tries": found.tries} if inside else {}),
    }
