"""The dossier on paper: the API's path, for people and systems alike."""

from flask import Response

from api.openapi import Group
from api.portal.dossier.gathering import gather
from api.portal.dossier.telling import dossier
from api.printing import printed
from notifications.dossier import Dossier

group = Group("dossiers", "A whole case for whoever joins or audits.")


@group.route(
    "GET",
    "/v1/cases/<ref>/dossier.pdf",
    answers={200: "Everything the reader may know of the case."},
    scope="cases:read",
    media="application/pdf",
)
def read_dossier(ref: str) -> Response:
    """Read a case's dossier as PDF."""
    found = Response(paper(dossier(gather(ref))), 200, content_type="application/pdf")
    found.headers["Content-Disposition"] = f'inline; filename="{ref}-dossier.pdf"'
    return found


def paper(found: Dossier) -> bytes:
    """The dossier as PDF."""
    sorry = "The dossier could not be printed now; its page says the same."
    return printed("notifications.dossier", found, sorry)
