"""Both legs of a case in step: portions of the main leg, what follows from them on the other, and their
amounts.

Reservations run parallel: row i of every leg stems from portion i. DOMAIN: Legs, Approvals.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from partnerflow.credits import ceilings as line
from partnerflow.credits.amounts import LegAmounts, LineAmount, WantedLine, line_amounts, rebill
from partnerflow.credits.ceilings import LineCeiling, RateCeiling, Reservation
from partnerflow.credits.passing import SAME_PERCENTAGE, Passing
from partnerflow.credits.portions import Portion, check_asked
from partnerflow.credits.taxes import expected
from partnerflow.money import divide_half_up
from partnerflow.orders.model import Leg, Order
from partnerflow.refusals import Refused

__all__ = [
    "SAME_PERCENTAGE",
    "LegAmounts",
    "LineAmount",
    "WantedLine",
    "amounts_of",
    "by_leg",
    "credit_lines",
    "in_one",
    "line_ceilings",
    "other_leg",
    "rebill",
    "release_lines",
    "reserve_legs",
    "reserve_row",
    "void_lines",
    "work_out",
]

Lines = dict[int, LineCeiling]
"""The line ceilings of one leg by line number."""
Legs = dict[Leg, Lines]
Held = dict[Leg, tuple[Reservation, ...]]


def line_ceilings(order: Order, leg: Leg) -> Lines:
    """Untouched ceilings of a leg: what its invoices state, and the order's price for units not invoiced yet.

    A line without a price on the leg is absent. DOMAIN: Issuer (line ceilings exist from the order's entry),
    Orders (what the invoice states wins).
    """
    found: Lines = {}
    for row in order.lines:
        later = order.uninvoiced(leg, row.line_no)
        rest = row.net(leg, order.currency_of(leg), later) if later else 0
        if rest is not None:
            stated = sum(
                s.net for i in order.invoices if i.leg is leg for s in i.lines if s.line_no == row.line_no
            )
            quantity = order.invoiced(leg, row.line_no) + later
            found[row.line_no] = LineCeiling(leg, row.line_no, quantity, stated + rest)
    return found


def other_leg(
    order: Order,
    portion: Portion,
    rule: Passing = SAME_PERCENTAGE,
    here: LineCeiling | None = None,
    there: LineCeiling | None = None,
) -> Portion:
    """What a portion of the main leg is on the upstream leg: units at the percent of the rule, amounts in
    proportion, up to what the rule gives.

    ``here`` and ``there`` are the line's ceilings before this portion; with them amounts go by cumulative
    difference, so that many small ones add up to the whole. Refuses ``unknown-line``.
    """
    if portion.amount is None:
        return rule.units(portion)
    here = here or _at(line_ceilings(order, order.main_leg), portion.line_no)
    there = there or _at(line_ceilings(order, Leg.UPSTREAM), portion.line_no)
    if here.limit_net == 0:
        return replace(portion, amount=0)
    # A portion of units is in proportion by itself; amounts alone follow the line's amounts so far.
    alone = bool(portion.quantity) or not rule.plain
    before, followed = (0, 0) if alone else (here.by_amount_net, there.by_amount_net)
    amount = divide_half_up(there.limit_net * (before + portion.amount), here.limit_net) - followed
    if rule.plain:
        return replace(portion, amount=_fitting(here, there, portion, max(0, amount)))
    return replace(portion, amount=min(rule.amount(portion, amount, there), there.left_net))


def _fitting(here: LineCeiling, there: LineCeiling, portion: Portion, amount: int) -> int:
    """The amount upstream without the pennies by which two roundings miss the line: not past what is left,
    and exactly what is left when an amount closes the main leg's line."""
    most = there.left_net
    if portion.quantity:
        most = min(most, -(-there.limit_net * portion.quantity // there.limit_quantity))
    pennies = 1 + there.limit_net // here.limit_net
    closes = portion.by_amount and portion.amount == here.left_net
    if amount > most or closes:
        return most if abs(amount - most) <= pennies else amount
    return amount


def reserve_legs(
    order: Order, portions: Sequence[Portion], legs: Mapping[Leg, Lines], rule: Passing = SAME_PERCENTAGE
) -> tuple[Legs, Held]:
    """Hold every portion on every leg of ``legs`` (the main leg among them); refuses as ``ceilings.reserve``
    does."""
    check_asked(portions)
    after: Legs = {leg: dict(lines) for leg, lines in legs.items()}
    held: dict[Leg, list[Reservation]] = {leg: [] for leg in legs}
    for portion in portions:
        for leg, row in reserve_row(order, portion, after, rule).items():
            held[leg].append(row)
    return after, {leg: tuple(rows) for leg, rows in held.items()}


def reserve_row(
    order: Order, portion: Portion, legs: Legs, rule: Passing, at_most: Mapping[Leg, int] | None = None
) -> dict[Leg, Reservation]:
    """One portion on every leg, putting the new ceilings into ``legs``. ``at_most``: the net already shown
    per leg."""
    main, row = order.main_leg, {}
    here = _at(legs[main], portion.line_no)
    for leg, lines in legs.items():
        ceiling, asked, most = _at(lines, portion.line_no), portion, at_most[leg] if at_most else None
        if leg is not main:
            asked = other_leg(order, portion, rule, here, ceiling)
            if asked.amount is not None and most is not None:
                asked = replace(asked, amount=min(asked.amount, most))
        lines[portion.line_no], row[leg] = line.reserve(ceiling, asked, order.currency_of(leg), most)
    return row


def by_leg(held: Iterable[Reservation]) -> Held:
    """A case's reservations, kept in one tuple, leg by leg; the order within a leg stays."""
    legs: dict[Leg, list[Reservation]] = {}
    for row in held:
        legs.setdefault(row.leg, []).append(row)
    return {leg: tuple(rows) for leg, rows in legs.items()}


def in_one(held: Mapping[Leg, Iterable[Reservation]]) -> tuple[Reservation, ...]:
    """The opposite of ``by_leg``."""
    return tuple(row for rows in held.values() for row in rows)


def release_lines(lines: Mapping[int, LineCeiling], held: Iterable[Reservation]) -> Lines:
    """One leg's ceilings with these reservations given back."""
    after = dict(lines)
    for row in held:
        after[row.line_no] = line.release(after[row.line_no], row)
    return after


def credit_lines(lines: Mapping[int, LineCeiling], held: Iterable[Reservation]) -> Lines:
    """One leg's ceilings with these reservations credited."""
    after = dict(lines)
    for row in held:
        after[row.line_no] = line.credit(after[row.line_no], row)
    return after


def void_lines(lines: Mapping[int, LineCeiling], credited: Iterable[Reservation]) -> Lines:
    """One leg's ceilings with these credits reopened."""
    after = dict(lines)
    for row in credited:
        after[row.line_no] = line.void(after[row.line_no], row)
    return after


def work_out(
    order: Order,
    leg: Leg,
    portions: Sequence[Portion],
    lines: Mapping[int, LineCeiling],
    rates: Sequence[RateCeiling],
) -> LegAmounts:
    """What portions of this leg would come to now; reserves nothing (preview). Refuses as
    ``ceilings.reserve`` does."""
    after, held = dict(lines), []
    for portion in portions:
        ceiling = _at(after, portion.line_no)
        if ceiling.leg is not leg:
            raise ValueError(f"ceilings of {ceiling.leg} given for {leg}")
        after[portion.line_no], row = line.reserve(ceiling, portion, order.currency_of(leg))
        held.append(row)
    return amounts_of(order, held, rates)


def amounts_of(order: Order, held: Iterable[Reservation], rates: Sequence[RateCeiling]) -> LegAmounts:
    """What reservations of one leg would come to if they were credited now (shown to those who decide)."""
    rows = tuple(held)
    return expected(() if any(row.outside for row in rows) else rates, line_amounts(order, rows))


def _at(lines: Mapping[int, LineCeiling], line_no: int) -> LineCeiling:
    if line_no not in lines:
        raise Refused("unknown-line", f"Line {line_no} has nothing to credit on this leg.", line_no=line_no)
    return lines[line_no]
