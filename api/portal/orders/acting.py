"""Answering a hold, and cancelling: the API's actions, sent as forms."""

from flask import Response, request

from api.portal import forms
from api.portal.orders import room
from api.portal.orders.reading import order_page
from api.schemas import orders as bodies
from partnerflow import desk
from partnerflow.orders.commands import AcknowledgeFindings, CancelOrder


@room.post("/orders/<order>/actions/acknowledge")
def acknowledge(order: str) -> Response:
    """It is meant as it is: said by a named person, with why."""

    def send() -> desk.Outcome:
        findings = {"findings": request.form.getlist("finding")}
        sent = forms.body(bodies.AcknowledgeBody(), without=("finding",), **findings)
        return forms.hand(AcknowledgeFindings(tuple(sent["findings"]), sent["text"]), f"order/{order}")

    return forms.attempt(send, f"/orders/{order}", lambda said: order_page(order, said))


@room.post("/orders/<order>/actions/cancel")
def cancel(order: str) -> Response:
    """A held order ends; an accepted one inside its window opens its cancellation, which is shown then."""

    def send() -> desk.Outcome:
        sent = forms.body(bodies.CancelBody())
        return forms.hand(CancelOrder(sent["reason"]), f"order/{order}")

    return forms.attempt(send, lambda done: _after(order, done), lambda said: order_page(order, said))


def _after(order: str, done: desk.Outcome) -> str:
    name = forms.told(done).get("id", "")
    return f"/cases/{name}" if str(name).startswith("PF-") else f"/orders/{order}"
