"""Which earlier lines a correction is about: never more than was sold, newest first, whole rows only."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from partnerflow.credits.ceilings import PaymentCeiling
from partnerflow.credits.legs import line_ceilings
from partnerflow.credits.taxes import invoice_ceiling
from partnerflow.imports.matching import Book, Books, match
from partnerflow.imports.model import Correction, Listed, Returned, Source
from partnerflow.orders.model import Leg, Order
from tests.support.credits import a_line, an_invoice, an_order

FIRST = datetime(2010, 12, 1, 9, tzinfo=UTC)
LATER = FIRST + timedelta(days=40)
SKUS = ("A", "B")


def an_earlier_order(no: int, *lines: tuple[str, int, int], paid: int = 0) -> Order:
    """Lines as (SKU, quantity, price in pence)."""
    rows = tuple(
        replace(a_line(n, quantity, pence * 10_000, None, rate=0), sku=sku)
        for n, (sku, quantity, pence) in enumerate(lines, start=1)
    )
    order = an_order(*rows)
    invoice = replace(an_invoice(rows), number=f"{no}")
    return replace(
        order,
        id=f"o-{no}",
        number=f"{no}",
        vendor=None,
        placed_at=FIRST + timedelta(days=no),
        invoices=(invoice,),
    )


def a_book(order: Order, paid: int = 0) -> Book:
    invoice = order.invoices[0]
    return Book(
        order,
        line_ceilings(order, Leg.DOWNSTREAM),
        invoice_ceiling(invoice),
        PaymentCeiling(Leg.DOWNSTREAM, invoice.number, paid),
    )


def books_of(*orders: Order, paid: int = 0) -> Books:
    return {order.id: a_book(order, paid) for order in orders}


def returned(*rows: tuple[str, int, int | None], at: datetime = LATER) -> Correction:
    found = tuple(
        Returned(Source(no, {}), sku, quantity, None if pence is None else pence * 10_000)
        for no, (sku, quantity, pence) in enumerate(rows, start=1)
    )
    return Correction("C1", "meridian", "harbour", at, found)


def codes(listed: tuple[Listed, ...]) -> list[str]:
    return [row.code for row in listed]


def test_the_newest_line_gives_first_and_the_rest_comes_from_the_one_before() -> None:
    books = books_of(an_earlier_order(1, ("A", 10, 250)), an_earlier_order(2, ("A", 4, 250)))

    matched, listed = match(returned(("A", 6, 250)), books)

    assert listed == ()
    assert [(m.order_id, m.amounts.net) for m in matched] == [("o-2", 1_000), ("o-1", 500)]
    assert books["o-2"].lines[1].left_quantity == 0
    assert books["o-1"].lines[1].left_quantity == 8


def test_a_row_that_does_not_fit_whole_takes_nothing() -> None:
    books = books_of(an_earlier_order(1, ("A", 3, 250)))
    before = dict(books)

    matched, listed = match(returned(("A", 4, 250)), books)

    assert (matched, codes(listed)) == ((), ["more-than-bought"])
    assert books == before


def test_a_line_sold_after_the_correction_is_none_of_its_business() -> None:
    books = books_of(an_earlier_order(3, ("A", 3, 250)))

    _, listed = match(returned(("A", 1, 250), at=FIRST), books)

    assert codes(listed) == ["no-earlier-line"]


def test_another_resellers_line_is_never_touched() -> None:
    other = replace(an_earlier_order(1, ("A", 3, 250)), reseller="quayside")

    _, listed = match(returned(("A", 1, 250)), books_of(other))

    assert codes(listed) == ["no-earlier-line"]


def test_a_higher_price_than_it_was_sold_at_fits_no_line() -> None:
    _, listed = match(returned(("A", 1, 251)), books_of(an_earlier_order(1, ("A", 3, 250))))

    assert codes(listed) == ["price-above-original"]


def test_a_lower_price_is_what_the_other_system_gave_back() -> None:
    books = books_of(an_earlier_order(1, ("A", 3, 250)))

    matched, _ = match(returned(("A", 2, 100)), books)

    assert matched[0].amounts.net == 200
    assert books["o-1"].lines[1].left_quantity == 1
    assert books["o-1"].invoice.credited_net == 200


def test_units_given_back_for_nothing_correct_no_money() -> None:
    _, listed = match(returned(("A", 1, 0)), books_of(an_earlier_order(1, ("A", 3, 250))))

    assert codes(listed) == ["zero-price"]


def test_a_free_line_can_be_taken_back() -> None:
    books = books_of(an_earlier_order(1, ("A", 3, 0)))

    matched, listed = match(returned(("A", 2, 0)), books)

    assert (matched[0].amounts.net, listed) == (0, ())
    assert books["o-1"].lines[1].left_quantity == 1


def test_what_was_paid_already_was_settled_where_it_was_corrected() -> None:
    books = books_of(an_earlier_order(1, ("A", 4, 250)), paid=900)

    matched, _ = match(returned(("A", 2, 250)), books)

    given_back = matched[0].allocation
    assert (given_back.unpaid_reduced, given_back.settled_outside) == (100, 400)
    assert books["o-1"].payment.returned == 400


ORDERS = st.lists(
    st.lists(
        st.tuples(st.sampled_from(SKUS), st.integers(1, 30), st.integers(0, 999)), min_size=1, max_size=4
    ),
    min_size=1,
    max_size=5,
)
ROWS = st.lists(
    st.tuples(st.sampled_from(SKUS), st.integers(1, 40), st.none() | st.integers(0, 999)),
    min_size=1,
    max_size=4,
)


@settings(max_examples=200, deadline=None)
@given(orders=ORDERS, corrections=st.lists(ROWS, min_size=1, max_size=6))
def test_no_feed_over_credits_and_every_unit_is_accounted_for(
    orders: list[list[tuple[str, int, int]]], corrections: list[list[tuple[str, int, int | None]]]
) -> None:
    sold = [an_earlier_order(no, *lines) for no, lines in enumerate(orders, start=1)]
    books = books_of(*sold)
    credited = units = 0

    for rows in corrections:
        matched, listed = match(returned(*rows), books)
        out = {row.no for row in listed}
        booked = sum(quantity for no, (_, quantity, _) in enumerate(rows, start=1) if no not in out)
        assert booked == sum(portion.quantity for each in matched for portion in each.portions)
        units += booked
        credited += sum(each.amounts.gross for each in matched)

    lines = [line for book in books.values() for line in book.lines.values()]
    assert all(line.credited_quantity <= line.limit_quantity for line in lines)
    assert all(line.credited_net <= line.limit_net for line in lines)
    assert all((line.reserved_quantity, line.reserved_net) == (0, 0) for line in lines)
    assert sum(line.credited_quantity for line in lines) == units
    assert sum(line.credited_net for line in lines) == credited
    for book in books.values():
        assert book.invoice.credited_net == sum(line.credited_net for line in book.lines.values())
        assert book.invoice.credited_net <= book.invoice.limit_net
