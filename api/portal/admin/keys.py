"""API keys: whose, for what, made by whom. A secret is shown once, on the page that answers its making."""

from typing import Any

from flask import Response, request

from api.auth import digest_of, session
from api.portal import forms
from api.portal.admin import admin_page, done, room
from api.portal.admin.asking import asked_for
from api.portal.admin.people import everybody
from api.portal.forms import Said
from api.portal.paging import paged
from api.portal.words import marked as _
from api.schemas import directory as bodies
from api.schemas.shown import directory as shown
from api.v1.api_keys import new_secret
from api.v1.directory import known, organisation_of, row, seen, whom
from partnerflow import desk
from partnerflow.directory.commands import AddKey, RevokeKey
from partnerflow.directory.rows import KeyRow
from partnerflow.store import directory_listing


@room.get("/admin/keys")
def keys() -> Response:
    """Everybody's keys, without secrets."""
    return keys_page()


def keys_page(said: Said | None = None, secret: str | None = None) -> Response:
    """``secret`` of the key that was made just now; ``said`` when making or revoking was refused."""
    now, asked = seen(), asked_for(bodies.KeyList())
    person = organisation_of(asked["person"], now.directory)[0] if asked["person"] else None

    def read(mark: list[Any] | None, limit: int) -> list[KeyRow]:
        after = int(mark[0]) if mark else None
        return directory_listing.list_keys(session(), after, limit, person=person, revoked=asked["revoked"])

    found = paged("api-keys", asked, read, lambda each: shown.api_key(each, now), lambda each: [each.id])
    return admin_page(
        "keys",
        found=found,
        asked=asked,
        people=everybody(now.directory),
        scopes=bodies.SCOPES,
        secret=secret,
        said=said,
    )


@room.post("/admin/keys")
def add_key() -> Response:
    """Make a key; one for somebody else never decides. Sent twice, the secret is not shown again."""
    secret, fresh = new_secret(), False

    def send() -> desk.Outcome:
        nonlocal fresh
        sent = forms.body(
            bodies.KeyBody(), without=("scopes",), scopes=request.form.getlist("scopes") or None
        )
        person, code = whom(sent["person"] or "", known(), "/person")
        scopes = None if sent["scopes"] is None else tuple(sorted(set(sent["scopes"])))
        outcome = forms.hand(AddKey(person, sent["label"], scopes, digest_of(secret)), f"organisation/{code}")
        fresh = outcome.state is desk.State.DONE and not outcome.replayed
        return outcome

    answer = forms.attempt(send, "/admin/keys", keys_page)
    return forms.at_once(lambda: keys_page(secret=secret)) if fresh else answer


@room.post("/admin/keys/<key>/revoke")
def revoke_key(key: str) -> Response:
    """It signs nobody in any more."""

    def send() -> desk.Outcome:
        found, code = row(KeyRow, key, "key")
        return done(
            forms.hand(RevokeKey(found.id), f"organisation/{code}"),
            _("Revoked: it signs nobody in any more."),
        )

    return forms.attempt(send, "/admin/keys", keys_page)
