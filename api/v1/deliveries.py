"""Messages that went, wait or were parked: for admins, without their content."""

from flask import Response

from api.auth import session
from api.openapi import Group
from api.requests import read_query
from api.schemas import queries
from api.schemas.shown.plain import instant
from api.v1.answers import page, place
from api.v1.sight import need_admin
from partnerflow.store import listing_parts
from partnerflow.store.codec import instant as parsed

group = Group("deliveries", "Messages and their attempts; parked ones wait for a person.")


@group.route(
    "GET", "/v1/deliveries", query=queries.DeliveryList, answers={200: "A page of messages, newest first."}
)
def list_deliveries() -> Response:
    """List messages and their state."""
    asked = read_query(queries.DeliveryList())
    need_admin()
    mark = place("deliveries", asked["cursor"])
    after = (parsed(mark[0]), str(mark[1])) if mark else None
    rows = listing_parts.list_deliveries(session(), asked["state"], after, asked["limit"])
    instants = ("created_at", "not_before", "next_attempt_at", "sent_at")
    return page(
        rows,
        asked["limit"],
        lambda row: row | {name: instant(row[name]) for name in instants},
        lambda row: [row["created_at"], row["id"]],
        "deliveries",
    )
