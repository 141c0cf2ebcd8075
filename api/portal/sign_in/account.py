"""One's own account: where one is signed in, ending that, and the password."""

from typing import Any, Final

from flask import Response, flash, request

from api import cookies
from api.auth import digest_of, engine
from api.errors import Problem
from api.portal import sessions
from api.portal.catalogue import many, marked, say
from api.portal.page import page
from api.portal.sign_in import password
from api.portal.sign_in.brake import need
from api.portal.sign_in.rooms import account
from partnerflow.store import brakes, passwords
from partnerflow.store import sessions as store
from partnerflow.store.database import EVERY_ORGANISATION, reading, unit_of_work
from partnerflow.store.directory import snapshot

BROWSERS: Final = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrom", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS: Final = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)
"""The first mark that is there counts: most browsers claim to be several."""

BY: Final = {
    "link": marked("by a mailed link"),
    "password": marked("by password"),
    "oidc": marked("by your provider"),
}


@account.get("/account")
def show() -> Response:
    """Who I am, where I am signed in, and my password."""
    return _page()


@account.post("/sign-out")
def sign_out() -> Response:
    """End this session."""
    return sessions.end()


@account.post("/account/sessions/<session_id>/revoke")
def revoke(session_id: str) -> Response:
    """End one of my sessions, at once, wherever it is."""
    who, digest = sessions.need_person(), _digest(session_id)
    if digest == _here():
        return sessions.end()
    with unit_of_work(engine()) as session:
        if store.revoke(session, digest, who.person):
            store.log(session, "revoked", "self", sessions.visit(), who.person)
    flash(marked("That session is over."), "ok")
    return sessions.on_to("/account")


@account.post("/account/sessions/revoke-others")
def revoke_others() -> Response:
    """End all of my sessions but this one."""
    who = sessions.need_person()
    with unit_of_work(engine()) as session:
        ended = store.revoke_others(session, who.person, _here())
        store.log(session, "revoked", "self", sessions.visit(), who.person)
    flash(many("%(num)d other session ended.", "%(num)d other sessions ended.", ended), "ok")
    return sessions.on_to("/account")


@account.post("/account/password")
def set_password() -> Response:
    """Set or change my password; my other sessions end with the old one."""
    who, new = sessions.need_person(), request.form.get("new", "")
    email = _person(who.person)[1]
    wrong = _not_mine(who.person, email) or password.refuse_weak(new, request.form.get("again", ""), email)
    if wrong is not None:
        return _page(422, said=wrong)
    with unit_of_work(engine()) as session:
        passwords.put(session, who.person, password.hashed(new))
        store.revoke_others(session, who.person, _here())
        store.log(session, "password-set", "self", sessions.visit(), who.person)
    flash(marked("Your password is set; you are signed out everywhere else."), "ok")
    return sessions.on_to("/account")


@account.post("/account/password/remove")
def remove_password() -> Response:
    """From now on I sign in by other means alone."""
    who = sessions.need_person()
    with unit_of_work(engine()) as session:
        if passwords.remove(session, who.person):
            store.log(session, "password-removed", "self", sessions.visit(), who.person)
    flash(marked("Your password is gone; a mailed link signs you in."), "ok")
    return sessions.on_to("/account")


def _not_mine(person: str, email: str) -> str | None:
    """Whoever finds a session open must not make it theirs: the old password is asked for, and that not often."""
    with reading(engine(), EVERY_ORGANISATION) as session:
        hashed = passwords.of_person(session, person)
    if hashed is None:
        return None
    need(brakes.take(engine(), brakes.TRIED_FOR_ADDRESS, email))
    if not password.verify(request.form.get("old", ""), hashed):
        sessions.log("refused", "password", person)
        return say("Your present password is not that one.")
    brakes.let_go(engine(), brakes.TRIED_FOR_ADDRESS, email)
    return None


def _page(status: int = 200, *, said: str | None = None) -> Response:
    who = sessions.need_person()
    with reading(engine(), EVERY_ORGANISATION) as session:
        open_ = store.list_open(session, who.person)
        has_password = passwords.of_person(session, who.person) is not None
    name, email = _person(who.person)
    return page(
        "sign_in/account.html",
        status,
        said=said,
        name=name,
        email=email,
        has_password=has_password,
        shortest=password.SHORTEST,
        sessions=[_shown(each) for each in open_],
    )


def _shown(each: store.Opened) -> dict[str, Any]:
    return {
        "id": each.id.hex(),
        "here": each.id == _here(),
        "by": BY[each.how],
        "device": device(each.agent),
        "address": each.address,
        "created_at": each.created_at,
        "seen_at": each.seen_at,
    }


def device(agent: str) -> str:
    """What a browser says of itself, as people say it: ``Firefox on Windows``; else its own first words."""
    browser = next((name for mark, name in BROWSERS if mark in agent), None)
    system = next((name for mark, name in SYSTEMS if mark in agent), None)
    both = browser and system
    return say("%(browser)s on %(system)s", browser=browser, system=system) if both else browser or agent[:40]


def _person(who: str) -> tuple[str, str]:
    """(name, e-mail address)."""
    with reading(engine(), EVERY_ORGANISATION) as session:
        found = snapshot(session).directory.people[who]
    return found.name, found.email


def _here() -> bytes:
    return digest_of(cookies.token() or "")


def _digest(session_id: str) -> bytes:
    try:
        return bytes.fromhex(session_id)
    except ValueError:
        raise Problem("not-found", "There is no such session.") from None
