"""The list of orders, and the page of one."""

from flask import Response

from api.auth import reader, session
from api.portal.forms import Said
from api.portal.me import need_me
from api.portal.orders import room
from api.portal.page import page
from api.portal.paging import paged
from api.requests import read_query
from api.schemas import queries
from api.schemas.shown import case as shown_case
from api.schemas.shown import order as shown
from api.v1.sight import need_partner_or_staff, own_sight, seen_order
from partnerflow.store import listing
from partnerflow.store.codec import instant

CLOSED = ("closed",)


@room.get("/orders")
def orders() -> Response:
    """Orders, the newest first."""
    need_partner_or_staff()
    asked = read_query(queries.OrderList())
    found = paged(
        "orders",
        asked,
        lambda mark, limit: listing.list_orders(
            session(),
            own_sight(),
            listing.Place(instant(mark[0]), mark[1]) if mark else None,
            limit,
            status=asked["status"],
            number=asked["number"],
        ),
        lambda row: shown.summary(row) | {"open_findings": sum(each.open for each in row.findings)},
        lambda row: [row.placed_at, row.id],
    )
    return page("orders/list.html", found=found, asked=asked)


@room.get("/orders/<order>")
def order(order: str) -> Response:
    """One order: its findings, its lines with what can still be done, and its cases."""
    return order_page(order)


def order_page(order: str, said: Said | None = None) -> Response:
    """The page; ``said`` when something sent from it was refused."""
    found, view, at = seen_order(order)
    directory = need_me().directory
    rows = listing.list_cases(session(), own_sight(), listing.CaseFilter(text=found.number), None, 20)
    cases = [
        shown_case.summary(case, directory, when, reader())
        for case, when in rows
        if case.order_id == found.id
    ]
    return page("orders/order.html", order=shown.order(found, view, at, reader()), cases=cases, said=said)
