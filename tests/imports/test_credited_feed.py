"""Real invoices credited line by line, in random order and in parts, until nothing is left: exactly nothing.

The wholesaler's own invoices, taxed at British rates by SKU, every other one line by line instead of on its total.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from random import Random

import pytest
from sqlalchemy import Engine, text

from api.feeding import _read, take_over
from partnerflow.credits.portions import Portion
from partnerflow.credits.working_out import credit, credit_rest, opened, void
from partnerflow.imports.mappings import ONLINE_RETAIL
from partnerflow.imports.model import Sale
from partnerflow.money import WHOLE, tax_of
from partnerflow.orders.model import InvoiceLine, Leg, Order, TaxTotal
from partnerflow.store import ceilings
from partnerflow.store.codec import decode_order
from partnerflow.store.database import EVERY_ORGANISATION, reading, unit_of_work
from tests.domain.rounding_steps import with_invoice
from tests.imports.feed import REAL
from tests.support.crediting import credit_on_rows

RATES = (200_000, 200_000, 200_000, 50_000, 0)
PARTS = (WHOLE, WHOLE, 500_000, 333_333, 999_999)

OPEN = text(
    "SELECT kind, id FROM ceiling WHERE order_id = ANY(:ids) AND kind <> 'payment'"
    " AND (credited <> max_amount OR reserved <> 0 OR credited_quantity <> max_quantity OR credited_tax <> max_tax)"
)


@cache
def sales() -> tuple[Sale, ...]:
    feed, _ = _read(REAL, ONLINE_RETAIL, "arbor")
    return tuple(each for chunk in feed.chunks for each in chunk.documents if isinstance(each, Sale))


def invoiced(sale: Sale, *, per_line: bool, paid: int) -> Order:
    """The sale with its invoice; the SKU says which rate its line has."""
    rows = tuple(
        InvoiceLine(
            line.line_no,
            line.quantity,
            line.net(Leg.DOWNSTREAM, "GBP") or 0,
            "S",
            RATES[sum(line.sku.encode()) % len(RATES)],
        )
        for line in sale.draft.lines
    )
    totals = []
    for rate in dict.fromkeys(row.rate for row in rows):
        nets = [row.net for row in rows if row.rate == rate]
        tax = sum(tax_of(net, rate) for net in nets) if per_line else tax_of(sum(nets), rate)
        totals.append(TaxTotal("S", rate, sum(nets), tax))
    return with_invoice(rows, tuple(totals), paid * sum(t.net + t.tax for t in totals) // 4)


def parts(order: Order, chance: Random) -> Iterator[tuple[int, int]]:
    """Every unit of every line, in random lots (line, units) that are shuffled over the invoice."""
    lots = []
    for line in order.invoices[0].lines:
        left = line.quantity
        while left:
            units = min(left, chance.randint(1, max(1, line.quantity // 2)))
            lots.append((line.line_no, units))
            left -= units
    chance.shuffle(lots)
    yield from lots


def close(order: Order, chance: Random) -> int:
    """Credit every unit, void some on the way, credit them again; how many credits it took."""
    sheet, number, gross = opened(order), 0, 0
    for line_no, units in parts(order, chance):
        number += 1
        sheet, given = credit(sheet, number, [Portion(line_no, units)])
        assert min(given.amounts.net, given.amounts.tax) >= 0
        gross += given.amounts.gross
        if chance.random() < 0.1:
            gone, again = chance.choice(list(sheet.live)), number + 1
            sheet, taken = void(sheet, gone)
            number, gross = again, gross - taken.amounts.gross
            sheet, given = credit(sheet, number, [Portion(h.line_no, h.quantity) for h in taken.held])
            gross += given.amounts.gross
    assert (sheet.left_net, sheet.left_tax, sheet.unpaid) == (0, 0, 0)
    assert all(line.left_net == line.left_quantity == 0 for line in sheet.lines.values())
    assert gross == order.invoices[0].gross
    return number


def close_in_parts(order: Order, chance: Random) -> None:
    """Parts of the price only, then what is left of every line."""
    sheet, number = opened(order), 0
    for line_no, units in parts(order, chance):
        number += 1
        sheet, _ = credit(sheet, number, [Portion(line_no, units, chance.choice(PARTS))])
    sheet, rest = credit_rest(sheet, number + 1)
    assert (sheet.left_net, sheet.left_tax, sheet.unpaid) == (0, 0, 0)
    assert min(rest.amounts.net, rest.amounts.tax) >= 0


def close_all(chosen: Sequence[Sale]) -> int:
    given = 0
    for no, sale in enumerate(chosen):
        chance = Random(sale.draft.number)
        order = invoiced(sale, per_line=bool(no % 2), paid=no % 5)
        given += close(order, chance)
        close_in_parts(order, chance)
    return given


def test_a_sample_of_real_invoices_credited_in_random_parts_ends_at_exactly_zero() -> None:
    chosen = Random(4).sample([sale for sale in sales() if len(sale.draft.lines) <= 60], 120)
    assert close_all(chosen) > 3_000


@pytest.mark.long
def test_every_real_invoice_credited_in_random_parts_ends_at_exactly_zero() -> None:
    assert len(sales()) == 2_387
    assert close_all(sales()) > 100_000


@pytest.mark.long
def test_the_record_of_the_real_feed_credited_to_the_end_is_at_exactly_zero(seeded: Engine) -> None:
    """On the ceilings' own rows, after the feed's own cancellations: each credit a transaction of its own.

    A cancellation below the price of the sale leaves the difference, which no unit takes: an amount does, converted.
    """
    take_over(seeded, REAL, ONLINE_RETAIL)
    chance, orders = Random(4), chosen_orders(seeded, 120)
    for order in orders:
        for portion in lots(left(seeded, order), chance):
            with unit_of_work(seeded) as session:
                credit_on_rows(session, order, [portion])
        for line_no, (_, net) in left(seeded, order).items():
            if net:
                with unit_of_work(seeded) as session:
                    credit_on_rows(session, order, [Portion(line_no, amount=net, convert=True)])
    with reading(seeded, EVERY_ORGANISATION) as session:
        assert session.execute(OPEN, {"ids": [order.id for order in orders]}).all() == []


def lots(units: dict[int, tuple[int, int]], chance: Random) -> list[Portion]:
    """All units that are left, a line in at most two lots, shuffled."""
    found = []
    for line_no, (quantity, _) in units.items():
        some = chance.randint(0, quantity)
        found += [Portion(line_no, part) for part in (some, quantity - some) if part]
    chance.shuffle(found)
    return found


def left(engine: Engine, order: Order) -> dict[int, tuple[int, int]]:
    """By line: units and net."""
    with reading(engine, EVERY_ORGANISATION) as session:
        found = ceilings.read(session, order, lock=False).lines[order.main_leg]
    return {line_no: (line.left_quantity, line.left_net) for line_no, line in found.items()}


def chosen_orders(engine: Engine, number: int) -> list[Order]:
    """Those with cancellations first; always the same ones."""
    query = text(
        'SELECT o.state::text FROM "order" o ORDER BY EXISTS (SELECT 1 FROM "case" c WHERE c.order_id = o.id) DESC,'
        " md5(o.id) LIMIT :n"
    )
    with reading(engine, EVERY_ORGANISATION) as session:
        return [decode_order(state) for state in session.execute(query, {"n": number}).scalars()]
