"""Any sequence of credits, voids and re-credits of any invoice, held against an oracle in fractions of its own.

Several lines and rates, 0 % and 33.3333 % and parts of terms (116 of 365) among them; taxed per total, per line,
or as the invoice happens to state; currencies of 0, 2 and 3 decimals. DOMAIN: Money (three ceilings, net by quantity,
tax, identity).
"""

from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from partnerflow.credits.portions import Portion
from partnerflow.credits.working_out import Credit, Sheet, credit, credit_rest, opened, void
from partnerflow.money import TermPart, tax_of
from partnerflow.orders.model import InvoiceLine, Order, TaxTotal
from partnerflow.refusals import Refused
from tests.domain.rounding_steps import with_invoice

RATES = st.sampled_from([0, 50_000, 70_000, 190_000, 200_000, 255_000, 333_333])
PERCENTS = st.sampled_from([1_000_000, 1_000_000, 500_000, 333_333, 666_667, 1, 0]) | st.integers(
    0, 1_000_000
)
PARTS = st.none() | st.sampled_from([365, 366, 12, 8_760, 8_784, 743, 30, 997]).flatmap(
    lambda of: st.builds(TermPart, st.integers(0, of), st.just(of))
)
LINES = st.lists(st.tuples(st.integers(1, 12), st.integers(0, 30_000), RATES), min_size=1, max_size=4)
STATED = st.sampled_from(["per total", "per line", "otherwise"])


@st.composite
def orders(draw: st.DrawFn) -> Order:
    lines = tuple(
        InvoiceLine(no, q, net, "S", rate) for no, (q, net, rate) in enumerate(draw(LINES), start=1)
    )
    stated, totals = draw(STATED), []
    for rate in dict.fromkeys(line.rate for line in lines):
        nets = [line.net for line in lines if line.rate == rate]
        tax = sum(tax_of(net, rate) for net in nets) if stated == "per line" else tax_of(sum(nets), rate)
        tax = draw(st.integers(0, 2 * tax + 2)) if stated == "otherwise" else tax
        totals.append(TaxTotal("S", rate, sum(nets), tax))
    gross = sum(total.net + total.tax for total in totals)
    paid = draw(st.integers(0, gross + 100))
    return with_invoice(lines, tuple(totals), paid, draw(st.sampled_from(["GBP", "JPY", "KWD"])))


PORTIONS = st.lists(
    st.tuples(st.integers(0, 3), st.booleans(), st.integers(0, 10**6), PERCENTS, st.booleans(), PARTS),
    min_size=1,
    max_size=3,
)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["credit", "credit", "credit", "void", "void", "rest"]), st.integers(0, 99), PORTIONS
    ),
    max_size=25,
)


@dataclass
class Oracle:
    """DOMAIN's sentences in fractions: what is live, by step, and nothing that is remembered beside it."""

    order: Order
    live: dict[int, tuple[list[tuple[int, int, Fraction, int]], dict[int, tuple[int, int]], int]] = field(
        default_factory=dict
    )

    def rows(self, line_no: int) -> list[tuple[int, int, Fraction, int]]:
        return [row for rows, _, _ in self.live.values() for row in rows if row[0] == line_no]

    def of_rate(self, rate: int) -> tuple[int, int]:
        live = [taxes[rate] for _, taxes, _ in self.live.values() if rate in taxes]
        return sum(net for net, _ in live), sum(tax for _, tax in live)

    def net(self, line: InvoiceLine, units: Fraction, before: list[tuple[int, int, Fraction, int]]) -> int:
        rows = [*self.rows(line.line_no), *(row for row in before if row[0] == line.line_no)]
        so_far = sum((row[2] for row in rows), Fraction(0)) + units
        return max(0, half_up(Fraction(line.net) * so_far / line.quantity) - sum(row[3] for row in rows))

    def tax(self, rate: int, net: int) -> int:
        total = next(t for t in self.order.invoices[0].tax_totals if t.rate == rate)
        so_far, taxed = self.of_rate(rate)
        if so_far + net == total.net:
            return total.tax - taxed
        by_rate = half_up(Fraction(rate, 10**6) * (so_far + net)) - taxed
        return min(max(by_rate, 0), total.tax - taxed)

    def expect(self, portions: tuple[Portion, ...]) -> list[tuple[int, int, Fraction, int]]:
        """What an accepted credit has to come to, row by row; refusals are judged by what is left instead."""
        lines = {line.line_no: line for line in self.order.invoices[0].lines}
        found: list[tuple[int, int, Fraction, int]] = []
        for p in portions:
            term = Fraction(p.part.left, p.part.of) if p.part else 1
            units = Fraction(p.quantity * p.percent, 10**6) * term
            net = self.net(lines[p.line_no], units, found) if p.amount is None else p.amount
            if units or p.amount:
                found.append((p.line_no, p.quantity, units, net))
        return found


