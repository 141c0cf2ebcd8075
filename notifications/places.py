"""Where a mail's button leads: to the exact place in the portal. A page, always: no link decides anything."""

from typing import Final

from notifications.language import mark
from notifications.words import Voice
from partnerflow.cases.letters import Letter

SECTIONS: Final = {
    "credit_note.issued": ("#documents", mark("See the documents")),
    "credit_note.voided": ("#documents", mark("See the documents")),
    "case.document_added": ("#documents", mark("See the documents")),
    "case.paid_out": ("#money", mark("See the money")),
    "case.payout_changed": ("#money", mark("See the money")),
    "case.settlement_changed": ("#money", mark("See the money")),
    "case.goodwill_paid": ("#money", mark("See the money")),
    "case.fact_changed": ("#facts", mark("See the facts")),
    "case.fact_disputed": ("#facts", mark("See the facts")),
    "case.note_added": ("#timeline", mark("See the timeline")),
    "case.info_received": ("#timeline", mark("See the timeline")),
    "case.call_asked": ("#call", mark("Note the call in the case")),
    "case.call_made": ("#timeline", mark("See the timeline")),
    "case.already_told": ("#timeline", mark("See the timeline")),
}
"""By event; everything else leads to the top of its case."""


def of_case(letter: Letter, event: str, base_url: str, say: Voice) -> dict[str, str]:
    """``href`` and ``label``."""
    place, label = _place(letter, event)
    return {"href": f"{base_url}{place}", "label": say(label)}


def _place(letter: Letter, event: str) -> tuple[str, str]:
    case = f"/cases/{letter.ref}"
    if letter.approval:
        return f"/approvals/{letter.approval}", mark("See the request and decide")
    if letter.audience == "partner" and (letter.asking or letter.asked):
        return f"{case}#asked", mark("Answer in the case")
    if event == "credit_note.void_asked":
        return f"/credit-notes/{letter.facts['number']}", mark("See the credit note")
    if event == "credit_note.issued" and letter.audience == "distributor" and letter.facts.get("passing_on"):
        return f"/pass-through#{letter.ref}", mark("Confirm how it was passed on")
    section, label = SECTIONS.get(event, ("", mark("See the case")))
    return f"{case}{section}", label
