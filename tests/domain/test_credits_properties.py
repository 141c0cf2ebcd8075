"""Whatever is reserved, lowered, released, credited and voided, in any order: nothing goes over, all closes.

Each sequence runs on an invoice of several lines and rates with its own stated tax, per total or per line.
"""

from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from partnerflow.credits.ceilings import (
    InvoiceCeiling,
    LineCeiling,
    RateCeiling,
    Reservation,
    credit,
    release,
    reserve,
    trim,
    void,
)
from partnerflow.credits.legs import amounts_of, credit_lines, in_one, line_ceilings, reserve_legs
from partnerflow.credits.notes import Allocation
from partnerflow.credits.portions import Portion
from partnerflow.credits.settlement import Settlement, settle, settle_at_issue
from partnerflow.credits.taxes import (
    credit_invoice,
    invoice_ceiling,
    release_invoice,
    reserve_invoice,
    void_invoice,
)
from partnerflow.credits.trims import spread, trim_legs
from partnerflow.money import TermPart, tax_of
from partnerflow.orders.model import Leg, TaxTotal
from partnerflow.refusals import Refused
from tests.support.credits import a_line, amount_line, an_order, refused

RATES = st.sampled_from([0, 50_000, 70_000, 190_000, 200_000, 255_000])
LINES = st.lists(st.tuples(st.integers(1, 12), st.integers(0, 30_000), RATES), min_size=1, max_size=4)
ACTIONS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "units",
                "units",
                "part",
                "term",
                "amount",
                "fixed",
                "trim",
                "release",
                "credit",
                "credit",
                "void",
            ]
        ),
        st.integers(0, 10**6),
        st.integers(0, 10**6),
    ),
    max_size=40,
)


@dataclass
class Books:
    """The ceilings of one leg, with what is held and what is credited on them."""

    lines: dict[int, LineCeiling]
    rates: dict[int, int]
    invoice: InvoiceCeiling
    held: list[Reservation] = field(default_factory=list)
    credited: list[tuple[Reservation, tuple[TaxTotal, ...]]] = field(default_factory=list)

    def reserve(self, portion):
        line, held = reserve(self.lines[portion.line_no], portion, "GBP")
        self.invoice = reserve_invoice(self.invoice, held.net, "GBP")
        self.lines[portion.line_no] = line
        self.held.append(held)

    def trim(self, index, portion):
        before = self.held[index]
        line, after = trim(self.lines[before.line_no], before, portion, "GBP")
        assert after.net <= before.net
        assert after.quantity <= before.quantity
        self.invoice = release_invoice(self.invoice, before.net - after.net)
        self.lines[before.line_no], self.held[index] = line, after

    def release(self, index):
        held = self.held.pop(index)
        self.lines[held.line_no] = release(self.lines[held.line_no], held)
        self.invoice = release_invoice(self.invoice, held.net)

    def credit(self, index):
        held = self.held.pop(index)
        self.lines[held.line_no] = credit(self.lines[held.line_no], held)
        row = amount_line(held.net, self.rates[held.line_no], held.line_no)
        self.invoice, issued = credit_invoice(self.invoice, [row], "GBP")
        assert issued.net == held.net
        assert min(row.tax for row in issued.taxes) >= 0
        self.credited.append((held, issued.taxes))

    def void(self, index):
        held, taxes = self.credited.pop(index)
        self.lines[held.line_no] = void(self.lines[held.line_no], held)
        self.invoice = void_invoice(self.invoice, taxes)

    def check(self):
        for line in self.lines.values():
            assert (
                min(line.left_net, line.left_quantity, line.credited_net, line.reserved_net, line.share) >= 0
            )
        for rate in self.invoice.rates:
            assert 0 <= rate.credited_net <= rate.limit_net
            assert 0 <= rate.credited_tax <= rate.limit_tax
        assert self.invoice.credited_net == sum(line.credited_net for line in self.lines.values())
        assert self.invoice.reserved_net == sum(line.reserved_net for line in self.lines.values())
        assert self.invoice.credited_tax == sum(t.tax for _, taxes in self.credited for t in taxes)

    def assert_closed(self):
        assert [(line.left_net, line.reserved_net) for line in self.lines.values()] == [(0, 0)] * len(
            self.lines
        )
        assert [rate.limit_tax for rate in self.invoice.rates] == [r.credited_tax for r in self.invoice.rates]
        assert self.invoice.left_net == 0


