"""docs/rounding.md: every table on the page is worked out again here."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from partnerflow.credits.amounts import WantedLine, rebill
from partnerflow.credits.ceilings import LineCeiling, credit, release, reserve
from partnerflow.credits.fees import Fee, take_off
from partnerflow.credits.legs import amounts_of, credit_lines, line_ceilings, reserve_legs
from partnerflow.credits.passing import FaultShare, Passing, bear_own_fault
from partnerflow.credits.portions import Portion
from partnerflow.credits.settlement import Settlement, settle, settle_at_issue
from partnerflow.credits.taxes import credit_invoice, invoice_ceiling, reserve_invoice, void_invoice
from partnerflow.credits.trims import spread
from partnerflow.money import divide_half_up, format_minor, format_percent
from partnerflow.orders.model import Leg
from partnerflow.policy.proration import Proration, Term, left
from partnerflow.policy.terms import PassThrough, ProrationUnit
from partnerflow.refusals import Refused
from tests.domain.rounding_steps import STEPS
from tests.support.credits import a_line, amount_line, an_invoice, an_order

PAGE = Path(__file__).parents[2] / "docs" / "rounding.md"
WANTED = (WantedLine("LIC-STD", "", 46, 31_200_000, 27_450_000, "S", 200_000),)


def tables():
    """The page's tables by heading: rows of cells, without the header."""
    found, heading = {}, ""
    for text in PAGE.read_text(encoding="utf-8").splitlines():
        if text.startswith("#"):
            heading = text.lstrip("# ")
        elif text.startswith("|"):
            found.setdefault(heading, []).append([cell.strip() for cell in text.strip("|").split("|")])
    return {heading: rows[2:] for heading, rows in found.items()}


def minor(text):
    return int(Decimal(text) * 100)


def shown(*amounts):
    return [format_minor(amount, "GBP") for amount in amounts]


def issue(ceiling, net):
    return credit_invoice(reserve_invoice(ceiling, net, "GBP"), [amount_line(net)], "GBP")


def half_up(rows):
    return [[exact, *shown(divide_half_up(int(Decimal(exact) * 1_000), 10))] for exact, _ in rows]


def net_by_quantity(_rows):
    line, invoice, rows = LineCeiling(Leg.DOWNSTREAM, 1, 3, 10_000), one_line(100_000_000), []
    for unit in (1, 2, 3):
        line, held = reserve(line, Portion(1, 1), "GBP")
        line = credit(line, held)
        invoice, amounts = issue(invoice, held.net)
        figures = shown(line.credited_net, amounts.net, amounts.tax, amounts.gross)
        rows.append([str(unit), str(line.credited_quantity), *figures])
    return rows


def one_line(price):
    return invoice_ceiling(an_invoice([a_line(1, 1, price)]))


def parallel(rows):
    line, held, credited = LineCeiling(Leg.DOWNSTREAM, 1, 6, 10_000), {}, {}
    for case, *_ in rows:
        line, held[case] = reserve(line, Portion(1, 1), "GBP")
    for case, _, number, _ in sorted(rows, key=lambda row: row[2]):
        line = credit(line, held[case])
        credited[case] = [*shown(held[case].net), number, *shown(line.credited_net)]
    return [[case, *credited[case]] for case, *_ in rows]


def released(rows):
    line, held, out = LineCeiling(Leg.DOWNSTREAM, 1, 3, 10_000), {}, []
    for step, case, *_ in rows:
        if step == "reserve":
            line, held[case] = reserve(line, Portion(1, 1), "GBP")
        else:
            line = release(line, held[case])
        out.append([step, case, *shown(held[case].net, line.left_net)])
    return out


def tax_at_issue(rows):
    nets = [minor(row[1]) for row in rows]
    lines = [a_line(no, 1, net * 10_000) for no, net in enumerate(nets, start=1)]
    per_total, per_line = (
        invoice_ceiling(an_invoice(lines)),
        invoice_ceiling(an_invoice(lines, per_line=True)),
    )
    columns = [taxes(per_total, nets), taxes(per_total, nets[::-1])[::-1], taxes(per_line, nets)]
    assert [sum(column) for column in columns] == [5_583, 5_583, 5_584]
    return [[str(no), *shown(*row)] for no, row in enumerate(zip(nets, *columns, strict=True), start=1)]


def taxes(ceiling, nets):
    found = []
    for net in nets:
        ceiling, amounts = issue(ceiling, net)
        found.append(amounts.tax)
    return found


def never_negative(rows):
    ceiling, issued, out = one_line(10_000_000), {}, []
    for step, net, *_ in rows:
        what, number = step.split()
        if what == "credit":
            ceiling, issued[number] = issue(ceiling, minor(net))
        else:
            ceiling = void_invoice(ceiling, issued[number].taxes)
        out.append([step, *shown(issued[number].net, issued[number].tax, ceiling.credited_tax)])
    return out


def two_legs(rows):
    order = an_order(a_line(1, 6, 10_000, 5_000))
    legs, out = {leg: line_ceilings(order, leg) for leg in order.legs}, []
    for number, amount, *_ in rows:
        legs, held = reserve_legs(order, [Portion(1, amount=minor(amount))], legs)
        nets = (held[Leg.DOWNSTREAM][0].net, held[Leg.UPSTREAM][0].net, legs[Leg.UPSTREAM][1].reserved_net)
        out.append([number, *shown(*nets)])
    return out