def half_up(exact: Fraction) -> int:
    """By Decimal, so that it shares no line with the product."""
    with localcontext() as context:
        context.prec = 60
        return int(
            (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(Decimal(1), ROUND_HALF_UP)
        )


def asked(order: Order, row: tuple[int, bool, int, int, bool, TermPart | None]) -> Portion:
    at, by_amount, size, percent, convert, part = row
    line = order.invoices[0].lines[at % len(order.invoices[0].lines)]
    if by_amount:
        return Portion(line.line_no, amount=1 + size % (line.net + 1), convert=convert)
    return Portion(line.line_no, 1 + size % line.quantity, percent, part=part)


def taken(sheet: Sheet, oracle: Oracle, no: int, step: Any) -> Sheet:
    """One step on both; a refused one leaves the sheet as it was, and is refused for a reason that holds."""
    what, number, rows = step
    portions = tuple(asked(sheet.order, row) for row in rows)
    try:
        if what == "void":
            after, _ = void(sheet, number % (no + 1))
            del oracle.live[number % (no + 1)]
            return after
        after, given = credit_rest(sheet, no) if what == "rest" else credit(sheet, no, portions)
    except Refused:
        if what != "void" and fits(oracle, portions):
            raise
        return sheet
    if what == "credit":
        assert fits(oracle, portions)
        assert [(h.line_no, h.quantity, h.net) for h in given.held if h.quantity or h.net] == [
            (no, quantity, net) for no, quantity, _, net in oracle.expect(portions)
        ]
    check_tax(oracle, given)
    held = [(h.line_no, h.quantity, Fraction(h.exact_share) / 10**9, h.net) for h in given.held]
    taxes = {t.rate: (t.net, t.tax) for t in given.amounts.taxes}
    unpaid = open_remainder(sheet.order, oracle)
    assert given.allocation.unpaid_reduced == min(given.amounts.gross, unpaid)
    assert given.allocation.account_credit == given.amounts.gross - given.allocation.unpaid_reduced
    oracle.live[no] = (held, taxes, given.allocation.unpaid_reduced)
    return after


def fits(oracle: Oracle, portions: tuple[Portion, ...]) -> bool:
    """Units, amounts and conversions of every row, each after those before it."""
    found: list[tuple[int, int, Fraction, int]] = []
    for i, p in enumerate(portions):
        line = next(each for each in oracle.order.invoices[0].lines if each.line_no == p.line_no)
        rows = [*oracle.rows(p.line_no), *(row for row in found if row[0] == p.line_no)]
        found = oracle.expect(portions[: i + 1])
        if p.nothing:
            continue
        by_quantity = any(quantity for _, quantity, _, _ in rows)
        if p.amount is not None and (
            p.amount > line.net - sum(r[3] for r in rows) or (by_quantity and not p.convert)
        ):
            return False
        if p.quantity > line.quantity - sum(row[1] for row in rows):
            return False
    return True


def check_tax(oracle: Oracle, given: Credit) -> None:
    for row in given.amounts.taxes:
        assert row.tax == oracle.tax(row.rate, row.net)
        assert row.tax >= 0
    assert given.amounts.net == sum(row.net for row in given.amounts.lines)


def open_remainder(order: Order, oracle: Oracle) -> int:
    paid = sum(payment.amount for payment in order.payments)
    return max(0, order.invoices[0].gross - paid - sum(reduced for _, _, reduced in oracle.live.values()))


def check(sheet: Sheet, oracle: Oracle) -> None:
    for no, line in sheet.lines.items():
        rows = oracle.rows(no)
        assert line.credited_net == sum(row[3] for row in rows) <= line.limit_net
        assert Fraction(line.exact_share) / 10**9 == sum(row[2] for row in rows)
        assert line.credited_quantity == sum(row[1] for row in rows) <= line.limit_quantity
        assert line.reserved_net == line.reserved_quantity == 0
    for rate in sheet.ceiling.rates:
        assert (rate.credited_net, rate.credited_tax) == oracle.of_rate(rate.rate)
        assert rate.credited_net <= rate.limit_net
        assert 0 <= rate.credited_tax <= rate.limit_tax
    assert sheet.unpaid == open_remainder(sheet.order, oracle)
    assert 0 <= sheet.payment.returned <= sheet.payment.paid
    assert sheet.live.keys() == oracle.live.keys()


@given(orders(), STEPS)
def test_any_sequence_closes_exactly_and_every_step_is_what_the_rules_say(order: Order, steps: Any) -> None:
    sheet, oracle = opened(order), Oracle(order)
    for no, step in enumerate(steps, start=1):
        sheet = taken(sheet, oracle, no, step)
        check(sheet, oracle)
    sheet = taken(sheet, oracle, 100, ("rest", 0, []))
    check(sheet, oracle)
    assert (sheet.left_net, sheet.left_tax, sheet.unpaid) == (0, 0, 0)
    assert all(line.left_net == line.left_quantity == 0 for line in sheet.lines.values())


@given(orders(), STEPS)
def test_voiding_everything_that_is_live_gives_the_untouched_invoice_back(order: Order, steps: Any) -> None:
    sheet, oracle = opened(order), Oracle(order)
    for no, step in enumerate(steps, start=1):
        sheet = taken(sheet, oracle, no, step)
    for no in list(sheet.live):
        sheet, _ = void(sheet, no)
    assert sheet == opened(order)


@given(orders(), st.data())
def test_whole_units_come_to_the_same_sums_in_whatever_order_they_are_credited(
    order: Order, data: Any
) -> None:
    """Line by line and rate by rate: the same units give the same net, and all of them what is stated."""
    units = [line.line_no for line in order.invoices[0].lines for _ in range(line.quantity)]
    some = data.draw(st.integers(1, len(units)))
    chosen = data.draw(st.permutations(units))[:some]
    sums = []
    for sequence in (chosen, data.draw(st.permutations(chosen))):
        sheet = opened(order)
        for no, line_no in enumerate(sequence, start=1):
            sheet, _ = credit(sheet, no, [Portion(line_no, 1)])
        sums.append([line.credited_net for line in sheet.lines.values()])
    assert sums[0] == sums[1]
    if some == len(units):
        assert (sheet.left_net, sheet.left_tax) == (0, 0)
        assert sums[0] == [line.net for line in order.invoices[0].lines]


@given(orders(), st.lists(st.tuples(st.integers(0, 3), st.integers(1, 10**6)), max_size=12))
def test_the_units_close_the_invoice_whatever_amounts_were_given_before(order: Order, amounts: Any) -> None:
    sheet, lines = opened(order), order.invoices[0].lines
    for no, (at, size) in enumerate(amounts, start=1):
        line = sheet.lines[lines[at % len(lines)].line_no]
        if line.left_net:
            sheet, _ = credit(sheet, no, [Portion(line.line_no, amount=1 + size % line.left_net)])
    for no, line_no in enumerate((line.line_no for line in lines for _ in range(line.quantity)), start=100):
        sheet, _ = credit(sheet, no, [Portion(line_no, 1)])
    assert (sheet.left_net, sheet.left_tax) == (0, 0)
