"""A link to one file for whoever has it, for a quarter of an hour: signed, and nothing of it is stored.

It names the organisation it was made for, so that the walls of the record hold for its bearer too. FAULTS: Who may do
what (Download credit note, e-mail action token).
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import quote, urlencode

from flask import current_app, g, request
from itsdangerous import BadData, SignatureExpired, URLSafeTimedSerializer

from api.errors import Problem

LIVES: Final = timedelta(minutes=15)
LINKED: Final = frozenset({"credit notes.read_credit_note_pdf"})
"""The endpoints that a link may open instead of a sign-in."""


@dataclass(frozen=True, slots=True)
class Link:
    """What a valid link gives: one file, as ``organisation`` may read it."""

    number: str
    organisation: str


def made(number: str, case_ref: str, organisation: str) -> dict[str, str]:
    """``{"href", "until"}`` for the PDF of a note that its reader has before them."""
    token = _signer().dumps([number, organisation, case_ref])
    until = datetime.now(UTC).replace(microsecond=0) + LIVES
    path = f"/v1/credit-notes/{quote(number, safe='')}.pdf?{urlencode({'token': token})}"
    return {
        "href": f"{current_app.config['BASE_URL']}{path}",
        "until": until.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def asked() -> bool:
    """Whether this request comes by a link alone."""
    return request.endpoint in LINKED and "token" in request.args and "Authorization" not in request.headers


def admit() -> None:
    """Let the bearer of a good link in, to its own file alone."""
    values: Any
    try:
        values = _signer().loads(request.args["token"], max_age=int(LIVES.total_seconds()))
    except SignatureExpired as over:
        raise _expired(over) from over
    except BadData as forged:
        raise Problem("unauthenticated", "This link is not complete, or not one of ours.") from forged
    number, organisation, _ = values
    if (request.view_args or {}).get("number") != number:
        raise Problem("unauthenticated", "This link is for another file.")
    g.link = Link(number, organisation)


def admitted() -> Link | None:
    """The link this request came by."""
    found: Link | None = g.get("link")
    return found


def _expired(over: SignatureExpired) -> Problem:
    _, _, ref = _signer().load_payload(over.payload or b"")
    here = f"{current_app.config['BASE_URL']}/cases/{ref}"
    return Problem("link-expired", f"The link was good for a quarter of an hour; go on at {here}.")


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="one file")
