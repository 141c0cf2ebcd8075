"""What a proposal or a decision makes of the reservations of a case, on all its legs at once.

Rows that stay the same keep their net to the penny, whatever happened beside them. DOMAIN: Approvals.
"""

from collections.abc import Iterable, Mapping, Sequence

from partnerflow.credits.ceilings import LineCeiling, Reservation, refuse_raise, same
from partnerflow.credits.legs import Held, Legs, Lines, release_lines, reserve_row
from partnerflow.credits.passing import SAME_PERCENTAGE, Passing
from partnerflow.credits.portions import Portion
from partnerflow.money import format_minor, split_minor
from partnerflow.orders.model import Leg, Order
from partnerflow.refusals import Refused


def spread(
    amount: int, held: Sequence[Reservation], currency: str, *, convert: bool = False
) -> tuple[Portion, ...]:
    """One approved net amount over the rows shown, in proportion to their net, largest remainder, row order.

    Refuses ``invalid-amount`` for nothing and ``exceeds-creditable`` for more than was shown.
    """
    shown = sum(row.net for row in held)
    if amount <= 0:
        raise Refused("invalid-amount", "The approved amount must be more than zero.")
    if amount > shown:
        left = {"amount": format_minor(shown, currency), "currency": currency}
        detail = (
            f"The request was for {left['amount']} {currency} net; a decision may lower it, not raise it."
        )
        raise Refused(
            "exceeds-creditable", detail, leg=held[0].leg.value if held else None, remaining={"amount": left}
        )
    parts = zip(held, split_minor(amount, [row.net for row in held]), strict=True)
    return tuple(
        Portion(h.line_no, h.quantity, h.percent, amount, convert=convert, part=h.part) for h, amount in parts
    )


def trim_legs(
    order: Order,
    held: Mapping[Leg, tuple[Reservation, ...]],
    portions: Sequence[Portion],
    legs: Mapping[Leg, Lines],
    rule: Passing = SAME_PERCENTAGE,
    *,
    may_raise: bool = False,
    anew: bool = False,
) -> tuple[Legs, Held]:
    """Turn what a case holds into ``portions`` of its main leg; returns new ceilings and reservations,
    parallel again. ``anew``: the other leg follows another rule now, so no row stays.

    Refuses as ``ceilings.reserve`` does and, unless ``may_raise`` (an owner's proposal),
    ``exceeds-creditable`` for more than is held per line.
    """
    kept = {} if anew else _kept(held[order.main_leg], portions)
    gone = {leg: [row for i, row in enumerate(rows) if i not in kept.values()] for leg, rows in held.items()}
    after: Legs = {leg: release_lines(lines, gone[leg]) for leg, lines in legs.items()}
    fresh = [portion for i, portion in enumerate(portions) if i not in kept]
    if not may_raise:
        _refuse_raises(after[order.main_leg], gone[order.main_leg], fresh, order.currency)
    shown = {leg: _net_by_line(rows) for leg, rows in gone.items()}
    result: dict[Leg, list[Reservation]] = {leg: [] for leg in legs}
    for i, portion in enumerate(portions):
        if i in kept:
            row = {leg: held[leg][kept[i]] for leg in legs}
        else:
            most = None if may_raise else {leg: shown[leg].get(portion.line_no, 0) for leg in legs}
            row = reserve_row(order, portion, after, rule, most)
            for leg in legs:
                shown[leg][portion.line_no] = shown[leg].get(portion.line_no, 0) - row[leg].net
        for leg in legs:
            result[leg].append(row[leg])
    return after, {leg: tuple(rows) for leg, rows in result.items()}


def _kept(held: Sequence[Reservation], portions: Sequence[Portion]) -> dict[int, int]:
    """Which portion (by its place) is exactly which reservation."""
    kept: dict[int, int] = {}
    for i, portion in enumerate(portions):
        free = (j for j, row in enumerate(held) if j not in kept.values() and same(row, portion))
        if (j := next(free, None)) is not None:
            kept[i] = j
    return kept


def _refuse_raises(
    lines: Mapping[int, LineCeiling],
    held: Sequence[Reservation],
    portions: Sequence[Portion],
    currency: str,
) -> None:
    for line_no in {p.line_no for p in portions} & lines.keys():
        mine = tuple(row for row in held if row.line_no == line_no)
        refuse_raise(lines[line_no], mine, tuple(p for p in portions if p.line_no == line_no), currency)


def _net_by_line(rows: Iterable[Reservation]) -> dict[int, int]:
    nets: dict[int, int] = {}
    for row in rows:
        nets[row.line_no] = nets.get(row.line_no, 0) + row.net
    return nets
