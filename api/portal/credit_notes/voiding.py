"""Taking a credit note back: one person of finance asks, a second agrees by asking the same."""

from flask import Response, flash

from api.auth import own_reading
from api.errors import Problem
from api.portal import forms
from api.portal.credit_notes import room
from api.portal.credit_notes.reading import note_page
from api.portal.words import marked as _
from api.schemas import money_actions as bodies
from api.v1.money_actions import voidable
from partnerflow import desk
from partnerflow.cases.money_commands import VoidNote


@room.post("/credit-notes/<number>/void")
def void(number: str) -> Response:
    """Ask for it, or agree to it."""

    def send() -> desk.Outcome:
        sent = forms.body(bodies.VoidBody())
        with own_reading() as opened:
            found = voidable(opened, number)
        if found is None:
            raise Problem("not-found", "There is no such credit note.")
        outcome = forms.hand(VoidNote(number, sent["reason"]), f"case/{found.case_ref}")
        if outcome.state is desk.State.DONE:
            flash(_("Recorded. It is void once two people of finance have asked for it."), "ok")
        return outcome

    return forms.attempt(send, f"/credit-notes/{number}", lambda said: note_page(number, said))
