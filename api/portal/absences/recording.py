"""Recording an absence and ending one: the API's commands, sent as forms."""

from flask import Response, flash, request

from api.portal import forms, instants
from api.portal.absences import room
from api.portal.absences.listing import absences_page
from api.portal.words import marked as _
from api.schemas import directory as bodies
from api.v1.directory import known, persons, row, whom
from partnerflow import desk
from partnerflow.directory.commands import EndAbsence, RecordAbsence
from partnerflow.directory.rows import AbsenceRow


@room.post("/absences")
def record() -> Response:
    """From its beginning the delegate stands in."""

    def send() -> desk.Outcome:
        sent = forms.body(bodies.AbsenceBody(), without=("since", "until"), **_instants())
        directory = known()
        person, code = whom(sent["person"], directory, "/person")
        sent = persons(sent, directory, "delegate")
        command = RecordAbsence(person, sent["since"], sent["until"], sent["delegate"], sent["note"])
        return _told(forms.hand(command, f"organisation/{code}"), _("Recorded. It holds from its beginning."))

    return forms.attempt(send, "/absences", absences_page)


@room.post("/absences/<absence>/end")
def end(absence: str) -> Response:
    """They are back; one that had not begun is cancelled."""

    def send() -> desk.Outcome:
        found, code = row(AbsenceRow, absence, "absence")
        return _told(forms.hand(EndAbsence(found.id, None), f"organisation/{code}"), _("Ended."))

    return forms.attempt(send, "/absences", absences_page)


def _instants() -> dict[str, str | None]:
    """An empty beginning is now; an empty end is open."""
    since, until = (request.form.get(name, "").strip() for name in ("since", "until"))
    return ({"since": instants.typed(since)} if since else {}) | {
        "until": instants.typed(until) if until else None
    }


def _told(outcome: desk.Outcome, text: str) -> desk.Outcome:
    if outcome.state is desk.State.DONE:
        flash(text, "ok")
    return outcome
