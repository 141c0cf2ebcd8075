"""What an appeal is about: all that was asked after a decline, and what a partial approval left out; held anew, up to
what is left. DOMAIN: Endings, Money (three ceilings).

What was credited and what is appealed together never come to more than was asked, nor to more than the ceilings have.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from partnerflow.cases import gifts
from partnerflow.cases.model import Case, CaseOutcome
from partnerflow.cases.proposals import Invoices
from partnerflow.cases.view import View
from partnerflow.credits.ceilings import LineCeiling, Reservation, net_by_quantity
from partnerflow.credits.legs import Held, Legs, reserve_row
from partnerflow.credits.passing import passing
from partnerflow.credits.portions import Portion
from partnerflow.credits.taxes import reserve_invoice
from partnerflow.orders.model import Leg
from partnerflow.refusals import Refused

Kept = tuple[tuple[Portion, ...], Legs, Invoices, Held]


def left_out(case: Case) -> tuple[Portion, ...]:
    """The rows that were not granted: units as they were asked, and beside them the amount by which the granted units
    fell short. That amount converts, which its deciders confirm."""
    if case.outcome is CaseOutcome.DECLINED:
        return case.asked
    return tuple(row for no in dict.fromkeys(p.line_no for p in case.asked) for row in _short(case, no))


def shortfall(case: Case) -> int:
    """How much less than asked was granted, net minor units on the main leg."""
    granted = 0 if case.outcome is CaseOutcome.DECLINED else _granted_net(case)
    return max(0, case.requested[0].credit.net - granted)


def hold(case: Case, view: View) -> Kept:
    """Reserve what was left out on every leg: (the rows that fit, lines, invoices, held). Refuses
    ``exceeds-creditable`` when nothing of it is left."""
    gift = gifts.given(case.type, view)
    lines = gifts.bottomless(view.lines, {}) if gift else view.lines
    main, after = case.main_leg, {leg: dict(own) for leg, own in lines.items()}
    budget = shortfall(case)
    if main in view.invoices and not gift:
        budget = min(budget, view.invoices[main].left_net)
    rows: list[tuple[Portion, dict[Leg, Reservation]]] = []
    for asked in left_out(case):
        for part in _fitting(asked, after, main, budget):
            row = _reserve(part, after, main, budget, view)
            budget -= row[main].net
            rows.append((part, row))
    if not rows:
        raise Refused("exceeds-creditable", "Nothing of it is left to credit.", remaining={"quantity": 0})
    held = {leg: tuple(row[leg] for _, row in rows) for leg in after}
    fitting = tuple(portion for portion, _ in rows)
    if gift:
        return fitting, view.lines, dict(view.invoices), gifts.marked(held)
    return fitting, after, _reserved(held, view), held


def _reserve(asked: Portion, legs: Legs, main: Leg, budget: int, view: View) -> dict[Leg, Reservation]:
    """On every leg at once, without the penny by which a rounding would pass what is left."""
    most = {leg: lines[asked.line_no].left_net for leg, lines in legs.items()}
    most[main] = min(most[main], budget)
    return reserve_row(view.order, asked, legs, passing(view.policy), most)


def _fitting(asked: Portion, legs: Legs, main: Leg, budget: int) -> Iterator[Portion]:
    """The row up to what its line still has: whole units first, and what then remains as an amount."""
    line = legs[main][asked.line_no]
    left = min(line.left_net, budget)
    if asked.nothing or left <= 0:
        return
    if not asked.by_amount:
        quantity = min(asked.quantity, *(lines[asked.line_no].left_quantity for lines in legs.values()))
        whole = _whole_units(replace(asked, quantity=quantity), line, left)
        if whole:
            yield replace(asked, quantity=whole)
            return
    amount = min(_worth(asked, line) if asked.amount is None else asked.amount, left)
    if amount:
        yield replace(asked, quantity=0, amount=amount, convert=asked.convert or line.by_quantity)


def _whole_units(asked: Portion, line: LineCeiling, left: int) -> int:
    """How many of the units fit into ``left``; a penny of rounding is cut off when they are reserved."""
    worth = net_by_quantity(line, asked)
    return asked.quantity if worth <= left + 1 else asked.quantity * left // worth


def _worth(asked: Portion, line: LineCeiling) -> int:
    return int(line.limit_net * asked.quantity * asked.of_price // line.limit_quantity)


def _reserved(held: Held, view: View) -> Invoices:
    reserved = dict(view.invoices)
    for leg, rows in held.items():
        if leg in reserved:
            net = sum(row.net for row in rows)
            reserved[leg] = reserve_invoice(reserved[leg], net, view.order.currency_of(leg))
    return reserved


def _short(case: Case, line_no: int) -> Iterator[Portion]:
    """Of one line: the units not granted, those of the same kind counted off first, then the amount still missing."""
    asked = [p for p in case.asked if p.line_no == line_no and not p.nothing]
    units = [p for p in asked if not p.by_amount]
    given = _counted_off(units, case)
    missing = 0
    for row, kept in zip(units, given, strict=True):
        if row.quantity > kept:
            missing += _net_of(case, row) * (row.quantity - kept) // row.quantity
            yield replace(row, quantity=row.quantity - kept)
    fell_short = _asked_net(case, line_no) - _granted_net(case, line_no) - missing
    converts = any(given) or len(units) < len(asked)
    if converts and fell_short > 0:
        beyond = any(row.exception for row in asked)
        yield Portion(line_no, amount=fell_short, convert=True, exception=beyond, clause=asked[0].clause)


def _counted_off(asked: Sequence[Portion], case: Case) -> list[int]:
    """How many units of each row asked were granted."""
    kept = [0] * len(asked)
    line_no = asked[0].line_no if asked else 0
    given = [p for p in _granted(case) if p.line_no == line_no]
    free = [p.quantity for p in given]
    for alike in (True, False):
        for place, row in enumerate(asked):
            for n, found in enumerate(given):
                if alike and (found.of_price, found.exception) != (row.of_price, row.exception):
                    continue
                more = min(free[n], row.quantity - kept[place])
                kept[place] += more
                free[n] -= more
    return kept


def _granted(case: Case) -> tuple[Portion, ...]:
    last = next((r for r in reversed(case.rounds) if r.state == "granted"), None)
    return tuple(p for p in last.granted if not p.nothing) if last else ()


def _net_of(case: Case, row: Portion) -> int:
    """What the row came to when it was asked."""
    asked = (portion for portion in case.asked if not portion.nothing)
    rows = zip(asked, case.requested[0].credit.lines, strict=True)
    return next((line.net for portion, line in rows if portion is row), 0)


def _asked_net(case: Case, line_no: int) -> int:
    return sum(line.net for line in case.requested[0].credit.lines if line.line_no == line_no)


def _granted_net(case: Case, line_no: int | None = None) -> int:
    """With the restocking fees: they are off the line for good, so no appeal finds them there."""
    shown = case.proposal.legs[0].credit.lines if case.proposal else ()
    return sum(line.net + line.fee for line in shown if line_no in (None, line.line_no))
