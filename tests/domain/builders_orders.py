"""Orders for tests: worked example 1 unless a test says otherwise, so that a test shows only what matters to
it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from partnerflow.calendars import week
from partnerflow.events import Stamp
from partnerflow.orders.catalogue import Context, EstateItem, Product, RecentLine
from partnerflow.orders.commands import Command, EnterOrder, OrderDraft, OrderView
from partnerflow.orders.events import Event
from partnerflow.orders.machine import decide, evolve
from partnerflow.orders.model import EndCustomer, Leg, Licence, Line, Order, OrderStatus
from partnerflow.people import Actor, Role
from partnerflow.policy.document import Policy, load
from partnerflow.refusals import Refused
from partnerflow.store.policies import read

MONDAY = datetime(2027, 1, 4, 9, 30, tzinfo=UTC)
POLICY = load(read("default"), 1)
OFFICE = week("Europe/London", {"mon-fri": ["09:00-12:30", "13:00-17:30"]}, [date(2027, 1, 1)])
BUYER = Actor("pia", "harbour", frozenset({Role.BUYER}))
DESK = Actor("dora", "meridian", frozenset({Role.DESK}))
DEADLINE = Actor(None, None, service="deadline")

PRO = Product("LIC-PRO", "arbor", "licences", "Licence Pro", 50_000_000, 44_000_000, "GBP", edition="pro")
STD = Product(
    "LIC-STD", "arbor", "licences", "Licence Standard", 31_200_000, 27_450_000, "GBP", edition="standard"
)
UPGRADE = replace(PRO, sku="LIC-UP", description="Upgrade Standard to Pro", requires_base="LIC-STD")
BOX = Product(
    "HW-BOX", "arbor", "hardware", "Box of ten", 10_000_000, 8_000_000, "GBP", pack_size=10, minimum=20
)
OLD = replace(STD, sku="LIC-OLD", description="Licence Standard 2019", retired=True, successor="LIC-STD")
PRODUCTS = {product.sku: product for product in (PRO, STD, UPGRADE, BOX, OLD)}
OWNS_STANDARD = (EstateItem("LIC-STD", edition="standard", metric="user", quantity=20),)


def a_line(line_no: int = 1, **changes: Any) -> Line:
    """50 x LIC-PRO at 50.00, 44.00 upstream, VAT 20 %."""
    line = Line(line_no, "LIC-PRO", "Licence Pro", 50, 50_000_000, "S", 200_000, upstream_price=44_000_000)
    return replace(line, **{"family": "licences", **changes})


def a_draft(*lines: Line, **changes: Any) -> OrderDraft:
    draft = OrderDraft(
        number="D-8841",
        vendor="arbor",
        distributor="meridian",
        reseller="harbour",
        end_customer=EndCustomer("EC-17", "Elm College"),
        po_number="H-2291",
        currency="GBP",
        placed_at=MONDAY,
        lines=lines or (a_line(licence=Licence(edition="pro", metric="user", term_months=12, region="GB")),),
    )
    return replace(draft, **changes)


def a_view(**changes: Any) -> OrderView:
    """A catalogue without an estate or a history; ``estate=``, ``recent=``, ``contract_prices=`` add them."""
    context = {
        key: changes.pop(key) for key in ("estate", "recent", "contract_prices", "products") if key in changes
    }
    return OrderView(
        **{"context": Context(**{"products": PRODUCTS, **context}), "calendar": OFFICE, **changes}
    )


def an_order(*lines: Line, **changes: Any) -> Order:
    """An accepted order, as if entered by the distributor when it was placed."""
    order = do(None, EnterOrder("o-1", a_draft(*lines), imported=True))
    return replace(order, **changes)


def a_held_order(*lines: Line, **changes: Any) -> Order:
    """On hold until Wednesday 09:30, because the end customer's estate is Standard."""
    view = a_view(estate=OWNS_STANDARD)
    return replace(do(None, EnterOrder("o-1", a_draft(*lines)), view=view), **changes)


def events(
    order: Order | None,
    command: Command,
    *,
    actor: Actor = DESK,
    at: datetime = MONDAY,
    policy: Policy = POLICY,
    view: OrderView | None = None,
) -> tuple[Event, ...]:
    return decide(order, command, actor, at, policy, view or a_view())


def do(
    order: Order | None, command: Command, *, actor: Actor = DESK, at: datetime = MONDAY, **more: Any
) -> Order:
    """The order after a command, folded from the events it decided."""
    for event in events(order, command, actor=actor, at=at, **more):
        order = evolve(order, event, Stamp((order.version if order else 0) + 1, at, actor.name))
    assert order is not None
    return order


def an_earlier_line(**changes: Any) -> RecentLine:
    line = RecentLine("D-8800", datetime(2027, 1, 2, 9, 30, tzinfo=UTC), "EC-17", "LIC-PRO", 50)
    return replace(line, **changes)


def a_status(status: OrderStatus) -> Order:
    """An order in a state, reached by commands."""
    held = a_held_order()
    if status is OrderStatus.ON_HOLD:
        return held
    return an_order() if status is OrderStatus.ACCEPTED else replace(held, status=status, hold_until=None)


@contextmanager
def refused(code: str) -> Iterator[pytest.ExceptionInfo[Refused]]:
    with pytest.raises(Refused) as info:
        yield info
    assert info.value.code == code, info.value.detail


DOWNSTREAM, UPSTREAM = Leg.DOWNSTREAM, Leg.UPSTREAM
