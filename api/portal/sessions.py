"""Sessions of the portal: who is signed in, and how a session begins and ends.

A view of a page needs nothing of this: the entrance has led everybody else to the sign-in. ``need_person`` is for views
that must not rely on it.
"""

import re
from typing import Final

from flask import Response, g, redirect, request
from flask import session as form_cookie

from api import cookies
from api.auth import Reader, digest_of, engine
from api.errors import Problem
from partnerflow.store import sessions
from partnerflow.store.database import unit_of_work
from partnerflow.store.sessions import Visit

_AGENT: Final = 120
_LOCAL: Final = re.compile(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]{0,1500}")
"""A path of this host: a second slash, or a backslash that browsers read as one, would lead elsewhere."""


def person() -> Reader | None:
    """Who is signed in; None on pages for everybody."""
    found: Reader | None = g.get("reader")
    return found


def need_person() -> Reader:
    """The signed-in reader; ``unauthenticated`` otherwise."""
    found = person()
    if found is None:
        raise Problem("unauthenticated", "Sign in first.")
    return found


def visit() -> Visit:
    """From where this request comes."""
    agent = " ".join((request.user_agent.string or "unknown").split())
    return Visit(request.remote_addr or "unknown", agent[:_AGENT])


def local(path: str | None) -> str:
    """``path`` if it is one of this host and not of the sign-in itself, else the home page."""
    if path and _LOCAL.fullmatch(path) and not path.startswith("/sign-"):
        return path
    return "/"


def begin(who: str, how: str, following: str) -> Response:
    """Open a session, in place of the one this browser has; the answer leads on to ``following``."""
    token, before = cookies.new_token(), cookies.token()
    with unit_of_work(engine()) as session:
        old = person()
        if before and old is not None:
            sessions.revoke(session, digest_of(before), old.person)
        sessions.open_session(session, digest_of(token), who, how, visit())
    answer = on_to(following)
    # What a form of the time before was checked by must not sign anything of this session.
    form_cookie.clear()
    cookies.keep(answer, token)
    return answer


def end() -> Response:
    """End this browser's session; the answer leads to the sign-in."""
    token, who = cookies.token(), need_person()
    if token is not None:
        with unit_of_work(engine()) as session:
            sessions.revoke(session, digest_of(token), who.person)
            sessions.log(session, "signed-out", "self", visit(), who.person)
    answer = on_to("/sign-in")
    form_cookie.clear()
    cookies.drop(answer)
    return answer


def on_to(path: str) -> Response:
    """See other: what was sent is not sent again when the page is loaded again."""
    made = redirect(path, 303)
    assert isinstance(made, Response)
    return made


def log(what: str, how: str, who: str | None) -> None:
    """A line of the log of sign-ins, in a transaction of its own."""
    with unit_of_work(engine()) as session:
        sessions.log(session, what, how, visit(), who)
