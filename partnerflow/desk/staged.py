"""Uploaded rows at the desk: each has the outcome it would have had alone, decided with the uploader's rights."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from partnerflow.desk.batch import Batch
from partnerflow.desk.corrected import read_books, read_corrected, unknown_rows
from partnerflow.desk.model import Booked
from partnerflow.desk.orders import refuse_unknown_party
from partnerflow.desk.visibility import may_see
from partnerflow.desk.work import Work
from partnerflow.imports.commands import BookStaged, StartImport
from partnerflow.imports.matching import match_whole
from partnerflow.imports.model import Listed, Source
from partnerflow.imports.staged import CANCELLATIONS, INVOICES, ORDERS, CorrectionRow, InvoiceRow
from partnerflow.orders.catalogue import Context, RecentLine
from partnerflow.orders.commands import OrderDraft, RecordInvoice
from partnerflow.orders.drafts import signature
from partnerflow.orders.model import Order
from partnerflow.orders.purchase import base_numbers, bases
from partnerflow.orders.rights import may_enter, may_order
from partnerflow.people import Actor, Directory, Role
from partnerflow.refusals import Refused
from partnerflow.store import bulk, imports
from partnerflow.store.codec import decode, text_of
from partnerflow.store.imports import Progress
from partnerflow.store.orders import named, order_id, seller_of, zone_of

AT_ONCE = 250
"""Uploaded rows by one command: each may be an order of many lines, validated against its reseller's history."""

Row = tuple[Source, Any]
_MEANT = {ORDERS: {Role.DESK, Role.BUYER}, INVOICES: {Role.DESK, Role.FINANCE}}
_MEANT[CANCELLATIONS] = {Role.DESK, Role.FINANCE}


def may_import(kind: str, actor: Actor) -> bool:
    """Whose job rows of this kind are at all; each row is then judged by itself (FAULTS: Who may do what)."""
    return bool(actor.roles & _MEANT.get(kind, set()))


def start(work: Work, command: StartImport) -> Booked:
    """Hand a staged upload to its driver."""
    progress = imports.read(work.session, command.import_id, lock=True)
    actor = work.request.actor
    if progress is None or progress.person != actor.name:
        raise Refused("not-found", "There is no such import.")
    if not may_import(progress.kind, actor):
        raise Refused("forbidden", f"You may not import {progress.kind}.")
    imports.start(work.session, command.import_id)
    work.wake(f"import/{command.import_id}")
    return Booked(command.import_id, 0, progress.rejected)


def book_staged(work: Work, command: BookStaged) -> Booked:
    """The next rows from a position on; what is booked already is not asked for again."""
    progress = imports.read(work.session, command.import_id, lock=True)
    if progress is None:
        raise Refused("not-found", "There is no such import.")
    if progress.state != "running" or progress.position != command.position:
        return Booked(command.import_id, 0, 0)
    until = min(command.position + AT_ONCE, progress.rows)
    found = imports.staged(work.session, command.import_id, command.position, until)
    listed = _book(work, progress, found)
    imports.advance(work.session, command.import_id, until, len(found) - len(listed), listed)
    return Booked(command.import_id, len(found) - len(listed), len(listed))


def _book(work: Work, progress: Progress, found: Sequence[tuple[int, dict[str, Any]]]) -> list[Listed]:
    if not found:
        return []
    actor = _uploader(work.snapshot().directory, progress)
    kind, book = _KINDS[progress.kind]
    rows: list[Row] = [(Source(no, data), decode(text_of(data["read"]), kind)) for no, data in found]
    if actor is None:
        return [source.listed("forbidden", "Whoever uploaded this is no longer here.") for source, _ in rows]
    bulk.serialise(work.session, actor.organisation or "")
    batch = Batch(work, actor)
    listed = book(batch, rows)
    batch.write()
    return listed


def _uploader(directory: Directory, progress: Progress) -> Actor | None:
    """With the rights of now, not of the upload."""
    person = directory.people.get(progress.person)
    return Actor(person.id, person.organisation, person.roles) if person and person.active else None


