"""Entering an order: completed from the catalogue, validated, and accepted or put on hold. DOMAIN: Orders."""

from dataclasses import replace
from datetime import UTC, datetime

from partnerflow.calendars import add
from partnerflow.orders.catalogue import Context, Product
from partnerflow.orders.commands import EnterOrder, OrderDraft, OrderView
from partnerflow.orders.drafts import check_draft, signature
from partnerflow.orders.events import Event, OrderAccepted, OrderOnHold
from partnerflow.orders.model import Finding, Leg, Line, Order, OrderStatus, Severity
from partnerflow.orders.validation import holds, refuse_blocked, validate
from partnerflow.people import Actor
from partnerflow.policy.document import Policy
from partnerflow.policy.terms import Purchase
from partnerflow.refusals import Refused


def enter(
    command: EnterOrder, actor: Actor, at: datetime, policy: Policy, view: OrderView
) -> tuple[Event, ...]:
    """Accepted or on hold. An imported order is history: it is accepted as it was."""
    draft = command.draft
    check_draft(draft, at)
    entered = _order(command, actor, at, policy, view.context)
    findings = () if command.imported else validate(entered, view.context, policy, at)
    if draft.replaces is not None:
        refuse_blocked(findings)
        findings = _bound_by_approval(findings, actor)
    entered = replace(entered, findings=findings)
    if not holds(findings):
        return (OrderAccepted(entered),)
    assert view.calendar is not None, "an order that may be held needs the calendar of who enters it"
    until = add(view.calendar, at, policy.allowances["hold"] * 60)
    return (OrderOnHold(replace(entered, status=OrderStatus.ON_HOLD, hold_until=until)),)


def completed(lines: tuple[Line, ...], order: Order, context: Context) -> tuple[Line, ...]:
    """The lines with what the catalogue adds: family, and description and upstream price where not stated.

    A corrected line of the same number and SKU keeps the upstream price it had: a reseller cannot state it.
    """
    return tuple(_based(_completed(line, order, context.products.get(line.sku)), context) for line in lines)


def again(order: Order, draft: OrderDraft) -> tuple[Event, ...]:
    """Nothing for the same content again; ``order-exists`` for other content under the same number."""
    if signature(draft) == order.upstream_signature:
        return ()
    raise Refused("order-exists", f"Order {draft.number} exists with other content.", number=draft.number)


def _order(command: EnterOrder, actor: Actor, at: datetime, policy: Policy, context: Context) -> Order:
    draft = command.draft
    order = Order(
        id=command.order_id,
        number=draft.number,
        vendor=draft.vendor,
        distributor=draft.distributor,
        reseller=draft.reseller,
        end_customer=draft.end_customer,
        po_number=draft.po_number,
        currency=draft.currency,
        placed_at=draft.placed_at.astimezone(UTC),
        received_at=at,
        lines=(),
        status=OrderStatus.ACCEPTED,
        policy_version=policy.version,
        entered_by=actor.name,
        entered_for=actor.organisation or draft.distributor or draft.vendor or "",
        replaces=draft.replaces,
        upstream_signature=signature(draft),
        zone=context.zone,
        upstream_currency=draft.upstream_currency,
    )
    return replace(order, lines=completed(draft.lines, order, context))


def _completed(line: Line, order: Order, product: Product | None) -> Line:
    before = order.line(line.line_no)
    kept = before.upstream_price if before and before.sku == line.sku else None
    ours = product is not None and product.currency == order.currency_of(Leg.UPSTREAM)
    listed = product.upstream_list_price if product and ours else None
    has_upstream = order.vendor is not None and order.distributor is not None
    prices = (line.upstream_price, kept, listed if has_upstream else None)
    return replace(
        line,
        description=line.description or (product.description if product else line.sku),
        upstream_price=next((price for price in prices if price is not None), None),
        family=product.family if product else "",
    )


def _based(line: Line, context: Context) -> Line:
    """An upgrade has the window of what it upgrades; everything else its own."""
    upgraded = line.purchase is Purchase.UPGRADE
    base = context.base(line.base_order, line.base_line) if upgraded else None
    if base is None:
        return replace(line, bought_at=None, window_hours=None)
    return replace(line, bought_at=base.bought_at, window_hours=base.window_hours)


def _bound_by_approval(findings: tuple[Finding, ...], actor: Actor) -> tuple[Finding, ...]:
    """A replacement was shown with its findings and approved (DOMAIN: Exchange): nothing is left to
    acknowledge."""
    return tuple(
        replace(each, acknowledged_by=actor.name) if each.severity is Severity.ACKNOWLEDGE else each
        for each in findings
    )
