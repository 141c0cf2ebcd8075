"""What the resellers of the simulated year bought, and what they ask for."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Final

from bench.year_desk import Book, book
from bench.year_world import FAMILIES, SKUS, World
from partnerflow.cases.commands import OpenCase, WantedAsked
from partnerflow.cases.model import ExceptionAsked, ExceptionLine, RequestedLine
from partnerflow.events import Stamp
from partnerflow.orders.commands import (
    Command,
    EnterOrder,
    InvoiceDraft,
    OrderDraft,
    OrderView,
    RecordActivation,
    RecordInvoice,
    RecordPayment,
)
from partnerflow.orders.machine import decide, evolve
from partnerflow.orders.model import EndCustomer, Leg, Line, Order, Payment
from partnerflow.people import Actor, Role
from partnerflow.policy.terms import CaseType, Reason

REASONS: Final = tuple(Reason)
HALF: Final = 500_000


def an_order(number: int, buyer: str, at: datetime, world: World, random: Random) -> Book:
    """Bought some days or weeks before, invoiced on both legs, mostly paid, some of it in use."""
    person = world.directory.people[buyer]
    country = world.directory.organisations[person.organisation].country
    product = world.products[SKUS[random.choices(FAMILIES, (6, 3, 1))[0]]]
    quantity = random.choice([1, 2, 5, 5, 10, 20, 50, 50, 100, 250])
    line = Line(1, product.sku, product.description, quantity, product.list_price or 0, "S", 200_000,
                upstream_price=product.upstream_list_price, family=product.family)  # fmt: skip
    placed = at - timedelta(hours=random.choice([2, 20, 60, 200, 400, 700, 900]))
    draft = OrderDraft(f"Y-{number}", "arbor", f"dist-{country.lower()}", person.organisation,
                       EndCustomer("EC-1", "A customer"), f"PO-{number}", "GBP", placed, (line,))  # fmt: skip
    desk = Actor(f"dist-{country.lower()}-1", f"dist-{country.lower()}", frozenset({Role.DESK}))
    order = _do(None, EnterOrder(f"o-{number}", draft, imported=True), desk, placed, world)
    for leg in order.legs:
        invoice = InvoiceDraft(leg, f"{leg.value}-{number}", placed)
        order = _do(order, RecordInvoice(invoice), desk, placed, world)
    gross = order.invoices[0].gross
    if paid := random.choice([0, gross // 2, gross]):
        payment = Payment(f"p-{number}", Leg.DOWNSTREAM, f"downstream-{number}", paid, placed)
        order = _do(order, RecordPayment(payment), desk, placed, world)
    if active := random.choice([0, 0, 0, min(4, quantity)]):
        order = _do(order, RecordActivation(1, active, placed, "vendor"), desk, placed, world)
    return book(order)


def _do(order: Order | None, command: Command, actor: Actor, at: datetime, world: World) -> Order:
    seen = OrderView(calendar=world.directory.operator.calendar)
    policy = world.policies[world.in_force(max(at, datetime(2027, 1, 4, tzinfo=UTC)))]
    for event in decide(order, command, actor, at, policy, seen):
        order = evolve(order, event, Stamp((order.version if order else 0) + 1, at, actor.name))
    assert order is not None
    return order


def a_request(order: Order, random: Random) -> OpenCase:
    """Some units back, or all of them; one in eight by amount, one in eight exchanged, some beyond policy."""
    line = order.lines[0]
    units = random.randint(1, line.quantity)
    kind = random.random()
    asked = OpenCase(
        order.id, CaseType.QUANTITY_REDUCTION, random.choice(REASONS), (RequestedLine(1, units),), "Please."
    )
    if kind < 0.125:
        amount = max(1, (line.net(Leg.DOWNSTREAM, "GBP") or 0) * random.randint(1, 100) // 100)
        return replace(asked, lines=(RequestedLine(1, 0, amount, convert=True),))
    if kind < 0.25 and line.family == "licences":
        wanted = (WantedAsked("LIC-STD", units),)
        return replace(asked, type=CaseType.EXCHANGE, wanted=wanted)
    if kind < 0.375:
        beyond = ExceptionAsked("It was never used.", (ExceptionLine(1, max(1, units // 2), HALF),))
        return replace(asked, exception=beyond)
    return asked
