"""The ways through the money, as far as their reader may go."""

from typing import Final

from api.portal.words import marked as _
from api.v1.reports_rights import need_money

TABS: Final = (
    ("/finance", _("Overview"), False),
    ("/finance/exposure", _("Exposure"), False),
    ("/finance/reconciliation", _("Reconciliation"), False),
    ("/credit-notes", _("Credit notes"), False),
    ("/finance/ledger", _("Ledger"), True),
    ("/statements", _("Statements"), False),
)
"""(address, label, whether it is for the operator's finance alone)."""


def tabs() -> list[tuple[str, str]]:
    """Problem for those who read none of it."""
    staff = need_money()
    return [(path, label) for path, label, books in TABS if staff or not books]
