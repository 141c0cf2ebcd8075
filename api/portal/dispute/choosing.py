"""Which order it is about, or which several: one mistake may be on many."""

from secrets import token_urlsafe

from flask import Response, redirect, request

from api.auth import engine, reader, session
from api.errors import Problem
from api.portal.dispute import room
from api.portal.dispute.fields import beginning
from api.portal.page import page
from api.schemas.shown import order as shown
from api.v1.sight import need_partner_or_staff, own_sight
from partnerflow.store import drafts, listing
from partnerflow.store.database import unit_of_work

RECENT = 50
MOST_ORDERS = 20


@room.get("/cases/new")
def new() -> Response:
    """Orders to choose from; ``order`` in the address chooses one already."""
    need_partner_or_staff()
    number = request.args.get("number", "").strip() or None
    rows = listing.list_orders(session(), own_sight(), None, RECENT, status="accepted", number=number)
    return page(
        "dispute/choose.html",
        orders=[shown.summary(each) | {"lines": each.lines} for each in rows[:RECENT]],
        chosen=set(request.args.getlist("order")),
        number=number or "",
        drafts=drafts.listed(session(), reader().person),
    )


@room.post("/cases/new")
def begin() -> Response:
    """Keep the choice as a draft, and go on with it."""
    chosen = list(dict.fromkeys(request.form.getlist("order")))
    if not 1 <= len(chosen) <= MOST_ORDERS:
        raise Problem("line-count", f"Choose one order, or up to {MOST_ORDERS} with the same mistake.")
    draft = token_urlsafe(12)
    with unit_of_work(engine()) as opened:
        drafts.save(opened, draft, reader().person, beginning(chosen))
    answer = redirect(f"/drafts/{draft}", 303)
    assert isinstance(answer, Response)
    return answer
