"""Messages: which wait, why, and sending those again that nobody tries any more. Neither words nor addresses."""

from typing import Any, Final

from flask import Response

from api.auth import session
from api.portal import forms
from api.portal.admin import admin_page, done, room
from api.portal.admin.asking import asked_for
from api.portal.forms import Said
from api.portal.paging import paged
from api.portal.words import marked as _
from api.schemas import queries
from api.v1.deliveries import shown
from partnerflow import desk
from partnerflow.desk.redelivery import Redeliver
from partnerflow.store import listing_parts
from partnerflow.store.codec import instant

STATES: Final = ("parked", "retrying", "queued", "held", "sent", "dropped")


@room.get("/admin/deliveries")
def deliveries() -> Response:
    """Those that need a person first; all by state."""
    return deliveries_page()


def deliveries_page(said: Said | None = None) -> Response:
    """``said`` when sending again was refused."""
    asked = asked_for(queries.DeliveryList())

    def read(mark: list[Any] | None, limit: int) -> list[dict[str, Any]]:
        after = (instant(mark[0]), str(mark[1])) if mark else None
        return listing_parts.list_deliveries(session(), asked["state"], after, limit)

    found = paged("deliveries", asked, read, shown, lambda each: [each["created_at"], each["id"]])
    return admin_page("deliveries", found=found, asked=asked, states=STATES, said=said)


@room.post("/admin/deliveries/<delivery>/redeliver")
def redeliver(delivery: str) -> Response:
    """Once more, now."""

    def send() -> desk.Outcome:
        return done(forms.hand(Redeliver(), f"delivery/{delivery}"), _("Queued: it goes within seconds."))

    return forms.attempt(send, "/admin/deliveries?state=parked", deliveries_page)
