"""Sending a draft: one case for each order, under keys that come from the draft, so that none is opened twice."""

from flask import Response, flash, redirect

from api.auth import engine, own_reading, reader
from api.errors import Problem
from api.portal import forms
from api.portal.dispute import room
from api.portal.dispute.fields import bodies
from api.portal.dispute.looking import opening
from api.portal.dispute.writing import draft_page, keep_typed
from api.portal.evidence import attach, sent_files
from api.portal.words import marked as _
from partnerflow import desk
from partnerflow.store import drafts, listing
from partnerflow.store.database import unit_of_work


@room.post("/drafts/<draft>/send")
def send(draft: str) -> Response:
    """Open what can be opened; what is refused stays in the draft, with why."""
    fields = keep_typed(draft)
    asked = bodies(fields, _currencies(fields))
    files, refused, opened = sent_files(), None, _opened(draft)
    for order, body in asked.items():
        if order in opened:
            continue
        try:
            opened[order] = _open(draft, order, body)
        except Problem as problem:
            refused = refused or forms.Said(problem.code, problem.detail, problem.errors)
            continue
        for file in files:
            attach(opened[order], file)
    if refused is not None:
        return forms.afresh(lambda said: draft_page(draft, said), refused)
    with unit_of_work(engine()) as session:
        drafts.drop(session, draft, reader().person)
    flash(_("Received. This is who has it, and by when."), "ok")
    answer = redirect(f"/cases/{next(iter(opened.values()))}" if len(opened) == 1 else "/", 303)
    assert isinstance(answer, Response)
    return answer


def _open(draft: str, order: str, body: dict[str, object]) -> str:
    """The reference of the order's case; Problem says why there is none."""
    command = opening(body)
    key = forms.fresh(f"draft-{draft}-{order}", body)
    outcome = forms.hand(command, f"order/{order}", key=key, fingerprint=key.encode())
    if outcome.state is desk.State.REFUSED:
        told = forms.told(outcome)
        raise Problem(told["code"], told["detail"])
    ref = str(forms.told(outcome)["id"])
    with unit_of_work(engine()) as session:
        drafts.note_opened(session, draft, reader().person, order, ref)
    return ref


def _opened(draft: str) -> dict[str, str]:
    with own_reading() as session:
        found = drafts.read(session, draft, reader().person)
    return dict(found.opened) if found else {}


def _currencies(fields: dict[str, str]) -> dict[str, str]:
    orders = [value for name, value in fields.items() if name.endswith(".order_id")]
    with own_reading() as session:
        found = {order: listing.currency_of(session, order=order) for order in orders}
    if None in found.values():
        raise Problem("not-found", "There is no such order.")
    return {order: str(currency) for order, currency in found.items()}
