"""Mails that came in, for admins and without their words: what became of them, and what waits for a person."""

from typing import Any, Final

from flask import Response

from api.auth import session
from api.errors import Problem
from api.openapi import Group
from api.requests import idempotency_key, read_body, read_query
from api.schemas import inbound as bodies
from api.schemas.shown.plain import instant
from api.v1.answers import answer, decide, encode, page, place
from api.v1.sight import need_admin
from partnerflow import desk
from partnerflow.desk.inbound import DiscardMail, Placed, ReleaseMail
from partnerflow.store import inbound
from partnerflow.store.codec import instant as parsed

group = Group("inbound", "Mails that came in; those in quarantine wait for a person.")

INSTANTS: Final = ("received_at", "settled_at", "decided_at")


@group.route("GET", "/v1/inbound", query=bodies.InboundList, answers={200: "A page of mails, newest first."})
def list_inbound() -> Response:
    """List mails that came in."""
    asked = read_query(bodies.InboundList())
    need_admin()
    mark = place("inbound", asked["cursor"])
    after = (parsed(mark[0]), str(mark[1])) if mark else None
    rows = inbound.list_mails(session(), asked["state"], after, asked["limit"])
    return page(rows, asked["limit"], shown, lambda row: [row["received_at"], row["id"]], "inbound")


@group.route("GET", "/v1/inbound/<mail>", answers={200: "The mail, without its words."})
def read_inbound(mail: str) -> Response:
    """Read what became of a mail."""
    need_admin()
    found = inbound.read(session(), mail)
    if found is None:
        raise Problem("not-found", "There is no such mail.")
    return answer(shown(found))


@group.route(
    "POST",
    "/v1/inbound/<mail>/actions/release",
    body=bodies.ReleaseBody,
    answers={200: "The mail; it joins the case as a note, as nobody's answer."},
    keyed=True,
)
def release_inbound(mail: str) -> Response:
    """Let a mail in quarantine through."""
    key, sent = idempotency_key(), read_body(bodies.ReleaseBody())
    return decide(ReleaseMail(sent["reason"], sent["case"]), f"inbound/{mail}", key, told)


@group.route(
    "POST",
    "/v1/inbound/<mail>/actions/discard",
    body=bodies.DiscardBody,
    answers={200: "The mail; nothing comes of it."},
    keyed=True,
)
def discard_inbound(mail: str) -> Response:
    """Put a mail in quarantine away."""
    key, sent = idempotency_key(), read_body(bodies.DiscardBody())
    return decide(DiscardMail(sent["reason"]), f"inbound/{mail}", key, told)


def told(placed: Placed) -> desk.Answer:
    return desk.Answer(200, encode(shown(placed.mail)))


def shown(row: dict[str, Any]) -> dict[str, Any]:
    waits = row["state"] == "quarantined"
    names = ("release", "discard") if waits else ()
    actions = [{"name": name, "href": f"/v1/inbound/{row['id']}/actions/{name}"} for name in names]
    return row | {name: instant(row[name]) for name in INSTANTS} | {"actions": actions}
