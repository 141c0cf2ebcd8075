"""Mails that came in and that nobody could place: let through as a note, or put away. Their words stay unread here."""

from typing import Any, Final

from flask import Response

from api.auth import session
from api.portal import forms
from api.portal.admin import admin_page, done, room
from api.portal.admin.asking import asked_for
from api.portal.forms import Said
from api.portal.paging import paged
from api.portal.words import marked as _
from api.schemas import inbound as bodies
from api.v1.inbound import shown
from partnerflow import desk
from partnerflow.desk.inbound import DiscardMail, ReleaseMail
from partnerflow.store import inbound as store
from partnerflow.store.codec import instant

STATES: Final = ("quarantined", "staged", "taken", "ignored", "released", "discarded")


@room.get("/admin/inbound", endpoint="inbound")
def listed() -> Response:
    """What came in, newest first."""
    return inbound_page()


def inbound_page(said: Said | None = None) -> Response:
    """``said`` when letting through or putting away was refused."""
    asked = asked_for(bodies.InboundList())

    def read(mark: list[Any] | None, limit: int) -> list[dict[str, Any]]:
        after = (instant(mark[0]), str(mark[1])) if mark else None
        return store.list_mails(session(), asked["state"], after, limit)

    found = paged("inbound", asked, read, _row, lambda each: [each["received_at"], each["id"]])
    return admin_page("inbound", found=found, asked=asked, states=STATES, said=said)


def _row(row: dict[str, Any]) -> dict[str, Any]:
    """A subject is somebody's words: who it came from and for which case is enough to decide."""
    return {name: value for name, value in shown(row).items() if name != "subject"}


@room.post("/admin/inbound/<mail>/release")
def release(mail: str) -> Response:
    """It joins the case as a note, as nobody's answer."""

    def send() -> desk.Outcome:
        sent = forms.body(bodies.ReleaseBody())
        return done(
            forms.hand(ReleaseMail(sent["reason"], sent["case"]), f"inbound/{mail}"),
            _("Let through: it joins the case."),
        )

    return forms.attempt(send, WAITING, inbound_page)


@room.post("/admin/inbound/<mail>/discard")
def discard(mail: str) -> Response:
    """Nothing comes of it."""

    def send() -> desk.Outcome:
        sent = forms.body(bodies.DiscardBody())
        return done(forms.hand(DiscardMail(sent["reason"]), f"inbound/{mail}"), _("Put away."))

    return forms.attempt(send, WAITING, inbound_page)


WAITING: Final = "/admin/inbound?state=quarantined"
