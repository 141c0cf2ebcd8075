"""What an admin does with people: the API's commands, sent from the pages."""

from typing import Any, Final

from flask import Response, flash, request

from api.auth import engine
from api.errors import Problem
from api.portal import forms, sessions, typed
from api.portal.admin import done, room
from api.portal.admin.people import people_page, person_page
from api.portal.words import marked as _
from api.schemas import directory as bodies
from api.v1 import people as made
from api.v1.directory import known, organisation_of
from partnerflow import desk
from partnerflow.directory import commands as c
from partnerflow.people import Directory
from partnerflow.store import sessions as store
from partnerflow.store.database import unit_of_work

OURS: Final = ("roles", "limit", "authority_limit.amount", "manager", "phone")


def _more(directory: Directory) -> dict[str, Any]:
    """What a form says by leaving it empty: no role, no manager, no telephone, no limit."""
    said = {"roles": request.form.getlist("roles"), "phone": request.form.get("phone", "").strip()}
    return said | {"manager": request.form.get("manager") or None, "authority_limit": _limit(directory)}


def _limit(directory: Directory) -> dict[str, str] | None:
    """``limit``: none, amount or unlimited (None)."""
    kind, currency = request.form.get("limit", "none"), directory.operator.currency
    if kind == "unlimited":
        return None
    typed = request.form.get("authority_limit.amount", "").strip() if kind == "amount" else "0.00"
    loaded: dict[str, dict[str, str]] = forms.nested(
        [("authority_limit.amount", typed or "-"), ("authority_limit.currency", currency)]
    )
    return loaded["authority_limit"]


@room.post("/admin/people")
def add() -> Response:
    """Somebody new; what they may do waits for another admin."""

    def send() -> desk.Outcome:
        directory = known()
        sent = forms.body(bodies.PersonBody(), without=OURS, **_more(directory))
        outcome = forms.hand(made.added(sent, directory), f"organisation/{sent['organisation']}")
        if outcome.state is desk.State.DONE:
            flash(_("Added. Roles and limit wait for another admin."), "ok")
        return outcome

    return forms.attempt(send, lambda done: f"/admin/people/{forms.told(done)['id']}", people_page)


@room.post("/admin/people/<person>/change")
def change(person: str) -> Response:
    """What is in the form holds from now on; more rights wait for another admin."""

    def send() -> desk.Outcome:
        directory = known()
        found, code = organisation_of(person, directory)
        sent = forms.body(bodies.PersonChange(), without=OURS, **_more(directory))
        return done(forms.hand(made.changed(found, sent, directory), f"organisation/{code}"), _("Changed."))

    return _then(person, send)


@room.post("/admin/people/<person>/leave")
def leave(person: str) -> Response:
    """They leave, at once or at an instant of their own zone."""

    def send() -> desk.Outcome:
        directory = known()
        found, code = organisation_of(person, directory)
        at = request.form.get("at", "").strip()
        zone = directory.people[found].calendar.zone
        sent = forms.body(
            bodies.LeaveBody(), without=("at",), **({"at": typed.instant(at, zone)} if at else {})
        )
        command = made.leaving(found, sent, directory)
        return done(forms.hand(command, f"organisation/{code}"), _("Recorded. Their work follows by itself."))

    return _then(person, send)


@room.post("/admin/people/<person>/grant")
def grant(person: str) -> Response:
    """Agree to what another admin asked for, or refuse it (one's own: take it back)."""

    def send() -> desk.Outcome:
        found, code = organisation_of(person, known())
        agreed = request.form.get("answer") == "agree"
        command = c.ConfirmRoles(found) if agreed else c.RefuseRoles(found)
        said = _("Granted: it holds from now on.") if agreed else _("Refused: nothing changes.")
        return done(forms.hand(command, f"organisation/{code}"), said)

    return _then(person, send)


@room.post("/admin/people/<person>/sessions/<session_id>/revoke")
def revoke(person: str, session_id: str) -> Response:
    """End somebody's session, at once."""
    found, _code = organisation_of(person, known())
    try:
        digest = bytes.fromhex(session_id)
    except ValueError:
        raise Problem("not-found", "There is no such session.") from None
    with unit_of_work(engine()) as session:
        if not store.revoke(session, digest, found):
            raise Problem("not-found", "There is no such session.")
        # The log names whose session it was; ``admin`` says that it was not their own hand.
        store.log(session, "revoked", "admin", sessions.visit(), found)
    flash(_("That session is over."), "ok")
    return sessions.on_to(f"/admin/people/{found}")


def _then(person: str, send: Any) -> Response:
    return forms.attempt(send, f"/admin/people/{person}", lambda said: person_page(person, said))
