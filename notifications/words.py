"""What one message says, before it is laid out, and what its readers call clocks, reasons and ways of crediting."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """``headline`` is a sentence; ``quote`` (by whom, text) is somebody's own words."""

    headline: str
    body: tuple[str, ...] = ()
    ask: str | None = None
    quote: tuple[str, str] | None = None
    shows_money: bool = False


CLOCKS = {
    "owner": "the owner's first act",
    "first_response": "the first answer to the partner",
    "next_update": "the next word to the partner",
    "decision": "the decision",
    "step": "this decision",
    "pass_through": "passing on the credit",
    "partner_answer": "your answer",
    "vat_note": "the credit note",
}
CODES = {
    "outside_policy": "outside policy",
    "activated": "already activated",
    "window_closed": "the window has closed",
    "not_substantiated": "not substantiated",
    "already_credited": "already credited",
    "other": "other reasons",
}
HOW = {"account_credit": "credited to your account", "refund": "refunded", "offset": "set off"}