def books(rows, *, per_line):
    rates = {no: rate for no, (_, _, rate) in enumerate(rows, start=1)}
    ceilings = []
    for rate in dict.fromkeys(rates.values()):
        nets = [net for _, net, other in rows if other == rate]
        tax = sum(tax_of(net, rate) for net in nets) if per_line else tax_of(sum(nets), rate)
        ceilings.append(RateCeiling("S", rate, sum(nets), tax))
    net, tax = sum(r.limit_net for r in ceilings), sum(r.limit_tax for r in ceilings)
    lines = {
        no: LineCeiling(Leg.DOWNSTREAM, no, units, net) for no, (units, net, _) in enumerate(rows, start=1)
    }
    return Books(lines, rates, InvoiceCeiling(Leg.DOWNSTREAM, "1", net, tax, rates=tuple(ceilings)))


def asked(what, line, x, y):
    units = 1 + x % line.limit_quantity
    if what == "units":
        return Portion(line.line_no, units)
    if what == "part":
        return Portion(line.line_no, units, percent=y)
    if what == "term":
        of = (365, 366, 12, 8_760, 743)[y % 5]
        return Portion(line.line_no, units, percent=y, part=TermPart(x % (of + 1), of, "day"))
    amount = 1 + y % (line.limit_net + 1)
    return Portion(line.line_no, units if what == "fixed" else 0, amount=amount, convert=True)


def act(state, what, x, y):
    line = state.lines[1 + x % len(state.lines)]
    if what in {"units", "part", "term", "amount", "fixed"}:
        state.reserve(asked(what, line, x, y))
    elif what == "trim" and state.held:
        held = state.held[x % len(state.held)]
        what = ["units", "part", "term", "fixed"][y % 4] if held.quantity else "amount"
        state.trim(x % len(state.held), asked(what, state.lines[held.line_no], x, y))
    elif what in {"release", "credit"} and state.held:
        getattr(state, what)(x % len(state.held))
    elif what == "void" and state.credited:
        state.void(x % len(state.credited))


def run(state, actions):
    refusals = set()
    for what, x, y in actions:
        before = (dict(state.lines), state.invoice)
        try:
            act(state, what, x, y)
        except Refused as refusal:
            refusals.add(refusal.code)
            assert (state.lines, state.invoice) == before
        state.check()
    assert refusals <= {"exceeds-creditable", "convert-required"}


@given(LINES, ACTIONS, st.booleans(), st.randoms(use_true_random=False))
def test_any_history_can_be_closed_exactly_to_zero_and_nothing_ever_goes_over(
    rows, actions, per_line, chance
):
    state = books(rows, per_line=per_line)
    run(state, actions)
    for line in list(state.lines.values()):
        if line.left_net:
            state.reserve(Portion(line.line_no, amount=line.left_net, convert=True))
    chance.shuffle(state.held)
    while state.held:
        state.credit(0)
        state.check()
    state.assert_closed()


@given(LINES, ACTIONS, st.booleans(), st.randoms(use_true_random=False))
def test_units_alone_close_the_lines_whatever_was_released_and_voided_between(
    rows, actions, per_line, chance
):
    state = books(rows, per_line=per_line)
    run(state, [action for action in actions if action[0] in {"units", "release", "credit", "void"}])
    for line in list(state.lines.values()):
        if line.left_quantity:
            state.reserve(Portion(line.line_no, line.left_quantity))
    chance.shuffle(state.held)
    while state.held:
        state.credit(0)
    state.assert_closed()


