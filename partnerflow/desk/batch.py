"""Many orders and closed cases in one transaction, written by one statement per table."""

from collections.abc import Iterable, Sequence

from partnerflow.cases.postings import entries, parties
from partnerflow.credits.ceilings import LineCeiling, PaymentCeiling
from partnerflow.credits.ledger import Entry
from partnerflow.credits.taxes import invoice_ceiling
from partnerflow.desk.order_writing import as_owed, refuse_below_what_cases_hold
from partnerflow.desk.visibility import readers
from partnerflow.desk.work import Work
from partnerflow.events import Stamp
from partnerflow.imports.corrections import closed_case
from partnerflow.imports.matching import Book, Books, Matched
from partnerflow.orders import machine, notices
from partnerflow.orders.catalogue import Context
from partnerflow.orders.commands import (
    Command,
    EnterOrder,
    InvoiceDraft,
    OrderDraft,
    OrderView,
    RecordInvoice,
)
from partnerflow.orders.events import Event
from partnerflow.orders.model import Order
from partnerflow.people import Actor
from partnerflow.store import bulk, cases, ceilings, notes, orders
from partnerflow.store.ceilings import Ceilings, Row
from partnerflow.store.history import Recorded
from partnerflow.store.orders import Head
from partnerflow.store.views import view_of


