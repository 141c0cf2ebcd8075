"""Imports at the desk: a chunk of rows is one command; each row has its own outcome, all are written together."""

from partnerflow.desk import staged
from partnerflow.desk.batch import Batch
from partnerflow.desk.corrected import read_books, read_corrected, unknown_rows
from partnerflow.desk.model import Booked
from partnerflow.desk.work import Work
from partnerflow.imports.commands import BookChunk, BookStaged, OpenFeed, StartImport
from partnerflow.imports.matching import Books, match
from partnerflow.imports.model import Chunk, Correction, Listed, Sale
from partnerflow.imports.parties import FAMILY, reseller, wholesaler
from partnerflow.orders.catalogue import Product
from partnerflow.orders.drafts import signature
from partnerflow.refusals import Refused
from partnerflow.store import bulk, imports
from partnerflow.store.orders import order_id, seller_of
from partnerflow.store.seed import publish

SERVICE = "import"


def decide(work: Work) -> Booked:
    """Answer an import's command; ``not-found`` for an import that was never begun."""
    command = work.request.command
    if isinstance(command, StartImport):
        return staged.start(work, command)
    if work.request.actor.service != SERVICE:
        raise Refused("forbidden", "Only the import itself books its rows.")
    if isinstance(command, BookStaged):
        return staged.book_staged(work, command)
    return open_feed(work, command) if isinstance(command, OpenFeed) else book_chunk(work, command)


def open_feed(work: Work, command: OpenFeed) -> Booked:
    """Make known who buys, who sells and what, and keep the import's own row. A second time changes nothing."""
    directory = work.snapshot().directory
    if not work.received.policy:
        publish(work.session, "default")
    parties = [reseller(customer, command.currency) for customer in command.customers]
    if command.seller not in directory.organisations:
        operates = not any(org.operator for org in directory.organisations.values())
        parties.insert(0, wholesaler(command.seller, command.currency, operates=operates))
    fresh = [party for party in parties if party.organisation["code"] not in directory.organisations]
    bulk.add_organisations(
        work.session, [party.organisation for party in fresh], [party.person for party in fresh]
    )
    bulk.add_products(work.session, _products(command, work.snapshot().products))
    imports.begin(
        work.session,
        id=command.import_id,
        kind=command.mapping,
        # No driver's: whoever has the file feeds it.
        state="staging" if command.rows else "done",
        organisation=command.seller,
        person=work.request.actor.name,
        rows=command.rows,
    )
    return Booked(command.import_id, 0, 0)


def _products(command: OpenFeed, known: dict[str, Product]) -> list[Product]:
    """The seller's own catalogue, as far as the feed shows it; what is known already stays as it is."""
    return [
        Product(sku, command.seller, FAMILY, description, price, None, command.currency)
        for sku, (description, price) in sorted(command.catalogue.items())
        if sku not in known
    ]


def book_chunk(work: Work, command: BookChunk) -> Booked:
    """Orders and corrections in the order of the feed, so that a correction finds what stands above it."""
    chunk = command.chunk
    progress = imports.read(work.session, command.import_id, lock=True)
    if progress is None:
        raise Refused("not-found", "There is no such import.")
    bulk.serialise(work.session, progress.organisation)
    booking = _Booking(work, chunk)
    for document in chunk.documents:
        if isinstance(document, Sale):
            booking.sell(document)
        else:
            booking.correct(document)
    booking.batch.write()
    listed = (*chunk.listed, *booking.listed)
    booked = chunk.rows - len(listed)
    imports.advance(work.session, command.import_id, chunk.last, booked, listed)
    return Booked(command.import_id, booked, len(listed))


class _Booking:
    """One chunk on its way into the record."""

    def __init__(self, work: Work, chunk: Chunk) -> None:
        self.batch = Batch(work, work.request.actor)
        self.listed: list[Listed] = []
        sales = [document for document in chunk.documents if isinstance(document, Sale)]
        corrections = [document for document in chunk.documents if isinstance(document, Correction)]
        ids = [order_id(seller_of(sale.draft), sale.draft.number) for sale in sales]
        self.known = bulk.known_orders(work.session, ids)
        self.books: Books = read_books(work, corrections)
        self.corrected = read_corrected(work, corrections)

    def sell(self, sale: Sale) -> None:
        """An order and its invoice; one that is there already is the same, or all its rows are listed."""
        found = order_id(seller_of(sale.draft), sale.draft.number)
        if found in self.known:
            if self.known[found] != signature(sale.draft):
                self.listed += [source.listed("order-exists") for source in sale.sources]
            return
        try:
            self.books[found] = self.batch.take_over(found, sale.draft)
            self.known[found] = self.books[found].order.upstream_signature
        except Refused as refusal:
            self.listed += [source.listed(refusal.code, refusal.detail) for source in sale.sources]

    def correct(self, correction: Correction) -> None:
        """A closed case per order it is about; one that is there already is known row by row."""
        if correction.number in self.corrected:
            self.listed += unknown_rows(correction, self.corrected[correction.number])
            return
        before = dict(self.books)
        matched, listed = match(correction, self.books)
        self.listed += listed
        self.batch.close_cases(matched, before, self.books)
        if matched:
            self.corrected[correction.number] = {}
