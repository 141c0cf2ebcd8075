"""One's own choices on the account's page: which mails come one by one, and one's own keys. The language is chosen at
the foot of every page."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from flask import Response, flash, redirect
from werkzeug.wrappers import Response as Answer

from api.auth import digest_of, own_reading, reader
from api.entrance import PREFIX
from api.errors import Problem
from api.portal import forms
from api.portal.kindnesses import room
from api.portal.page import page
from api.schemas import directory as bodies
from api.schemas.shown import directory as shown
from api.schemas.shown.directory import Seen
from api.v1.directory import row
from partnerflow import desk
from partnerflow.directory.commands import ChooseMails, RevokeKey, RotateKey
from partnerflow.directory.rows import KeyRow, PersonRow
from partnerflow.people import MailChoice
from partnerflow.store import directory_listing, listing, people
from partnerflow.store.directory import snapshot

MOST: Final = 100
ACCOUNT: Final = "/account"


@dataclass(frozen=True, slots=True)
class Choices:
    """``mails`` is one of ``choices``; ``keys`` stand without their secrets."""

    mails: str
    choices: tuple[str, ...]
    keys: tuple[dict[str, Any], ...]


@room.app_context_processor
def _known() -> dict[str, Callable[[], Choices]]:
    return {"own_choices": own_choices}


def own_choices() -> Choices:
    """What holds for the reader now."""
    who = reader().person
    with own_reading() as opened:
        person = people.read(opened, PersonRow, who)
        keys = directory_listing.list_keys(opened, None, MOST, person=who, revoked=False)
        at, version = listing.now(opened)
        directory = snapshot(opened, version).directory
    assert person is not None
    seen = Seen(reader(), directory, at)
    return Choices(
        person.mails,
        tuple(choice.value for choice in MailChoice),
        tuple(shown.api_key(key, seen) for key in keys),
    )


@room.post("/account/mails")
def choose_mails() -> Response:
    """Which mails come one by one; what needs one's act always comes at once."""
    return forms.attempt(_choose, _done("Your choice holds from now on."), _refused)


def _choose() -> desk.Outcome:
    sent = forms.body(bodies.MailChoices(only=("mails",)))
    with own_reading() as opened:
        person = people.read(opened, PersonRow, reader().person)
    assert person is not None
    command = ChooseMails(person.id, sent["mails"], person.locale)
    return forms.hand(command, f"organisation/{reader().organisation}")


@room.post("/account/keys/<key>/rotate")
def rotate(key: str) -> Answer:
    """Another secret in place of the old one, at once; it is shown this once."""
    found, code = _own(key)
    secret = PREFIX + secrets.token_urlsafe(32)
    outcome = forms.hand(RotateKey(found.id, digest_of(secret)), f"organisation/{code}")
    if outcome.state is desk.State.REFUSED or outcome.replayed:
        flash("That key was exchanged or revoked before; its secret was shown then, once.", "warn")
        return redirect(f"{ACCOUNT}#keys", 303)
    made = page("kindnesses/key.html", 201, label=found.label, secret=secret)
    made.headers["Cache-Control"] = "no-store"
    return made


@room.post("/account/keys/<key>/revoke")
def revoke(key: str) -> Response:
    """The key signs nobody in any more, at once."""
    found, code = _own(key)
    return forms.attempt(
        lambda: forms.hand(RevokeKey(found.id), f"organisation/{code}"),
        _done("That key is revoked.", "#keys"),
        _refused,
    )


def _own(key: str) -> tuple[KeyRow, str]:
    """Only one's own, on one's own page: others' are on the admin's."""
    found, code = row(KeyRow, key, "key")
    if found.person != reader().person:
        raise Problem("not-found", "There is no such key.")
    return found, code


def _done(said: str, place: str = "") -> Callable[[desk.Outcome], str]:
    def on(_: desk.Outcome) -> str:
        flash(said, "ok")
        return f"{ACCOUNT}{place}"

    return on


def _refused(said: forms.Said) -> Response:
    return page("kindnesses/not_done.html", said=said)