def _orders(batch: Batch, rows: Sequence[Row]) -> list[Listed]:
    session = batch.work.session
    drafts: list[OrderDraft] = [draft for _, draft in rows]
    known = bulk.known_orders(session, [order_id(seller_of(d), d.number) for d in drafts])
    resellers = sorted({draft.reseller for draft in drafts if draft.reseller})
    skus = sorted({line.sku for draft in drafts for line in draft.lines})
    recent = bulk.recent_lines(session, resellers, skus)
    before = {order.id: order for order in named(session, drafts)}

    def enter(draft: OrderDraft) -> None:
        found = order_id(seller_of(draft), draft.number)
        refuse_unknown_party(draft, batch.snap)
        if not may_enter(draft, batch.actor):
            raise Refused("forbidden", "You may enter orders of your own organisation only.")
        if found in known:
            _refuse_other_content(draft, known[found])
            return
        order = batch.enter(found, draft, _context(batch, draft, recent, before))
        before[order.id] = order
        known[found] = order.upstream_signature
        customer = draft.end_customer.code if draft.end_customer else None
        recent.setdefault(draft.reseller or "", []).extend(
            RecentLine(draft.number, order.placed_at, customer, line.sku, line.quantity)
            for line in draft.lines
        )

    return _each(rows, enter)


def _context(
    batch: Batch, draft: OrderDraft, recent: dict[str, list[RecentLine]], before: dict[str, Order]
) -> Context:
    """As ``store.orders.context`` for one order; ``recent`` and ``before`` grow with the rows above."""
    customer = draft.end_customer.code if draft.end_customer else None
    skus = {line.sku for line in draft.lines}
    return Context(
        products=batch.snap.products,
        estate=batch.snap.estates.get(customer, ()) if customer else (),
        recent=tuple(line for line in recent.get(draft.reseller or "", ()) if line.sku in skus),
        bases=bases(draft, _named_by(draft, before), batch.work.policy),
        zone=zone_of(batch.snap, draft),
    )


def _named_by(draft: OrderDraft, before: dict[str, Order]) -> Iterator[Order]:
    ids = {order_id(seller_of(draft), number) for number in base_numbers(draft)}
    return (before[each] for each in sorted(ids) if each in before)


def _refuse_other_content(draft: OrderDraft, known: str) -> None:
    if signature(draft) != known:
        raise Refused("order-exists", f"Order {draft.number} exists with other content.")


def _invoices(batch: Batch, rows: Sequence[Row]) -> list[Listed]:
    session, operator = batch.work.session, batch.operator
    found = bulk.lock_orders(session, sorted({row.order_id for _, row in rows}))
    held = bulk.ceilings_of(session, [order for order, _ in found.values()])

    def record(row: InvoiceRow) -> None:
        order, head = found.get(row.order_id, (None, None))
        if order is None or head is None or not may_see(order, batch.actor.organisation, operator):
            raise Refused("not-found", "There is no such order.")
        if not may_order(RecordInvoice, order, batch.actor, batch.snap.directory):
            raise Refused("forbidden", "You may not do this to this order.")
        after, then, ceilings = batch.invoice(order, head, row.command, held[order.id])
        found[order.id], held[order.id] = (after, then), ceilings

    return _each(rows, record)


def _cancellations(batch: Batch, rows: Sequence[Row]) -> list[Listed]:
    corrections = {source.no: row.correction(source) for source, row in rows}
    books = read_books(batch.work, [*corrections.values()])
    corrected = read_corrected(batch.work, [*corrections.values()])
    listed: list[Listed] = []
    for source, row in rows:
        correction = corrections[source.no]
        if not _may_correct(row, batch):
            listed.append(source.listed("forbidden", "You may correct orders of your own organisation only."))
            continue
        if correction.number in corrected:
            listed += unknown_rows(correction, corrected[correction.number])[:1]
            continue
        before = dict(books)
        matched, wrong = match_whole(correction, books)
        listed += wrong[:1]
        batch.close_cases(matched, before, books)
        if matched:
            corrected[correction.number] = _units(row)
    return listed


def _units(row: CorrectionRow) -> dict[str, int]:
    units: dict[str, int] = {}
    for line in row.lines:
        units[line.sku.upper()] = units.get(line.sku.upper(), 0) + line.quantity
    return units


def _may_correct(row: CorrectionRow, batch: Batch) -> bool:
    """A distributor's desk its own sales; the operator's finance any."""
    actor = batch.actor
    own = Role.DESK in actor.roles and actor.organisation == row.seller
    return own or (Role.FINANCE in actor.roles and actor.organisation == batch.operator)


def _each(rows: Sequence[Row], book: Callable[[Any], None]) -> list[Listed]:
    """Book every row; what a rule refuses is listed with the rule's own code and sentence."""
    listed = []
    for source, row in rows:
        try:
            book(row)
        except Refused as refusal:
            listed.append(source.listed(refusal.code, refusal.detail))
    return listed


_KINDS: dict[str, tuple[type, Callable[[Batch, Sequence[Row]], list[Listed]]]] = {
    ORDERS: (OrderDraft, _orders),
    INVOICES: (InvoiceRow, _invoices),
    CANCELLATIONS: (CorrectionRow, _cancellations),
}