def the_wrong_licence():
    order = an_order()
    asked = [Portion(1, 46), Portion(1, 4, percent=500_000)]
    return order, reserve_legs(order, asked, {leg: line_ceilings(order, leg) for leg in order.legs})[1]


def wrong_licence(_rows):
    (order, held), out = the_wrong_licence(), []
    for leg in order.legs:
        rates = invoice_ceiling(order.invoice_of(leg)).rates
        for what, a in (
            ("credit", amounts_of(order, held[leg], rates)),
            ("rebill", rebill(WANTED, leg, "GBP")),
        ):
            out.append([leg.value, what, *shown(a.net, a.tax, a.gross)])
    return out


RULES = {
    "same_percentage": Passing(),
    "full": Passing(PassThrough.FULL),
    "capped at 80 %": Passing(PassThrough.CAPPED, 800_000),
    "fault 50 / 20 / 30": Passing(fault=FaultShare(500_000, 200_000, 300_000)),
}


def what_the_vendor_bears(rows):
    order, out = an_order(), []
    for name, *_ in rows:
        rule = RULES[name]
        due = [Portion(1, 46, entitled=1_000_000), Portion(1, 4, percent=500_000, entitled=0)]
        asked = [bear_own_fault(p, rule.fault) for p in due] if rule.fault else due
        legs = {leg: line_ceilings(order, leg) for leg in order.legs}
        held = reserve_legs(order, asked, legs, rule)[1]
        down, up = held[Leg.DOWNSTREAM], held[Leg.UPSTREAM]
        percents = [f"{format_percent(row.percent)} %" for pair in zip(down, up, strict=True) for row in pair]
        nets = shown(sum(row.net for row in down), sum(row.net for row in up))
        out.append([name, *percents, *nets])
    return out


def a_fee(rows):
    order, out = an_order(), []
    lines = {Leg.DOWNSTREAM: line_ceilings(order, Leg.DOWNSTREAM)}
    invoice = invoice_ceiling(order.invoice_of(Leg.DOWNSTREAM))
    for (step, *_), quantity, fees in zip(rows, (10, 40), ([Fee(1, 2_500)], []), strict=True):
        lines, held = reserve_legs(order, [Portion(1, quantity)], lines)
        taken = take_off(held[Leg.DOWNSTREAM], fees, "GBP")
        lines = {Leg.DOWNSTREAM: credit_lines(lines[Leg.DOWNSTREAM], taken)}
        a = amounts_of(order, taken, invoice.rates)
        invoice, _ = credit_invoice(reserve_invoice(invoice, a.net, "GBP"), a.lines, "GBP")
        left = lines[Leg.DOWNSTREAM][1].left_net
        out.append([step, *shown(a.net, a.tax, a.gross, a.fees, left)])
    return out


def in_part(_rows):
    held = the_wrong_licence()[1][Leg.DOWNSTREAM]
    whole, penny = (spread(amount, held, "GBP") for amount in (100_000, 1))
    return [shown(h.net, a.amount, b.amount) for h, a, b in zip(held, whole, penny, strict=True)]


def where_the_gross_goes(rows):
    out = []
    for gross, unpaid, refund, *_ in rows:
        asked = Settlement(refund=None if refund == "none" else minor(refund))
        given = settle_at_issue(minor(gross), minor(unpaid), asked).allocation
        figures = shown(given.unpaid_reduced, given.refund, given.account_credit)
        out.append([gross, unpaid, refund, *figures, refused_before_issue(gross, unpaid, asked)])
    return out


def refused_before_issue(gross, unpaid, asked):
    try:
        settle(minor(gross), minor(unpaid), asked, "GBP")
    except Refused:
        return "yes"
    return "no"


def how_a_term_is_counted(rows):
    start, out = datetime(2027, 1, 4, 9, 30, tzinfo=UTC), []
    for day, words, *_ in rows:
        unit, charged, *nominal = words.split(", ")
        rule = Proration(ProrationUnit(unit), charged == "charged", nominal=bool(nominal))
        at = datetime.strptime(day, "%d %B %Y").replace(hour=12, tzinfo=UTC)
        part = left(rule, Term(start, 12, "Europe/London"), start, at).part
        line = LineCeiling(Leg.DOWNSTREAM, 1, 1, 100_000)
        net = reserve(line, Portion(1, 1, part=part), "GBP")[1].net
        out.append([day, words, f"{part.left} of {part.of} {part.unit}s", *shown(net)])
    return out


WORKED = {
    "Half up": half_up,
    "Net by quantity": net_by_quantity,
    "How a term is counted": how_a_term_is_counted,
    "The net is fixed when it is reserved": parallel,
    "A released penny comes back": released,
    "Tax is worked out at issue": tax_at_issue,
    "Tax is never negative": never_negative,
    "Two legs": two_legs,
    "What the vendor bears": what_the_vendor_bears,
    "A restocking fee": a_fee,
    "The wrong licence": wrong_licence,
    "An amount approved in part": in_part,
    "Where the gross goes": where_the_gross_goes,
} | STEPS


@pytest.mark.parametrize("heading", WORKED)
def test_the_table_is_what_the_code_works_out(heading):
    rows = tables()[heading]
    assert WORKED[heading](rows) == rows


def test_every_table_on_the_page_is_worked_out():
    assert sorted(tables()) == sorted(WORKED)
