"""What policy gives for units of a line: unused ones first, as far as they are not given back already.

DOMAIN: Orders (eligibility), Legs (pass-through ``full``).
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from fractions import Fraction

from partnerflow.cases.view import View
from partnerflow.credits.ceilings import LineCeiling, Reservation
from partnerflow.credits.portions import Portion
from partnerflow.money import WHOLE, TermPart, divide_half_up
from partnerflow.orders import purchase
from partnerflow.orders.model import Line
from partnerflow.policy.questions import Entitlement
from partnerflow.policy.terms import PassThrough


def entitled(line: Line, activated: bool, view: View, at: datetime) -> Entitlement:
    """What policy gives for a unit of the line; ``at`` is when the request was received."""
    return purchase.entitled(view.order, line, activated, at, view.order_policy)


def fresh(line: Line, ceiling: LineCeiling | None) -> int:
    """Unused units that nothing has given back or holds."""
    given_back = ceiling.credited_quantity + ceiling.reserved_quantity if ceiling else 0
    return max(0, line.quantity - line.activated - given_back)


def entitle(
    portions: Sequence[Portion], view: View, at: datetime, own: Sequence[Reservation] = ()
) -> tuple[Portion, ...]:
    """Under the pass-through rule ``full`` with what policy gives for their units, the rows that ask for no more
    first: the vendor credits that, the distributor bears the difference. ``own`` is what the case holds itself."""
    if view.policy.pass_through is not PassThrough.FULL:
        return tuple(portions)
    left = {line.line_no: fresh(line, _ceiling(line, view)) for line in view.order.lines}
    for row in own:
        left[row.line_no] += row.quantity
    for line in view.order.lines:
        left[line.line_no] = min(left[line.line_no], max(0, line.quantity - line.activated))
    found: dict[int, Portion] = {}
    for place in sorted(range(len(portions)), key=lambda n: (portions[n].exception, n)):
        found[place] = _entitle(portions[place], left, view, at)
    return tuple(found[place] for place in range(len(portions)))


def _entitle(portion: Portion, left: dict[int, int], view: View, at: datetime) -> Portion:
    line = view.order.line(portion.line_no)
    if line is None or not portion.quantity:
        return portion
    unused = min(left[line.line_no], portion.quantity)
    left[line.line_no] -= unused
    fresh_ones, active = (entitled(line, activated, view, at) for activated in (False, True))
    rows = [(unused, fresh_ones), (portion.quantity - unused, active)]
    percent, part = _mean([(quantity, found) for quantity, found in rows if quantity and found.percent_ppm])
    return replace(portion, entitled=divide_half_up(percent, portion.quantity), entitled_part=part)


def _mean(rows: Sequence[tuple[int, Entitlement]]) -> tuple[int, TermPart | None]:
    """The sum of units times percent, and of which part of the term, where units that get something have one in
    common; else all of it as percents, rounded once each."""
    parts = {found.part for _, found in rows}
    if len(parts) == 1:
        return sum(quantity * found.percent_ppm for quantity, found in rows), parts.pop()
    exact = sum((quantity * found.of_price * WHOLE for quantity, found in rows), Fraction(0))
    return divide_half_up(exact.numerator, exact.denominator), None


def _ceiling(line: Line, view: View) -> LineCeiling | None:
    return view.lines[view.order.main_leg].get(line.line_no)
