"""Messages that went, wait or were parked: for admins, without their content."""

from typing import Any, Final

from flask import Response

from api.auth import session
from api.openapi import Group
from api.requests import idempotency_key, read_body, read_query
from api.schemas import queries
from api.schemas.directory import Empty
from api.schemas.shown.plain import instant
from api.v1.answers import decide, encode, page, place
from api.v1.sight import need_admin
from partnerflow import desk
from partnerflow.desk.redelivery import Queued, Redeliver
from partnerflow.store import listing_parts
from partnerflow.store.codec import instant as parsed

INSTANTS: Final = ("created_at", "not_before", "next_attempt_at", "sent_at")
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
    return page(rows, asked["limit"], shown, lambda row: [row["created_at"], row["id"]], "deliveries")


@group.route(
    "POST",
    "/v1/deliveries/<delivery>/actions/redeliver",
    body=Empty,
    answers={200: "The message, queued as if it had never been tried, under its old Message-ID."},
    keyed=True,
)
def redeliver(delivery: str) -> Response:
    """Have a message that is parked, or waits for its next attempt, sent now."""
    key, _ = idempotency_key(), read_body(Empty(), optional=True)
    return decide(Redeliver(), f"delivery/{delivery}", key, told)


def told(queued: Queued) -> desk.Answer:
    return desk.Answer(200, encode(shown(queued.delivery)))


def shown(row: dict[str, Any]) -> dict[str, Any]:
    return row | {name: instant(row[name]) for name in INSTANTS}
