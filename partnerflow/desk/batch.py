"""Many orders and closed cases in one transaction, written by one statement per table."""

from collections.abc import Iterable, Sequence

from partnerflow.cases.view import View
from partnerflow.credits.ceilings import LineCeiling, PaymentCeiling
from partnerflow.credits.ledger import Entry
from partnerflow.credits.taxes import invoice_ceiling
from partnerflow.desk.visibility import readers
from partnerflow.desk.work import Work
from partnerflow.events import Stamp
from partnerflow.imports.corrections import closed_case, entry
from partnerflow.imports.matching import Book, Books, Matched
from partnerflow.orders import machine
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
from partnerflow.store import cases, ceilings, imports, notes, orders
from partnerflow.store.ceilings import Row
from partnerflow.store.history import Recorded
from partnerflow.store.orders import Head


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
        view = OrderView(Context(products=self.snap.products))
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
            book = after[each.order_id]
            if each.order_id in self.fresh:
                self.books[each.order_id] = book
            else:
                self.rows += _changed(before[each.order_id], book)
            self.books[each.order_id] = book

    def write(self) -> None:
        session = self.work.session
        written = [self._order_row(order, head) for order, head in self.orders.values()]
        imports.write_orders(session, written)
        entries = self._write_cases()
        rows = {(row["kind"], row["leg"], row["id"]): (order_id, row) for order_id, row in self._ceilings()}
        imports.write_ceilings(session, rows.values())
        notes.post(session, entries)

    def _decide(
        self, order: Order | None, command: Command, view: OrderView
    ) -> tuple[Order, tuple[Event, ...]]:
        at, actor = self.work.at, self.actor
        events = machine.decide(order, command, actor, at, self.policy, view)
        after = order
        for event in events:
            after = machine.evolve(after, event, Stamp((after.version if after else 0) + 1, at, actor.name))
        assert after is not None
        return after, events

    def _record(self, order: Order, head: Head, events: Iterable[Event]) -> None:
        stream, at = f"order/{order.id}", self.work.at
        rows = [Recorded(stream, e, at, self.actor.name, readers(e, order, self.operator)) for e in events]
        self.orders[order.id] = order, self.work.append(head, rows)

    def _order_row(self, order: Order, head: Head) -> dict[str, object]:
        due = machine.next_due(order, self.work.at, self.policy)
        if due:
            self.work.wake(f"order/{order.id}")
        return orders.columns(order, head, due, self.operator)

    def _ceilings(self) -> Iterable[tuple[str, Row]]:
        for order_id in self.fresh:
            yield from _rows(self.books[order_id], self.books[order_id].lines.values())
        yield from self.rows

    def _write_cases(self) -> list[Entry]:
        numbers = imports.case_numbers(self.work.session, len(self.matched))
        year = self.work.year(self.snap)
        rows, entries = [], []
        for number, matched in zip(numbers, self.matched, strict=True):
            row, posted = self._case(f"PF-{year}-{number:06}", matched)
            rows.append(row)
            entries += [posted] if posted else []
        imports.write_cases(self.work.session, rows)
        return entries

    def _case(self, ref: str, matched: Matched) -> tuple[dict[str, object], Entry | None]:
        book, at = self.books[matched.order_id], self.work.at
        view = self._view(book.order, ref)
        opened = closed_case(matched, book, self.actor, at, view)
        orgs = readers(opened, opened.case, self.operator)
        head = self.work.append(Head(), [Recorded(ref, opened, at, self.actor.name, orgs)])
        return cases.columns(opened.case, head, view), entry(matched, book.order, ref)

    def _view(self, order: Order, ref: str) -> View:
        invoice = order.invoice_of(order.main_leg)
        day = (invoice.issued_at if invoice else order.placed_at).date()
        return View(
            directory=self.snap.directory,
            policy=self.policy,
            order_policy=self.policy,
            order=order,
            rate=self.snap.rate(order.currency, day),
            ref=ref,
        )


def _changed(before: Book, after: Book) -> list[tuple[str, Row]]:
    return _rows(after, (ceiling for no, ceiling in after.lines.items() if before.lines[no] != ceiling))


def _rows(book: Book, lines: Iterable[LineCeiling]) -> list[tuple[str, Row]]:
    order = book.order
    rows = ceilings.line_rows(order.id, lines) + ceilings.invoice_rows(order.id, book.invoice)
    return [(order.id, row) for row in (*rows, ceilings.payment_row(order, book.payment))]
