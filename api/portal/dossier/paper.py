"""The dossier on paper: the API's path, for people and systems alike."""

import subprocess
import sys
from typing import Final

import msgspec
from flask import Response

from api.auth import session
from api.errors import Problem
from api.openapi import Group
from api.portal.dossier.gathering import gather
from api.portal.dossier.telling import dossier
from notifications.dossier import Dossier

group = Group("dossiers", "A whole case for whoever joins or audits.")
SECONDS: Final = 30.0
"""For one dossier, the start of its process included."""


@group.route(
    "GET",
    "/v1/cases/<ref>/dossier.pdf",
    answers={200: "Everything the reader may know of the case."},
    scope="cases:read",
    media="application/pdf",
)
def read_dossier(ref: str) -> Response:
    """Read a case's dossier as PDF."""
    found = Response(printed(dossier(gather(ref))), 200, content_type="application/pdf")
    found.headers["Content-Disposition"] = f'inline; filename="{ref}-dossier.pdf"'
    return found


def printed(found: Dossier) -> bytes:
    """In a process of its own: what goes wrong with a page takes nothing else with it. The reader's transaction ends
    here, for one that waits for a printer is idle to the database."""
    session().close()
    command = (sys.executable, "-P", "-m", "notifications.dossier")
    try:
        done = subprocess.run(  # noqa: S603  our own module, and data on its input
            command, input=msgspec.json.encode(found), capture_output=True, timeout=SECONDS, check=True
        )
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError):
        raise Problem(
            "unavailable", "The dossier could not be printed now; its page says the same."
        ) from None
    return done.stdout
