"""Deciding without leaving the inbox: the API's decision, sent as a form with the version that was shown."""

from flask import Response, flash, request

from api.errors import Problem
from api.portal import forms
from api.portal.inbox import room
from api.portal.inbox.reading import inbox_page
from api.portal.words import marked as _
from api.schemas import cases as bodies
from api.schemas import deciding
from api.v1.approvals import case_of
from api.v1.cases import need_currency
from partnerflow import desk

DONE = {
    "approve": _("Approved. The partner is told."),
    "approve_partial": _("Approved in part. The partner is told."),
    "decline": _("Declined. The partner reads your reason."),
    "ask": _("Asked. The clock waits for the answer."),
    "pass_on": _("Passed on."),
    "redirect": _("Redirected."),
}


@room.post("/approvals/<step>/decision")
def decide(step: str) -> Response:
    """One decision; then on to what waits next."""

    def send() -> desk.Outcome:
        sent = forms.body(deciding.DecisionBody(), without=("version", "facts"), facts=_facts())
        need_currency(bodies.amounts(sent), case=case_of(step))
        outcome = forms.hand(deciding.decision(step, sent, _version()), f"case/{case_of(step)}")
        if outcome.state is desk.State.DONE:
            flash(DONE[sent["decision"]], "ok")
        return outcome

    return forms.attempt(send, "/inbox", lambda said: inbox_page(step, said))


def _facts() -> list[str]:
    """The facts the decision rests on, as they were ticked."""
    return request.form.getlist("facts")


def _version() -> str:
    found = request.form.get("version", "")
    if not found:
        raise Problem(
            "precondition-required", "Open the step again: the form does not say what it was shown."
        )
    return found