@given(st.integers(1, 40), st.integers(0, 10**9), st.randoms(use_true_random=False))
def test_parallel_reservations_of_single_units_differ_by_a_penny_at_most_and_fit_in_any_order(
    units, net, chance
):
    line, held = LineCeiling(Leg.DOWNSTREAM, 1, units, net), []
    for _ in range(units):
        line, row = reserve(line, Portion(1, 1), "GBP")
        held.append(row)
    assert {row.net for row in held} <= {net // units, -(-net // units)}
    chance.shuffle(held)
    for row in held:
        line = credit(line, row)
    assert (line.credited_net, line.left_net, line.left_quantity) == (net, 0, 0)


PRICES = st.integers(0, 10**9)
TERMS = st.none() | st.builds(TermPart, st.integers(0, 365), st.just(365), st.just("day"))
DECISIONS = st.lists(st.tuples(st.integers(1, 20), st.integers(0, 10**6), TERMS), min_size=1, max_size=3)


@given(st.integers(1, 20), PRICES, PRICES, DECISIONS, st.integers(1, 10**6))
def test_a_partial_approval_by_amount_is_exactly_that_amount_and_never_raises_a_leg(
    units, price, upstream, rows, share
):
    order = an_order(a_line(1, units, price, upstream))
    try:
        portions = [Portion(1, quantity, percent=percent, part=part) for quantity, percent, part in rows]
        lines, held = reserve_legs(order, portions, {leg: line_ceilings(order, leg) for leg in order.legs})
    except Refused:
        return
    shown = {leg: sum(row.net for row in held[leg]) for leg in held}
    if shown[Leg.DOWNSTREAM] == 0:
        return
    amount = max(1, shown[Leg.DOWNSTREAM] * share // 10**6)
    after, lowered = trim_legs(order, held, spread(amount, held[Leg.DOWNSTREAM], "GBP"), lines)
    assert sum(row.net for row in lowered[Leg.DOWNSTREAM]) == amount
    assert sum(row.net for row in lowered[Leg.UPSTREAM]) <= shown[Leg.UPSTREAM]
    for leg in after:
        assert after[leg][1].reserved_net == sum(row.net for row in lowered[leg])


@given(
    st.integers(1, 20),
    st.integers(1, 10**8),
    st.integers(1, 100),
    st.lists(st.tuples(st.booleans(), st.integers(1, 20), st.integers(1, 10**6)), max_size=12),
)
def test_what_fits_downstream_fits_upstream_and_both_legs_close_together(units, price, percent, asks):
    """Where the upstream price is a part of the resale price and both legs have the same history."""
    order = an_order(a_line(1, units, price, price * percent // 100))
    legs = {leg: line_ceilings(order, leg) for leg in order.legs}
    for by_amount, quantity, amount in asks:
        here = legs[Leg.DOWNSTREAM][1]
        if by_amount and here.left_net:
            portion = Portion(1, amount=1 + amount % here.left_net, convert=True)
        elif not by_amount and here.left_quantity and here.by_amount_net == 0:
            portion = Portion(1, 1 + quantity % here.left_quantity)
        else:
            continue
        legs, held = reserve_legs(order, [portion], legs)
        assert {row.leg for row in in_one(held)} == set(order.legs)
    if left := legs[Leg.DOWNSTREAM][1].left_net:
        legs, _ = reserve_legs(order, [Portion(1, amount=left, convert=True)], legs)
    assert [legs[leg][1].left_net for leg in order.legs] == [0, 0]


@given(st.integers(1, 10**9), st.integers(0, 10**9), *[st.none() | st.integers(0, 10**9)] * 3)
def test_an_allocation_always_adds_up_to_the_gross(gross, unpaid, refund, account, outside):
    wanted = Settlement(refund, account, outside)
    settled = settle_at_issue(gross, unpaid, wanted)
    assert total(settled.allocation) == gross
    if wanted.total in {None, gross - min(gross, unpaid)}:
        assert settle(gross, unpaid, wanted, "GBP") == settled.allocation
        assert settled.as_asked
    else:
        with refused("allocation-mismatch"):
            settle(gross, unpaid, wanted, "GBP")


def total(given_: Allocation) -> int:
    parts = (given_.unpaid_reduced, given_.refund, given_.account_credit, given_.settled_outside)
    assert min(parts) >= 0
    return sum(parts)


@given(st.lists(st.integers(1, 50), min_size=1, max_size=5))
def test_credited_legs_carry_exactly_what_was_shown(units):
    order = an_order(a_line(1, sum(units), 1_230_000, 770_000))
    legs = {leg: line_ceilings(order, leg) for leg in order.legs}
    shown = []
    for quantity in units:
        legs, held = reserve_legs(order, [Portion(1, quantity)], legs)
        shown.append(held)
    for held in reversed(shown):
        legs = {leg: credit_lines(legs[leg], held[leg]) for leg in legs}
    for leg in order.legs:
        rates = invoice_ceiling(order.invoice_of(leg)).rates
        nets = [amounts_of(order, held[leg], rates).net for held in shown]
        assert sum(nets) == legs[leg][1].credited_net == legs[leg][1].limit_net
