"""The first page: an address, and with or without a password.

Whoever is meant, known or not, the answer is the same and costs the same.
"""

import re
from typing import Final

from flask import Response, current_app, request

from api.auth import engine
from api.cookies import new_token
from api.errors import Problem
from api.portal import sessions
from api.portal.catalogue import marked
from api.portal.page import page
from api.portal.sign_in import oidc, password
from api.portal.sign_in.brake import need_slow
from api.portal.sign_in.rooms import way_in
from partnerflow.desk.bell import ring
from partnerflow.store import links
from partnerflow.store.brakes import ASKED_BY_ADDRESS
from partnerflow.store.database import unit_of_work

NO_ADDRESS: Final = marked("Please give one e-mail address, such as ann@example.com.")
_ADDRESS: Final = re.compile(r"[^\s@<>,;:\"()\[\]\\]{1,64}@[^\s@<>,;:\"()\[\]\\]{1,189}")


@way_in.get("/sign-in")
def form() -> Response:
    """Where everybody begins; who is signed in already goes on at once."""
    following = sessions.local(request.args.get("next"))
    if sessions.person() is not None:
        return sessions.on_to(following)
    return show(following=following)


@way_in.post("/sign-in")
def send() -> Response:
    """With a password: sign in. Without one: mail a link to the address, if it is somebody's."""
    email, following = request.form.get("email", "").strip(), sessions.local(request.form.get("next"))
    if not _ADDRESS.fullmatch(email):
        return show(422, said=NO_ADDRESS, following=following)
    given = request.form.get("password", "")
    if given or request.form.get("way") == "password":
        return _by_password(email, given, following)
    need_slow(ASKED_BY_ADDRESS, email)
    mail_link(email, following)
    return sessions.on_to("/sign-in/sent")


@way_in.get("/sign-in/sent")
def sent() -> Response:
    """What happens next; says nothing of whether somebody has the address."""
    return page("sign_in/sent.html", minutes=links.MINUTES)


def mail_link(email: str, following: str) -> None:
    """Owe the mail; the worker sends it, with or without Temporal."""
    nonce = new_token()
    token = links.mailed_token(current_app.config["SECRET_KEY"], nonce)
    with unit_of_work(engine()) as session:
        links.ask(session, email, following, nonce, token, sessions.visit())
    ring(engine())


def show(status: int = 200, *, said: str | None = None, following: str = "/") -> Response:
    """The form, with what was wrong with it."""
    typed = request.form.get("email", "")
    return page(
        "sign_in/form.html", status, said=said, next=following, email=typed, provider=oidc.provider_name()
    )


def _by_password(email: str, given: str, following: str) -> Response:
    try:
        who = password.check(email, given)
    except Problem as problem:
        if problem.code != "unauthenticated":
            raise
        return show(401, said=problem.detail, following=following)
    return sessions.begin(who, "password", following)
