"""Order commands at the desk: lock, decide, write; entering, answering a hold, invoices, payments, activations, due."""

from typing import Any

from partnerflow.cases.commands import OpenCase
from partnerflow.cases.model import RequestedLine
from partnerflow.desk import cases
from partnerflow.desk.model import Decided
from partnerflow.desk.order_writing import apply, entry_view
from partnerflow.desk.visibility import may_see
from partnerflow.desk.work import NotDue, Work
from partnerflow.orders import machine
from partnerflow.orders.commands import (
    CancelOrder,
    CorrectOrder,
    EnterOrder,
    OrderDraft,
    OrderDue,
    OrderView,
    RecordActivation,
    RecordInvoice,
)
from partnerflow.orders.eligibility import cancellable
from partnerflow.orders.model import Order, OrderStatus
from partnerflow.orders.rights import may_enter, may_order
from partnerflow.policy.terms import CaseType, Reason
from partnerflow.refusals import Refused
from partnerflow.store import ceilings, orders
from partnerflow.store.directory import Snapshot
from partnerflow.store.orders import Head
from partnerflow.store.views import view_of


def decide(work: Work) -> Decided:
    command = work.request.command
    if isinstance(command, EnterOrder):
        return _enter(work, command)
    order, head = _locked(work)
    snap = work.snapshot()
    _authorise(work, order, snap)
    if isinstance(command, OrderDue):
        _refuse_early(work, order)
    view = _view(work, snap, order, command)
    after, _ = apply(work, order, head, command, view)
    if isinstance(command, RecordActivation) and after is not order:
        cases.follow(work, after, snap)
    return decided(work, after, snap)


def cancel(work: Work) -> Decided:
    """A held order ends; inside the window of an accepted one, what no open case holds becomes a cancellation case."""
    order, head = _locked(work)
    snap = work.snapshot()
    _authorise(work, order, snap)
    command = work.request.command
    if order.status is not OrderStatus.ACCEPTED:
        after, _ = apply(work, order, head, command, OrderView())
        return decided(work, after, snap)
    return cases.open_for(work, _cancellation(work, order, command), order)


def _cancellation(work: Work, order: Order, command: CancelOrder) -> OpenCase:
    policy = work.policy(order.policy_version)
    held = ceilings.read(work.session, order, lock=False).lines.get(order.main_leg, {})
    units = cancellable(order, work.at, policy)
    left = {no: min(quantity, held[no].left_quantity) for no, quantity in units.items() if no in held}
    lines = tuple(RequestedLine(no, quantity) for no, quantity in left.items() if quantity > 0)
    if any(units.values()) and not lines:
        raise Refused(
            "exceeds-creditable",
            "All that could be cancelled is in a case or credited already; nothing is left of it.",
            remaining={"quantity": 0},
            see=["/v1/cases"],
        )
    if not lines:
        raise Refused(
            "window-closed",
            "The window for cancelling this order has closed; open a case to put it right.",
            see=["/v1/cases"],
        )
    text = command.reason or "Cancelled inside the cancel window."
    return OpenCase(order.id, CaseType.CANCELLATION, Reason.NO_LONGER_NEEDED, lines, text)


def _locked(work: Work) -> tuple[Order, Head]:
    order_id = work.request.target.partition("/")[2]
    lock = "share" if isinstance(work.request.command, CancelOrder) else "update"
    found = orders.read(work.session, order_id, lock)
    if found and lock == "share" and found[0].status is not OrderStatus.ACCEPTED:
        found = orders.read(work.session, order_id, "update")
    if found is None:
        raise Refused("not-found", "There is no such order.")
    return found


def _authorise(work: Work, order: Order, snap: Snapshot) -> None:
    actor, operator = work.request.actor, snap.directory.operator.code
    if not may_see(order, actor.organisation, operator):
        raise Refused("not-found", "There is no such order.")
    if not may_order(type(work.request.command), order, actor, snap.directory):
        raise Refused("forbidden", "You may not do this to this order.")


def _refuse_early(work: Work, order: Order) -> None:
    due = machine.next_due(order, work.at, work.policy(order.policy_version))
    if due is None or due > work.at:
        raise NotDue(due)


def _enter(work: Work, command: EnterOrder) -> Decided:
    snap, draft, actor = work.snapshot(), command.draft, work.request.actor
    refuse_unknown_party(draft, snap)
    if not may_enter(draft, actor):
        raise Refused("forbidden", "You may enter orders of your own organisation only.")
    known = orders.read(work.session, command.order_id, "update")
    order, head = known or (None, Head())
    after, _ = apply(work, order, head, command, entry_view(work, snap, draft, command.order_id))
    return decided(work, after, snap, created=order is None)


def refuse_unknown_party(draft: OrderDraft, snap: Snapshot) -> None:
    for kind, code in (
        ("vendor", draft.vendor),
        ("distributor", draft.distributor),
        ("reseller", draft.reseller),
    ):
        known = snap.directory.organisations.get(code or "")
        if code is not None and (known is None or known.kind != kind):
            raise Refused("invalid-parameter", f"{code!r} is not a {kind} here.", pointer=f"/{kind}")


def _view(work: Work, snap: Snapshot, order: Order, command: Any) -> OrderView:
    if isinstance(command, CorrectOrder):
        draft = _as_draft(order, command)
        context = orders.context(work.session, snap, draft, order.id)
        return OrderView(context, snap.directory.organisations[order.entered_for].calendar)
    if isinstance(command, RecordInvoice):
        return OrderView(credited_invoices=ceilings.read(work.session, order, lock=True).credited)
    return OrderView()


def _as_draft(order: Order, command: CorrectOrder) -> OrderDraft:
    return OrderDraft(
        order.number,
        order.vendor,
        order.distributor,
        order.reseller,
        order.end_customer,
        order.po_number,
        order.currency,
        order.placed_at,
        command.lines,
        upstream_currency=order.upstream_currency,
    )


def decided(work: Work, order: Order, snap: Snapshot, *, created: bool = False) -> Decided:
    # Read as they stand after the change.
    found = ceilings.read(work.session, order, lock=False)
    view = view_of(work.session, order, snap, found)
    if created:
        work.made = f"order/{order.id}"
    return Decided(work.request.command, work.request.actor, work.at, view, None, created)
