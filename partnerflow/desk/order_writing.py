"""Deciding one order command and writing what follows, inside whoever's transaction it is."""

from dataclasses import replace
from typing import Any

from partnerflow.cases.reminding import not_before
from partnerflow.desk.choosing import as_chosen
from partnerflow.desk.visibility import readers
from partnerflow.desk.work import Work
from partnerflow.events import Stamp
from partnerflow.orders import machine, notices
from partnerflow.orders.commands import OrderDraft, OrderView
from partnerflow.orders.events import OrderWindowClosing
from partnerflow.orders.model import Order, OrderStatus
from partnerflow.refusals import Refused
from partnerflow.store import ceilings, orders
from partnerflow.store.directory import Snapshot
from partnerflow.store.history import Recorded
from partnerflow.store.messages import Owed
from partnerflow.store.orders import Head
from partnerflow.store.reminders import WINDOW


def entry_view(work: Work, snap: Snapshot, draft: OrderDraft, order_id: str) -> OrderView:
    enterer = snap.directory.organisations.get(work.request.actor.organisation or "")
    calendar = (enterer or snap.directory.operator).calendar
    return OrderView(orders.context(work.session, snap, draft, order_id), calendar)


def apply(
    work: Work, order: Order | None, head: Head, command: Any, view: OrderView, *, silent: bool = False
) -> tuple[Order, Head]:
    """Decide one order command and write what follows; nothing new writes nothing. Refused passes through."""
    snap = work.snapshot()
    policy = work.policy(order.policy_version if order else None)
    actor, operator = work.request.actor, snap.directory.operator.code
    events = machine.decide(order, command, actor, work.at, policy, view)
    if not events:
        assert order is not None
        return order, head
    before, after = order, order
    for seq, event in enumerate(events, start=head.seq + 1):
        after = machine.evolve(after, event, Stamp(seq, work.at, actor.name))
    assert after is not None
    work.begin_writing()
    stream = f"order/{after.id}"
    rows = [Recorded(stream, event, work.at, actor.name, readers(event, after, operator)) for event in events]
    first, head = head.seq + 1, work.append(head, rows)
    due = orders.write(work.session, after, head, policy, work.at, operator)
    _write_ceilings(work, before, after)
    if not silent:
        work.owe(as_owed(work, notices.owed(events, after, first, actor, snap.directory), stream))
    if due or (before and before.status is OrderStatus.ON_HOLD):
        work.wake(stream)
    return after, head


def as_owed(work: Work, found: tuple[notices.OrderNotice, ...], stream: str) -> list[Owed]:
    directory = work.snapshot().directory
    return [
        chosen
        for notice in found
        for chosen in as_chosen(
            _message(work, notice, stream), directory, work.at, needs_act=notices.needs_act(notice)
        )
    ]


def _message(work: Work, notice: notices.OrderNotice, stream: str) -> Owed:
    """A reminder of the cancel window waits for its recipient's hours; everything else goes at once."""
    letter = notice.letter
    message = Owed(
        stream, notice.seq, notice.event, notice.recipient, letter.audience, notice.address, letter
    )
    if notice.event != OrderWindowClosing.KIND:
        return message
    when = not_before(notice.recipient, work.snapshot().directory, work.at)
    return replace(message, reminds=WINDOW, reminds_until=letter.due_at, not_before=when)


def _write_ceilings(work: Work, before: Order | None, after: Order) -> None:
    if before is None:
        ceilings.write(work.session, after.id, ceilings.for_new_order(after))
    elif (before.lines, before.invoices, before.payments) != (after.lines, after.invoices, after.payments):
        now = ceilings.read(work.session, before, lock=True)
        rows = ceilings.for_changed_order(after, now)
        refuse_below_what_cases_hold(rows)
        ceilings.write(work.session, after.id, rows)


def refuse_below_what_cases_hold(rows: list[ceilings.Row]) -> None:
    """An invoice that states less than open cases hold, or were given, of a line: they come first."""
    short = next((row for row in rows if row["credited"] + row["reserved"] > row["max_amount"]), None)
    if short is not None and short["kind"] != "payment":
        raise Refused(
            "wrong-state",
            f"Cases hold or were credited more of {short['kind']} {short['id'].partition('/')[2]} than this would "
            "leave: let them be decided, lowered or withdrawn first.",
            leg=short["leg"],
        )
