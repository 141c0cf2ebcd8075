"""What people do on the page of a case: the API's actions, sent as forms."""

from flask import Response

from api.errors import Problem
from api.portal import forms
from api.portal.cases import room
from api.portal.cases.reading import case_page
from api.v1.case_actions import ACTS


@room.post("/cases/<ref>/actions/<name>")
def act(ref: str, name: str) -> Response:
    """One action; back to the case, or the case with what was refused."""
    known = ACTS.get(name)
    if known is None:
        raise Problem("not-found", "There is no such action.")
    return forms.attempt(
        lambda: forms.hand(known.command(forms.body(known.body())), f"case/{ref}"),
        f"/cases/{ref}",
        lambda said: case_page(ref, said),
    )
