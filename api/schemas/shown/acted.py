"""Who an entry of the timeline reads as done by: what follows by itself from somebody's command is not theirs."""

from typing import Final

from api.schemas.shown.telling import Data

OURS: Final = "service:partnerflow"
"""Named as Partnerflow."""
BY_ITSELF: Final = frozenset(
    {
        "case.round_started",
        "case.round_restarted",
        "case.revised",
        "case.approval_step_started",
        "case.rung_superseded",
        "case.clock_warned",
        "case.clock_breached",
        "case.clock_resumed",
        "case.clocks_set",
        "case.clocks_moved",
        "case.remedy_started",
        "case.remedy_acted",
        "case.remedy_done",
        "case.remedy_failed",
        "case.goodwill_paid",
        "case.credit_advanced",
        "case.exchange_difference",
        "credit_note.chased",
        "case.debit_notes_stored",
        "case.payout_changed",
        "case.paid_out",
        "case.closed",
    }
)
"""What follows from the state and the policy, whoever's command brought the case there."""
PEOPLES: Final = {
    "case.owner_changed": frozenset({"reassigned", "redirected"}),
    "case.step_handed_on": frozenset({"pass_on", "redirect"}),
    "case.settlement_changed": frozenset({"asked"}),
}
"""By ``because``: done by a person; otherwise it happened by itself."""
ISSUED: Final = frozenset({"credit_note.issued", "rebill.issued"})


def acted(kind: str, data: Data, recorded: str) -> str:
    """A person's id, or a service's; ``recorded`` is whose command the event came of."""
    if kind == "case.proposed":
        return str(data["proposal"]["by"])
    return OURS if _by_itself(kind, data) else recorded


def _by_itself(kind: str, data: Data) -> bool:
    if kind in BY_ITSELF:
        return True
    if kind in PEOPLES:
        return data.get("because") not in PEOPLES[kind]
    if kind in ISSUED:
        return not data["document"].get("external")
    if kind == "case.escalated":
        return not data.get("pulled")
    if kind == "case.info_received":
        return not data.get("text")
    return kind == "case.fact_changed" and (data["change"] == "lapsed" or _order_says(data))


def _order_says(data: Data) -> bool:
    return bool(data["change"] == "corrected" and data["fact"]["source"] == "order")
