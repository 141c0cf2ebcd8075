"""What people do on the page of a case: the API's actions, sent as forms."""

from collections.abc import Callable
from typing import Any

from flask import Response, flash, request

from api.auth import own_reading, reader
from api.errors import Problem
from api.portal import evidence, forms, instants
from api.portal.cases import room
from api.portal.cases.reading import case_page
from api.portal.words import marked as _
from api.schemas import cases as bodies
from api.schemas import deciding
from api.schemas import money_actions as money
from api.v1.case_actions import ACTS, number_of
from api.v1.cases import need_currency
from api.v1.sight import need_partner_or_staff
from partnerflow import desk
from partnerflow.cases.money_commands import VoidNote
from partnerflow.credits.notes import NoteKind
from partnerflow.store import notes

INSTANTS = ("at", "issued_at")
DONE = {
    "note": _("Added; everyone who may read it does."),
    "answer": _("Answered. The clock runs on."),
    "escalate": _("It is taken up now."),
    "propose": _("Proposed. Whoever decides is told."),
    "ask_partner": _("Asked. The clock waits for the answer."),
    "reassign": _("Handed over, with everything that is here."),
    "redirect": _("Redirected."),
    "appeal": _("Received. Others than before decide on it."),
    "withdraw": _("Withdrawn."),
    "settle": _("Noted how the excess is to be given back."),
    "confirm_pass_through": _("Confirmed. The partner is told."),
    "confirm_note": _("Confirmed."),
    "close": _("Closed. The partner is told."),
    "watch": _("You watch this case now."),
    "unwatch": _("You no longer watch this case."),
    "ask_call": _("Asked. The owner is told at once."),
    "record_call": _("Noted. The partner reads it."),
    "hand_partner": _("Handed over. Questions and mails go to your colleague now."),
}


@room.post("/cases/<ref>/actions/<name>")
def act(ref: str, name: str) -> Response:
    """One action; back to the case, or the case with what was refused."""
    make = SPECIAL.get(name) or _plain(name)

    def send() -> desk.Outcome:
        return _done(name, forms.hand(make(ref), f"case/{ref}"))

    return forms.attempt(send, f"/cases/{ref}", lambda said: case_page(ref, said, name))


@room.post("/cases/<ref>/notes/<number>/void")
def void(ref: str, number: str) -> Response:
    """A person of finance wants a credit note void; a second one does it by asking the same."""

    def send() -> desk.Outcome:
        sent = forms.body(money.VoidBody())
        _need_note(ref, number)
        return _done("void", forms.hand(VoidNote(number, sent["reason"]), f"case/{ref}"))

    return forms.attempt(send, f"/cases/{ref}#documents", lambda said: case_page(ref, said, f"void-{number}"))


@room.post("/cases/<ref>/evidence")
def add_evidence(ref: str) -> Response:
    """Files for the case, public or for one's own house alone; each stands or falls by itself."""
    visibility = "internal" if request.form.get("visibility") == "internal" else "public"
    try:
        sent = evidence.sent_files()
        if not sent:
            raise Problem("invalid-parameter", "Choose at least one file.")
        for file in sent:
            evidence.attach(ref, file, visibility)
    except Problem as refused:
        if refused.code in ("not-found", "unauthenticated"):
            raise
        said = forms.Said(refused.code, refused.detail, refused.errors)
        return forms.afresh(lambda why: case_page(ref, why, "evidence"), said)
    flash(_("The files are on the case."), "ok")
    return forms.onward(f"/cases/{ref}#documents")


def _done(name: str, outcome: desk.Outcome) -> desk.Outcome:
    if outcome.state is desk.State.DONE and name in DONE:
        flash(DONE[name], "ok")
    return outcome


def _plain(name: str) -> Callable[[str], Any]:
    known = ACTS.get(name)
    if known is None:
        raise Problem("not-found", "There is no such action.")
    return lambda _: known.command(
        forms.body(known.body(), without=("attachments", *INSTANTS, *_unfilled()), **_more(name))
    )


def _more(name: str) -> dict[str, Any]:
    """Fields that a form has another way than the body: several of one name, and the reader's own time."""
    found: dict[str, Any] = {
        each: instants.typed(request.form[each]) for each in INSTANTS if request.form.get(each)
    }
    if name in ("uphold_fact", "request_exception"):
        found["attachments"] = request.form.getlist("attachments")
    return found


def _unfilled() -> tuple[str, ...]:
    """The names of rows and amounts that were left empty: what is hidden beside them says nothing alone."""
    typed = (name for name, value in request.form.items() if not value.strip())
    empty = {_row(name) for name in typed if name.endswith((".quantity", ".amount"))}
    return tuple(name for name in request.form if _row(name) in empty)


def _row(name: str) -> str:
    """``lines.0.amount.amount`` is of ``lines.0``, ``refund.amount`` of ``refund``."""
    parts = name.split(".")
    return ".".join(parts[:2]) if len(parts) > 1 and parts[1].isdigit() else parts[0]


def _proposal(ref: str) -> Any:
    own = ("version", "facts", *_unfilled())
    sent = forms.body(deciding.ProposeBody(), without=own, facts=request.form.getlist("facts"))
    need_currency(bodies.amounts(sent), case=ref)
    return deciding.proposal(sent, _version())


def _settlement(ref: str) -> Any:
    sent = forms.body(money.SettleBody(), without=("version", *_unfilled()))
    need_currency(money.stated(sent), case=ref)
    return money.settled(sent, _version())


def _confirmed(ref: str) -> Any:
    sent = forms.body(money.ConfirmNoteBody(), without=INSTANTS, **_more("confirm_note"))
    command = money.confirmed(sent)
    need_currency(money.stated(sent), case=ref, leg=command.leg)
    return command


SPECIAL: dict[str, Callable[[str], Any]] = {
    "propose": _proposal,
    "settle": _settlement,
    "confirm_note": _confirmed,
}
"""Those that bind what was read, or state amounts."""


def _version() -> int:
    found = request.form.get("version", "")
    if not found:
        raise Problem(
            "precondition-required", "Open the case again: the form does not say what it was shown."
        )
    return number_of(found)


def _need_note(ref: str, number: str) -> None:
    with own_reading() as opened:
        need_partner_or_staff()
        found = notes.read(opened, number)
    hidden = found is None or found.kind is not NoteKind.CREDIT_NOTE or found.case_ref != ref
    if found is None or hidden or (found.leg.value == "upstream" and not reader().sees_upstream):
        raise Problem("not-found", "There is no such credit note.")
