"""Whatever path asks: the ceilings' rows hold, with the desk and behind its back, one by one and twenty at once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace
from random import Random
from threading import Barrier

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from partnerflow import desk
from partnerflow.credits.ceilings import reserve
from partnerflow.credits.portions import Portion
from partnerflow.money import TermPart
from partnerflow.orders.commands import (
    AcknowledgeFindings,
    EnterOrder,
    InvoiceDraft,
    RecordInvoice,
    RecordPayment,
)
from partnerflow.orders.model import Leg, Line, Order, Payment
from partnerflow.refusals import Refused
from partnerflow.store import ceilings
from partnerflow.store.codec import decode_order
from partnerflow.store.database import unit_of_work
from partnerflow.store.orders import order_id
from tests.store.builders import a_reduction, rows, send
from tests.support.crediting import credit_on_rows
from tests.workflows.house import House, draft

PENNIES = ((7, 9_761_429), (3, 33_333_333), (5, 17_000_000), (11, 6_211_819))
"""Units and unit prices in millionths: nets of 68.33, 100.00, 85.00 and 68.33, the first three not divisible."""
DOWN = Leg.DOWNSTREAM
THREADS = 20


def ordered(house: House, number: str) -> Order:
    """An accepted order of four lines at two rates, invoiced; 200.00 of it are paid."""
    at, target = house.now(), f"order/{order_id('meridian', number)}"
    base = draft(number, at)
    lines = tuple(_line(base.lines[0], no, *each) for no, each in enumerate(PENNIES, start=1))
    house.do("nadia-rahman", target, EnterOrder(target.partition("/")[2], replace(base, lines=lines)))
    doubts = tuple(finding.code for finding in house.findings(target) if finding.open)
    house.do("ellie-marsh", target, AcknowledgeFindings(doubts, "It is meant so."))
    house.do("nadia-rahman", target, RecordInvoice(InvoiceDraft(DOWN, f"M-{number}", at)))
    paid = Payment(f"P-{number}", DOWN, f"M-{number}", 20_000, at)
    house.do("nadia-rahman", target, RecordPayment(paid))
    return order_of(house, target.partition("/")[2])


def _line(like: Line, no: int, quantity: int, price: int) -> Line:
    rate = 200_000 if no % 2 else 50_000
    return replace(like, line_no=no, quantity=quantity, unit_price=price, tax_rate=rate)


def order_of(house: House, order: str) -> Order:
    found = rows(house.engine, 'SELECT state::text FROM "order" WHERE id = :id', id=order)
    return decode_order(found[0][0])


def credited(house: House, order: Order, line_no: int, quantity: int) -> int:
    """One credit on the rows, past the desk: its gross."""
    while True:
        try:
            with unit_of_work(house.engine) as session:
                return credit_on_rows(session, order, [Portion(line_no, quantity)]).gross
        except OperationalError:  # the rows stayed locked for two seconds
            continue


def left(house: House, order: Order) -> dict[str, tuple[int, int, int]]:
    """By kind: net, units and tax that the rows of the downstream leg still have."""
    found = rows(
        house.engine,
        "SELECT kind, sum(max_amount - credited - reserved)::bigint,"
        " sum(max_quantity - credited_quantity - reserved_quantity)::bigint, sum(max_tax - credited_tax)::bigint"
        " FROM ceiling WHERE order_id = :id AND leg = 'downstream' GROUP BY kind",
        id=order.id,
    )
    return {kind: tuple(each) for kind, *each in found}


def test_twenty_threads_credit_one_invoice_line_by_line_and_end_at_exactly_zero(house: House) -> None:
    """Each asks for every unit there is, in an order of its own: 20 times too much, and all but one are refused."""
    order, gate = ordered(house, "C-1"), Barrier(THREADS)

    def ask(seed: int) -> tuple[int, int]:
        chance, given, refused = Random(seed), 0, 0
        units = [line.line_no for line in order.lines for _ in range(line.quantity)]
        chance.shuffle(units)
        gate.wait()
        for line_no in units:
            try:
                given += credited(house, order, line_no, 1)
            except Refused:
                refused += 1
        return given, refused

    with ThreadPoolExecutor(THREADS) as threads:
        told = list(threads.map(ask, range(THREADS)))
    units = sum(quantity for quantity, _ in PENNIES)
    assert sum(refused for _, refused in told) == (THREADS - 1) * units
    assert sum(given for given, _ in told) == order.invoices[0].gross
    assert left(house, order) == {
        "line": (0, 0, 0),
        "rate": (0, 0, 0),
        "invoice": (0, 0, 0),
        "payment": (0, 0, 0),
    }


def test_twenty_requests_at_the_desk_for_one_line_take_no_more_than_it_has(house: House) -> None:
    order = ordered(house, "C-2")
    actor, target, gate = house.actor("ellie-marsh"), f"order/{order.id}", Barrier(THREADS)

    def ask(n: int) -> str | None:
        gate.wait()
        for _ in range(50):
            with suppress(desk.Unavailable):  # the line stayed locked
                return send(house, actor, target, a_reduction(target, 2), f"c2-{n}").code
        raise AssertionError("never answered")

    with ThreadPoolExecutor(THREADS) as threads:
        codes = list(threads.map(ask, range(THREADS)))
    assert (codes.count(None), codes.count("exceeds-creditable")) == (3, 17)
    taken = rows(
        house.engine,
        "SELECT credited_quantity + reserved_quantity FROM ceiling WHERE kind = 'line' AND id = :id",
        id=f"{order.id}/1",
    )
    assert taken == [(6,), (6,)]


def test_a_path_that_asks_nobody_and_locks_nothing_is_stopped_at_the_last_penny(house: House) -> None:
    order = ordered(house, "C-3")
    add = text(
        "UPDATE ceiling SET credited = credited + 100 WHERE kind = 'invoice' AND leg = 'downstream' AND order_id = :id"
    )

    def take(_: int) -> bool:
        try:
            with unit_of_work(house.engine) as session:
                session.execute(add, {"id": order.id})
        except IntegrityError:
            return False
        return True

    with ThreadPoolExecutor(THREADS) as threads:
        done = list(threads.map(take, range(400)))
    assert done.count(True) == order.invoices[0].net // 100


@pytest.fixture(scope="module")
def order(house: House) -> Order:
    return ordered(house, "C-4")


@contextmanager
def runtime(house: House) -> Iterator[psycopg.Connection]:
    """As the application role, with everything rolled back."""
    with psycopg.connect(house.database.app_url) as connection:
        connection.execute("SELECT set_config('pf.org', '*', true)")
        yield connection
        connection.rollback()


@pytest.mark.parametrize(
    ("kind", "change", "wall"),
    [
        ("line", "credited = max_amount + 1", "amount_fits"),
        ("line", "credited = max_amount, reserved = 1", "amount_fits"),
        ("line", "reserved = -1", "amount_fits"),
        ("line", "max_amount = credited - 1, by_quantity = 0", "amount_fits"),
        ("line", "credited_quantity = max_quantity, reserved_quantity = 1", "quantity_fits"),
        ("line", "credited_quantity = -1", "quantity_fits"),
        ("line", "max_quantity = -1", "quantity_fits"),
        ("line", "credited_quantity = 1, share = 1000000001", "share_fits"),
        ("line", "share = -1", "share_fits"),
        ("line", "credited_quantity = 1, share = 1000000000, share_over = 1, share_of = 365", "share_fits"),
        ("line", "share_over = 365, share_of = 365", "share_fits"),
        ("line", "credited = 10, by_quantity = 11", "by_quantity_fits"),
        ("line", "by_quantity = -1", "by_quantity_fits"),
        ("rate", "credited = max_amount + 1", "amount_fits"),
        ("rate", "credited_tax = max_tax + 1", "tax_fits"),
        ("rate", "credited_tax = -1", "tax_fits"),
        ("rate", "credited_quantity = 1", "quantity_fits"),
        ("invoice", "credited = max_amount, reserved = 1", "amount_fits"),
        ("invoice", "credited_tax = max_tax + 1", "tax_fits"),
        ("payment", "credited = max_amount + 1", "amount_fits"),
        ("payment", "reserved = max_amount + 1", "amount_fits"),
    ],
)
def test_too_much_meets_the_wall(house: House, order: Order, kind: str, change: str, wall: str) -> None:
    with (
        runtime(house) as connection,
        pytest.raises(psycopg.errors.CheckViolation, match=f"ck_ceiling_{wall}"),
    ):
        connection.execute(
            f"UPDATE ceiling SET {change} WHERE kind = %s AND order_id = %s AND leg = 'downstream'",
            (kind, order.id),
        )


def test_a_new_row_with_too_much_is_refused_as_well(house: House, order: Order) -> None:
    insert = (
        "INSERT INTO ceiling (kind, leg, id, order_id, max_amount, credited)"
        " VALUES ('line', 'downstream', %(id)s || '/9', %(id)s, 100, 101)"
    )
    with runtime(house) as connection, pytest.raises(psycopg.errors.CheckViolation, match="amount_fits"):
        connection.execute(insert, {"id": order.id})


@pytest.mark.parametrize("name", ["credited", "reserved", "credited_quantity", "credited_tax"])
def test_the_way_the_desk_writes_meets_the_same_wall(house: House, order: Order, name: str) -> None:
    """The upsert of the store itself, fed with what the core would never work out."""
    with unit_of_work(house.engine) as session:
        now = ceilings.read(session, order, lock=False)
    lines = ceilings.line_rows(order.id, now.lines[DOWN].values())
    own = {row["kind"]: row for row in [*lines, *ceilings.invoice_rows(order.id, now.invoices[DOWN])]}
    chosen = own["rate" if name == "credited_tax" else "line"] | {name: 10**9}
    with pytest.raises(DBAPIError, match="ck_ceiling_"), unit_of_work(house.engine) as session:
        ceilings.write(session, order.id, [chosen])


def test_parts_of_terms_come_back_from_the_rows_exactly_however_many_denominators_they_had(
    house: House, order: Order
) -> None:
    with unit_of_work(house.engine) as session:
        line = ceilings.read(session, order, lock=True).lines[DOWN][1]
        for left, of in ((116, 365), (7, 12), (8_000, 8_784), (1, 999_983)):
            line, _ = reserve(line, Portion(1, 1, part=TermPart(left, of)), "GBP")
        ceilings.write(session, order.id, ceilings.line_rows(order.id, [line]))
        assert line.share_over
        assert ceilings.read(session, order, lock=False).lines[DOWN][1] == line
        large = replace(line, share_over=7**40, share_of=7**40 + 1)
        ceilings.write(session, order.id, ceilings.line_rows(order.id, [large]))
        assert ceilings.read(session, order, lock=False).lines[DOWN][1] == large
        session.rollback()