class Batch:
    """Collects what a chunk decides; ``write`` puts it all down, in the order of the locks."""

    def __init__(self, work: Work, actor: Actor) -> None:
        """``actor`` is whom the events name: the import, or the person who uploaded."""
        self.work = work
        self.actor = actor
        self.snap = work.snapshot()
        self.operator = self.snap.directory.operator.code
        self.policy = work.policy()
        self.orders: dict[str, tuple[Order, Head]] = {}
        self.fresh: set[str] = set()
        self.books: Books = {}
        self.matched: list[Matched] = []
        self.rows: list[tuple[str, Row]] = []

    def take_over(self, order_id: str, draft: OrderDraft) -> Book:
        """An order and its invoice as history: nothing validates or holds it. Refused passes through."""
        view = OrderView(Context(products=self.snap.products, zone=orders.zone_of(self.snap, draft)))
        enter = EnterOrder(order_id, draft, imported=True)
        order, events = self._decide(None, enter, view)
        leg = order.main_leg
        order, more = self._decide(
            order, RecordInvoice(InvoiceDraft(leg, draft.number, draft.placed_at)), view
        )
        self._record(order, Head(), (*events, *more))
        invoice = order.invoice_of(leg)
        assert invoice is not None
        lines = {row.line_no: LineCeiling(leg, row.line_no, row.quantity, row.net) for row in invoice.lines}
        book = Book(order, lines, invoice_ceiling(invoice), PaymentCeiling(leg, invoice.number))
        self.fresh.add(order_id)
        self.books[order_id] = book
        return book

    def close_cases(self, matched: Sequence[Matched], before: Books, after: Books) -> None:
        """Remember what was credited, and which ceilings changed."""
        self.matched += matched
        for each in matched:
            self.books[each.order_id] = after[each.order_id]
            if each.order_id not in self.fresh:
                self.rows += _changed(before[each.order_id], after[each.order_id])

    def enter(self, order_id: str, draft: OrderDraft, context: Context) -> Order:
        """An order as if it came alone: validated, held if it must be, and whoever has to answer is told."""
        entered_for = self.snap.directory.organisations.get(self.actor.organisation or "")
        calendar = (entered_for or self.snap.directory.operator).calendar
        order, events = self._decide(None, EnterOrder(order_id, draft), OrderView(context, calendar))
        self._record(order, Head(), events, tell=True)
        self.rows += [(order_id, row) for row in ceilings.for_new_order(order)]
        return order

    def invoice(
        self, order: Order, head: Head, command: RecordInvoice, now: Ceilings
    ) -> tuple[Order, Head, Ceilings]:
        """One more invoice of an order; the same content again changes nothing. Refused passes through."""
        after, events = self._decide(order, command, OrderView(credited_invoices=now.credited))
        if not events:
            return order, head, now
        rows = ceilings.for_changed_order(after, now)
        refuse_below_what_cases_hold(rows)
        self.rows += [(order.id, row) for row in rows]
        return after, self._record(after, head, events, tell=True), ceilings.of_rows(after, rows)

    def write(self) -> None:
        session = self.work.session
        written = [self._order_row(order, head) for order, head in self.orders.values()]
        bulk.write_orders(session, written)
        posted = self._write_cases()
        rows = {(row["kind"], row["leg"], row["id"]): (order_id, row) for order_id, row in self._ceilings()}
        bulk.write_ceilings(session, rows.values())
        notes.post(session, posted, self.operator)

    def _decide(
        self, order: Order | None, command: Command, view: OrderView
    ) -> tuple[Order, tuple[Event, ...]]:
        at, actor = self.work.at, self.actor
        policy = self.work.policy(order.policy_version) if order else self.policy
        events = machine.decide(order, command, actor, at, policy, view)
        after = order
        for event in events:
            after = machine.evolve(after, event, Stamp((after.version if after else 0) + 1, at, actor.name))
        assert after is not None
        return after, events

    def _record(self, order: Order, head: Head, events: Sequence[Event], *, tell: bool = False) -> Head:
        stream, at = f"order/{order.id}", self.work.at
        rows = [Recorded(stream, e, at, self.actor.name, readers(e, order, self.operator)) for e in events]
        after = self.work.append(head, rows)
        if tell:
            owed = notices.owed(events, order, head.seq + 1, self.actor, self.snap.directory)
            self.work.owe(as_owed(self.work, owed, stream))
        self.orders[order.id] = order, after
        return after

    def _order_row(self, order: Order, head: Head) -> dict[str, object]:
        due = machine.next_due(order, self.work.at, self.work.policy(order.policy_version))
        if due:
            self.work.wake(f"order/{order.id}")
        return orders.columns(order, head, due, self.operator)

    def _ceilings(self) -> Iterable[tuple[str, Row]]:
        for order_id in self.fresh:
            yield from _rows(self.books[order_id], self.books[order_id].lines.values())
        yield from self.rows

    def _write_cases(self) -> list[Entry]:
        numbers = bulk.case_numbers(self.work.session, len(self.matched))
        year = self.work.year(self.snap)
        rows: list[dict[str, object]] = []
        found: list[Entry] = []
        for number, matched in zip(numbers, self.matched, strict=True):
            row, posted = self._case(f"PF-{year}-{number:06}", matched)
            rows.append(row)
            found += posted
        bulk.write_cases(self.work.session, rows)
        return found

    def _case(self, ref: str, matched: Matched) -> tuple[dict[str, object], tuple[Entry, ...]]:
        book, at = self.books[matched.order_id], self.work.at
        nothing = Ceilings({}, {}, {})
        view = view_of(self.work.session, book.order, self.snap, nothing, self.policy.version, ref=ref)
        opened = closed_case(matched, book, self.actor, at, view)
        orgs = readers(opened, opened.case, self.operator)
        head = self.work.append(Head(), [Recorded(ref, opened, at, self.actor.name, orgs)])
        return cases.columns(opened.case, head, view), entries(parties(opened.case), opened, at)


def _changed(before: Book, after: Book) -> list[tuple[str, Row]]:
    return _rows(after, (ceiling for no, ceiling in after.lines.items() if before.lines[no] != ceiling))


def _rows(book: Book, lines: Iterable[LineCeiling]) -> list[tuple[str, Row]]:
    order = book.order
    rows = ceilings.line_rows(order.id, lines) + ceilings.invoice_rows(order.id, book.invoice)
    return [(order.id, row) for row in (*rows, ceilings.payment_row(order, book.payment))]
