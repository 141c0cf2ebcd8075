"""Confirming in place: the API's actions, sent as forms, with days as the desk types them."""

from flask import Response, flash, request

from api.portal import forms, instants
from api.portal.pass_through import room
from api.portal.pass_through.waiting import waiting_page
from api.portal.words import marked as _
from api.schemas import money_actions
from api.v1.case_actions import ACTS
from api.v1.cases import need_currency
from partnerflow import desk

PASSED = _("Confirmed. The reseller is told that the credit is there.")
NOTED = _("Confirmed. If its figures differ from what was instructed, finance is told.")


@room.post("/pass-through/<ref>/confirm")
def confirm(ref: str) -> Response:
    """The reseller has its credit: how, by which reference, since when."""

    def send() -> desk.Outcome:
        act = ACTS["confirm_pass_through"]
        sent = forms.body(act.body(), without=("at",), at=_typed("at"))
        return _told(forms.hand(act.command(sent), f"case/{ref}"), PASSED)

    return forms.attempt(send, "/pass-through", lambda said: waiting_page(said, f"confirm-{ref}"))


@room.post("/pass-through/<ref>/note")
def note(ref: str) -> Response:
    """The note that another system issued, as it states itself."""

    def send() -> desk.Outcome:
        sent = forms.body(
            money_actions.ConfirmNoteBody(), without=("issued_at",), issued_at=_typed("issued_at")
        )
        command = money_actions.confirmed(sent)
        need_currency(money_actions.stated(sent), case=ref, leg=command.leg)
        return _told(forms.hand(command, f"case/{ref}"), NOTED)

    leg = request.form.get("leg", "")
    return forms.attempt(send, "/pass-through", lambda said: waiting_page(said, f"note-{leg}-{ref}"))


def _typed(name: str) -> str:
    return instants.typed(request.form.get(name, "").strip())


def _told(outcome: desk.Outcome, text: str) -> desk.Outcome:
    if outcome.state is desk.State.DONE:
        flash(text, "ok")
    return outcome
