"""The form of a draft, with what it would give beside it."""

from typing import Any

from flask import Response, redirect, request

from api.auth import engine, reader, session
from api.errors import Problem
from api.portal.dispute import room
from api.portal.dispute.fields import BY_AMOUNT, USUAL, bodies, orders_of
from api.portal.dispute.looking import look
from api.portal.forms import OURS, Said
from api.portal.me import need_me
from api.portal.page import page
from api.schemas.shown import order as shown
from api.v1.sight import seen_order
from partnerflow.policy.terms import CaseType, Reason
from partnerflow.store import drafts
from partnerflow.store.database import unit_of_work
from partnerflow.store.directory import snapshot

MOST_TYPED = 200_000


@room.get("/drafts/<draft>")
def draft(draft: str) -> Response:
    """The draft as it stands, and what sending it would give now."""
    return draft_page(draft)


def draft_page(draft_id: str, said: Said | None = None) -> Response:
    """The page; ``said`` when sending it was refused."""
    kept = read_draft(draft_id)
    orders = [_order(order) for order, _ in orders_of(kept.fields)]
    fields = dict(kept.fields)
    fields["type"] = fields.get("type") or USUAL.get(fields.get("reason", ""), "")
    asked = bodies(fields, {each["id"]: each["currency"] for each in orders})
    return page(
        "dispute/write.html",
        draft=kept,
        typed=fields,
        orders=orders,
        looks={order: look(body) for order, body in asked.items() if order not in kept.opened},
        reasons=[each.value for each in Reason],
        types=[each.value for each in CaseType],
        by_amount=BY_AMOUNT,
        products=_products(),
        said=said,
    )


def _order(order: str) -> dict[str, Any]:
    found, view, at = seen_order(order)
    return shown.order(found, view, at, reader())


def _products() -> list[tuple[str, str]]:
    """What can be wanted instead, by SKU."""
    known = snapshot(session(), need_me().directory.version).products
    return sorted((each.sku, each.description) for each in known.values() if not each.retired)


@room.post("/drafts/<draft>")
def keep(draft: str) -> Response:
    """Keep what was typed, and show what it would give."""
    keep_typed(draft)
    answer = redirect(f"/drafts/{draft}#outlook", 303)
    assert isinstance(answer, Response)
    return answer


@room.post("/drafts/<draft>/discard")
def discard(draft: str) -> Response:
    """Throw a draft away."""
    with unit_of_work(engine()) as opened:
        drafts.drop(opened, draft, reader().person)
    answer = redirect("/", 303)
    assert isinstance(answer, Response)
    return answer


def keep_typed(draft_id: str) -> dict[str, str]:
    """What the form says now, kept under the draft; which orders it is about stays as it was chosen."""
    typed = {name: value.replace("\r\n", "\n") for name, value in request.form.items() if name not in OURS}
    if sum(len(value) for value in typed.values()) > MOST_TYPED:
        raise Problem("text-too-long", "That is more than a draft holds.")
    with unit_of_work(engine()) as opened:
        before = drafts.read(opened, draft_id, reader().person)
        if before is None:
            raise Problem("not-found", "There is no such draft.")
        chosen = {name: value for name, value in before.fields.items() if name.endswith(".order_id")}
        fields = {name: value for name, value in typed.items() if not name.endswith(".order_id")} | chosen
        drafts.save(opened, draft_id, reader().person, fields)
    return fields


def read_draft(draft_id: str) -> drafts.Draft:
    found = drafts.read(session(), draft_id, reader().person)
    if found is None:
        raise Problem("not-found", "There is no such draft; it may have been sent already.")
    return found
