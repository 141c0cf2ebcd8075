"""Sign-in by the house's own identity provider: there and back, and then a person whom the directory knows."""

import hmac
import logging
import secrets
from collections.abc import Mapping
from typing import Any, Final

from flask import Response, current_app, request
from flask import session as form_cookie

from api.auth import engine
from api.errors import Problem, wants_page
from api.portal import sessions
from api.portal.page import page
from api.portal.sign_in.brake import need
from api.portal.sign_in.provider import Away, Provider, Untrusted, authorize_url, verified_address
from api.portal.sign_in.rooms import way_in
from partnerflow.store import brakes, passwords
from partnerflow.store.database import EVERY_ORGANISATION, reading
from partnerflow.store.directory import snapshot

UNDER_WAY: Final = "oidc"
"""Where the cookie of forms holds what the answer must match."""

_log = logging.getLogger(__name__)


def provider() -> Provider | None:
    """The one of the settings."""
    found: Provider | None = current_app.config["OIDC"]
    return found


def provider_name() -> str | None:
    """What the button says; None: there is no provider."""
    known = provider()
    return known.name if known else None


@way_in.get("/sign-in/oidc")
def leave() -> Response:
    """Over to the provider; what its answer must match goes along in this browser's cookie."""
    known = _known()
    need(brakes.take(engine(), brakes.BY_CLIENT, request.remote_addr or "unknown"))
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    try:
        where = authorize_url(known, _back(), state, nonce, verifier)
    except (Away, Untrusted, KeyError) as error:
        raise _away(error) from error
    form_cookie[UNDER_WAY] = {
        "state": state,
        "nonce": nonce,
        "verifier": verifier,
        "next": sessions.local(request.args.get("next")),
    }
    return sessions.on_to(where)


@way_in.get("/sign-in/oidc/back")
def back() -> Response:
    """The provider's answer: believed once, in the browser that asked, and then only of a person we know."""
    known, asked = _known(), form_cookie.pop(UNDER_WAY, None)
    if not isinstance(asked, Mapping) or not _same(request.args.get("state", ""), asked["state"]):
        return _refused("no such sign-in is under way")
    if "code" not in request.args:
        return _refused(f"the provider says {request.args.get('error', 'nothing')[:60]}")
    try:
        address = verified_address(
            known, request.args["code"], _back(), str(asked["verifier"]), str(asked["nonce"])
        )
    except (Untrusted, KeyError) as error:
        return _refused(str(error))
    except Away as error:
        raise _away(error) from error
    with reading(engine(), EVERY_ORGANISATION) as session:
        person = passwords.of_address(session, address)
    if person is None:
        return _unknown(address)
    return sessions.begin(person.person, "oidc", sessions.local(str(asked["next"])))


def _known() -> Provider:
    found = provider()
    if found is None:
        raise Problem("not-found", "There is nothing at this path.")
    return found


def _back() -> str:
    return f"{current_app.config['BASE_URL']}/sign-in/oidc/back"


def _same(given: str, expected: Any) -> bool:
    return hmac.compare_digest(given.encode(), str(expected).encode())


def _refused(why: str) -> Response:
    """Why is for the log; whoever is at the door learns only that it did not work, and the other ways in."""
    _log.warning("a sign-in by the provider was refused: %s", why)
    sessions.log("refused", "oidc", None)
    if not wants_page():
        raise Problem("unauthenticated", "The provider's answer could not be believed; sign in again.")
    return page("sign_in/refused.html", 401, provider=provider_name())


def _unknown(address: str) -> Response:
    """Somebody real whom the directory does not know: whom to ask."""
    sessions.log("refused", "oidc", None)
    if not wants_page():
        raise Problem("unauthenticated", "Nobody here has this address; ask for an account.")
    with reading(engine(), EVERY_ORGANISATION) as session:
        operator = snapshot(session).directory.operator
    return page("sign_in/unknown.html", 403, address=address, operator=operator.name, ask=operator.on_call)


def _away(error: Exception) -> Problem:
    _log.warning("the provider is away: %s", error)
    return Problem("unavailable", "The provider does not answer just now; a mailed link works meanwhile.")
