"""What other issuers were told to credit against what they confirmed, per leg and round."""

from typing import Any

from api.schemas.shown.plain import figures, instant, money
from partnerflow.cases import external_notes
from partnerflow.cases.external_notes import Difference
from partnerflow.cases.model import Case, Instructed


def reconciliation(found: Case) -> list[dict[str, Any]]:
    """``confirmed`` and ``difference`` are null while the note is awaited; a difference of nothing is ``none``."""
    return [_row(found, each) for each in found.instructed]


def _row(found: Case, told: Instructed) -> dict[str, Any]:
    note, currency = external_notes.noted(found, told), found.currency_of(told.leg)
    return {
        "leg": told.leg.value,
        "round": told.round,
        "invoice": told.invoice,
        "instructed_at": instant(told.at),
        "instructed": figures(told.net, told.tax, currency),
        "confirmed": {
            "number": note.number,
            "issued_at": instant(note.issued_at),
            **figures(note.net, note.tax, currency),
        }
        if note
        else None,
        "difference": _difference(external_notes.difference(found, told), currency),
        "state": "awaited" if note is None else "confirmed",
    }


def _difference(found: Difference | None, currency: str) -> dict[str, Any] | None:
    """Net, tax and gross, confirmed less instructed; the gross as the amount."""
    if found is None:
        return None
    return money(found.gross, currency) | figures(found.net, found.tax, currency)
