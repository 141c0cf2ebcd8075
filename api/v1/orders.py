"""Orders: entering, answering a hold, and what others report about them."""

from uuid import uuid4

from flask import Response, request

from api.auth import engine, own_reading, reader, session
from api.errors import Problem
from api.openapi import Group
from api.requests import LARGE, idempotency_key, read_body, read_query
from api.schemas import orders as bodies
from api.schemas import queries
from api.schemas.shown import order as shown
from api.v1.answers import answer, decide, encode, page, payment_id, place, quoted
from api.v1.cases import told as told_case
from api.v1.sight import need_partner_or_staff, own_sight, seen_order
from partnerflow import desk
from partnerflow.orders.commands import AcknowledgeFindings, CancelOrder, CorrectOrder, EnterOrder
from partnerflow.orders.model import Order
from partnerflow.store import listing
from partnerflow.store.codec import instant
from partnerflow.store.orders import order_id, seller_of

group = Group("orders", "Orders as they come in, with what can still be done about each line.")
READ, WRITE = "orders:read", "orders:write"


def _hidden(upstream: tuple[str, ...]) -> tuple[str, ...]:
    return () if reader().sees_upstream else upstream


def told(decided: desk.Decided) -> desk.Answer:
    """The order as it stands now; where a cancellation opened a case, that case."""
    if decided.case is not None:
        return told_case(decided)
    found = decided.view.order
    body = encode(shown.order(found, decided.view, decided.at, reader()))
    return desk.Answer(201 if decided.created else 200, body, quoted(found.version), f"/v1/orders/{found.id}")


@group.route(
    "POST",
    "/v1/orders",
    body=bodies.OrderBody,
    query=queries.DryRun,
    answers={201: "The order, accepted or on hold.", 200: "The same content again, or a dry run."},
    scope=WRITE,
    keyed=True,
)
def enter_order() -> Response:
    """Enter an order; with dry_run=true it is validated only."""
    dry = read_query(queries.DryRun())["dry_run"]
    key = "" if dry else idempotency_key()
    draft = bodies.draft(read_body(bodies.OrderBody(exclude=_hidden(bodies.UPSTREAM)), limit=LARGE))
    command = EnterOrder(order_id(seller_of(draft), draft.number), draft)
    if dry:
        return _dry_run(command)
    return decide(command, f"order/{command.order_id}", key, told)


def _dry_run(command: EnterOrder) -> Response:
    found, view = desk.dry_run(engine(), command, reader().actor)
    body = shown.order(found, view, found.received_at, reader())
    return answer({name: value for name, value in body.items() if name not in ("id", "version", "links")})


@group.route(
    "GET", "/v1/orders", query=queries.OrderList, answers={200: "A page of orders, newest first."}, scope=READ
)
def list_orders() -> Response:
    """List orders."""
    asked = read_query(queries.OrderList())
    need_partner_or_staff()
    mark = place("orders", asked["cursor"])
    after = listing.Place(instant(mark[0]), mark[1]) if mark else None
    sight = own_sight()
    rows = listing.list_orders(
        session(), sight, after, asked["limit"], status=asked["status"], number=asked["number"]
    )
    return page(rows, asked["limit"], shown.summary, _mark, "orders")


def _mark(order: Order) -> list[object]:
    return [order.placed_at, order.id]


@group.route("GET", "/v1/orders/<order>", answers={200: "The order."}, scope=READ)
def read_order(order: str) -> Response:
    """Read an order."""
    found, view, at = seen_order(order)
    return answer(shown.order(found, view, at, reader()), etag=quoted(found.version))


@group.route(
    "POST",
    "/v1/orders/<order>/actions/correct",
    body=bodies.CorrectBody,
    answers={200: "The order with its lines corrected."},
    scope=WRITE,
    keyed=True,
)
def correct_order(order: str) -> Response:
    """Correct an order on hold."""
    key = idempotency_key()
    sent = read_body(bodies.CorrectBody(exclude=_hidden(bodies.UPSTREAM_OF_LINES)), limit=LARGE)
    return decide(
        CorrectOrder(tuple(bodies.line(each) for each in sent["lines"])), f"order/{order}", key, told
    )


@group.route(
    "POST",
    "/v1/orders/<order>/actions/acknowledge",
    body=bodies.AcknowledgeBody,
    answers={200: "The order with its findings acknowledged."},
    scope=WRITE,
    keyed=True,
)
def acknowledge_order(order: str) -> Response:
    """Say that an order on hold is meant as it is."""
    key, sent = idempotency_key(), read_body(bodies.AcknowledgeBody())
    return decide(AcknowledgeFindings(tuple(sent["findings"]), sent["text"]), f"order/{order}", key, told)


@group.route(
    "POST",
    "/v1/orders/<order>/actions/cancel",
    body=bodies.CancelBody,
    answers={200: "The order, cancelled.", 201: "The cancellation case of an accepted order."},
    scope=WRITE,
    keyed=True,
)
def cancel_order(order: str) -> Response:
    """Cancel an order on hold, or an accepted one inside its window."""
    key, sent = idempotency_key(), read_body(bodies.CancelBody(), optional=True)
    return decide(CancelOrder(sent.get("reason", "")), f"order/{order}", key, told)


@group.route(
    "PUT",
    "/v1/orders/<order>/invoices/<number>",
    body=bodies.InvoiceBody,
    answers={200: "The order; its invoice was known.", 201: "The order with its new invoice."},
    scope=WRITE,
)
def put_invoice(order: str, number: str) -> Response:
    """Record an invoice of one leg."""
    # PUT is the same however often it comes, so a key is optional; without one each request is its own.
    key = idempotency_key() if "Idempotency-Key" in request.headers else f"put-{uuid4()}"
    sent = read_body(bodies.InvoiceBody(), limit=LARGE)
    command = bodies.invoice(number, sent)
    with own_reading() as opened:
        known = listing.has_invoice(opened, order, sent["leg"], number)
    if known is None:
        raise Problem("not-found", "There is no such order.")

    def told_new(decided: desk.Decided) -> desk.Answer:
        plain = told(decided)
        return desk.Answer(200 if known else 201, plain.body, plain.etag, plain.location)

    return decide(command, f"order/{order}", key, told_new)


@group.route(
    "POST",
    "/v1/orders/<order>/payments",
    body=bodies.PaymentBody,
    answers={200: "The order with the payment."},
    scope=WRITE,
    keyed=True,
)
def post_payment(order: str) -> Response:
    """Record a payment, its reversal, or what the books wrote off as a bad debt."""
    key, sent = idempotency_key(), read_body(bodies.PaymentBody())
    return decide(bodies.payment(payment_id(key), sent), f"order/{order}", key, told)


@group.route(
    "POST",
    "/v1/orders/<order>/activations",
    body=bodies.ActivationBody,
    answers={200: "The order with the units that are active."},
    scope=WRITE,
    keyed=True,
)
def post_activation(order: str) -> Response:
    """Report how many units are activated."""
    key, sent = idempotency_key(), read_body(bodies.ActivationBody())
    return decide(bodies.activation(sent), f"order/{order}", key, told)
