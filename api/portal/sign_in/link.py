"""The link of a mail: looking at it changes nothing, however often a mail program does; its button signs in, once."""

from flask import Response

from api.auth import engine
from api.errors import Problem, wants_page
from api.portal import sessions
from api.portal.page import page
from api.portal.sign_in.rooms import way_in
from partnerflow.store import links
from partnerflow.store.database import EVERY_ORGANISATION, reading, unit_of_work
from partnerflow.store.links import Link


@way_in.get("/sign-in/link/<token>")
def look(token: str) -> Response:
    """What the link is for, and the button."""
    found = _read(token)
    refused = _refused(found)
    if refused is not None or found is None:
        return refused or _over(None)
    return page("sign_in/link.html", name=found.name, token=token)


@way_in.post("/sign-in/link/<token>")
def use(token: str) -> Response:
    """Sign in, and on to the page it was asked for."""
    found = _read(token)
    refused = _refused(found)
    if refused is not None:
        return refused
    with unit_of_work(engine()) as session:
        used = links.use(session, token)
    if used is None:
        return _over(found)
    return sessions.begin(used[0], "link", sessions.local(used[1]))


def _read(token: str) -> Link | None:
    with reading(engine(), EVERY_ORGANISATION) as session:
        return links.read(session, token)


def _refused(found: Link | None) -> Response | None:
    """Somebody else's link, or one that leads nowhere any more."""
    who = sessions.person()
    if found is not None and who is not None and who.person != found.person:
        sessions.log("token-not-yours", "link", who.person)
        if not wants_page():
            raise Problem("token-not-yours", "This link was made for another person; sign out first.")
        return page("sign_in/not_yours.html", 403, code="token-not-yours")
    return _over(found) if found is None or found.state != "good" else None


def _over(found: Link | None) -> Response:
    """The way on: whoever is signed in goes to the page, others ask for a new link to it."""
    following = sessions.local(found.next) if found else "/"
    if not wants_page():
        raise Problem("link-expired", f"The link was used, or its time has run out; go on at {following}.")
    return page(
        "sign_in/over.html", 410, code="link-expired", next=following, here=sessions.person() is not None
    )
