"""Publishing: by another person than the author, at once or for an instant to come, with or without open cases."""

from flask import Response, flash, request

from api.auth import own_reading, reader
from api.portal import forms, typed
from api.portal.policy import room
from api.portal.policy.reading import version_page
from api.portal.words import marked as _
from api.schemas import policies as bodies
from api.v1.policies import number
from partnerflow import desk
from partnerflow.store.directory import snapshot


@room.post("/policy/<version>/publish")
def publish(version: str) -> Response:
    """Four eyes: the desk refuses the author."""
    which = number(version)

    def send() -> desk.Outcome:
        at = request.form.get("effective_at", "").strip()
        more = {"effective_at": typed.instant(at, _zone())} if at else {}
        moves = {"move_clocks": "move_clocks" in request.form}
        sent = forms.body(bodies.PublishBody(), without=("effective_at", "move_clocks"), **more, **moves)
        outcome = forms.hand(bodies.publication(sent), f"policy/{which}")
        if outcome.state is desk.State.DONE:
            flash(_("Published. Cases keep the version they began with."), "ok")
        return outcome

    return forms.attempt(send, f"/policy/{which}", lambda said: version_page(which, said))


def _zone() -> str:
    with own_reading() as opened:
        return snapshot(opened).directory.people[reader().person].calendar.zone
