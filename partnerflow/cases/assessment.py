"""What policy says of a request, line by line: the verdict, and the portions that follow from it.

DOMAIN: Cases (verdict), Exception, Orders (eligibility).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from partnerflow.cases import kinds
from partnerflow.cases.commands import OpenCase
from partnerflow.cases.entitling import entitle, entitled, fresh
from partnerflow.cases.model import ExceptionLine, RequestedLine, Verdict
from partnerflow.cases.view import View
from partnerflow.credits.ceilings import exceeds
from partnerflow.credits.portions import Portion
from partnerflow.money import WHOLE, divide_half_up, part_of_price
from partnerflow.orders.model import Line
from partnerflow.refusals import Refused


@dataclass(frozen=True, slots=True)
class Assessed:
    """``portions`` is what is asked and reserved; ``ready`` says that they may go to approval as they are:
    everything is within policy, or what is not is asked as an exception line by line. ``cost`` is what the exception
    costs beyond policy, net minor units on the main leg (None: none is asked)."""

    verdict: Verdict
    clause: str
    portions: tuple[Portion, ...]
    ready: bool
    cost: int | None = None


@dataclass(frozen=True, slots=True)
class _Part:
    """``cost``: what an exception's units come to beyond what policy gives for the same ones."""

    portion: Portion
    within: bool
    cost: int = 0


def assess(command: OpenCase, view: View, at: datetime) -> Assessed:
    """Refuses ``unknown-line`` and ``invalid-quantity`` for what the order does not have."""
    _refuse_unclear(command)
    parts = [part for asked in command.lines for part in _parts(asked, command, view, at)]
    judged = command.type in kinds.JUDGED or any(part.portion.by_amount for part in parts)
    inside = [part for part in parts if part.within]
    outside = [part for part in parts if not part.within]
    ready = not judged and all(part.portion.exception for part in outside)
    decisive = (outside or parts)[0].portion.clause
    return Assessed(
        _verdict(judged, bool(inside), bool(outside)),
        decisive,
        entitle([part.portion for part in parts], view, at),
        ready,
        sum(part.cost for part in parts) if command.exception else None,
    )


def _refuse_unclear(command: OpenCase) -> None:
    """Each line once, with something asked: what is written twice would count as unused twice."""
    numbers = [asked.line_no for asked in command.lines]
    if not numbers:
        raise Refused("line-count", "Ask for at least one line.", pointer="/lines")
    if len(set(numbers)) < len(numbers):
        raise Refused("invalid-parameter", "Each line is asked for once.", pointer="/lines")
    if any(asked.amount is None and asked.quantity < 1 for asked in command.lines):
        raise Refused("invalid-quantity", "Say how many units of a line, or which amount.", pointer="/lines")
    if any(row.line_no not in numbers for row in (command.exception.lines if command.exception else ())):
        raise Refused(
            "unknown-line", "An exception is for a line that is asked for.", pointer="/exception/lines"
        )


def _verdict(judged: bool, inside: bool, outside: bool) -> Verdict:
    if judged:
        return Verdict.NEEDS_ASSESSMENT
    if not outside:
        return Verdict.WITHIN_POLICY
    return Verdict.PARTLY_WITHIN_POLICY if inside else Verdict.OUTSIDE_POLICY


def _parts(asked: RequestedLine, command: OpenCase, view: View, at: datetime) -> Iterator[_Part]:
    line = view.order.line(asked.line_no)
    if line is None:
        raise Refused("unknown-line", f"The order has no line {asked.line_no}.", pointer="/lines")
    if asked.amount is not None:
        _refuse_units(asked, command)
        cited = kinds.clause(command.type)
        yield _Part(Portion(asked.line_no, amount=asked.amount, convert=asked.convert, clause=cited), False)
        return
    ceiling = view.lines[view.order.main_leg].get(asked.line_no)
    if ceiling and asked.quantity > ceiling.left_quantity:
        raise exceeds(ceiling, view.order.currency)
    if command.type in kinds.JUDGED:
        yield _Part(Portion(line.line_no, asked.quantity, clause=kinds.clause(command.type)), False)
        return
    excepted = _excepted(asked, command)
    units = asked.quantity - sum(row.quantity for row in excepted)
    yield from _by_policy(units, line, view, at)
    yield from _by_exception(excepted, max(0, fresh(line, ceiling) - units), line, view, at)


def _refuse_units(asked: RequestedLine, command: OpenCase) -> None:
    if any(row.line_no == asked.line_no for row in (command.exception.lines if command.exception else ())):
        raise Refused(
            "invalid-quantity",
            f"Line {asked.line_no} is asked for by amount; an exception is for units.",
            pointer="/exception/lines",
        )


def _by_exception(
    rows: list[ExceptionLine], left: int, line: Line, view: View, at: datetime
) -> Iterator[_Part]:
    """The exception's units at what is asked, beside what policy gives for them: ``left`` of them are unused."""
    unused, active = (entitled(line, activated, view, at) for activated in (False, True))
    for row in rows:
        still = min(left, row.quantity)
        left -= still
        given = still * unused.of_price + (row.quantity - still) * active.of_price
        asked = row.quantity * part_of_price(row.percent, None)
        cost = _worth(asked, line, view) - _worth(given, line, view)
        portion = Portion(line.line_no, row.quantity, row.percent, exception=True, clause=active.rule)
        yield _Part(portion, False, max(0, cost))


def _worth(units: Fraction, line: Line, view: View) -> int:
    """The net of so many units' worth on the main leg, by what the line may be credited at most."""
    ceiling = view.lines[view.order.main_leg].get(line.line_no)
    if ceiling is None or not ceiling.limit_quantity:
        return 0
    return divide_half_up(ceiling.limit_net * units.numerator, ceiling.limit_quantity * units.denominator)


def _excepted(asked: RequestedLine, command: OpenCase) -> list[ExceptionLine]:
    rows = [
        row for row in (command.exception.lines if command.exception else ()) if row.line_no == asked.line_no
    ]
    if sum(row.quantity for row in rows) > asked.quantity:
        raise Refused(
            "invalid-quantity",
            f"Line {asked.line_no} asks for {asked.quantity} units; the exception cannot be for more of them.",
            pointer="/exception/lines",
        )
    return rows


def _by_policy(units: int, line: Line, view: View, at: datetime) -> Iterator[_Part]:
    """The units without an exception: those not activated first, as far as they are not given back already."""
    ceiling = view.lines[view.order.main_leg].get(line.line_no)
    unused = min(units, fresh(line, ceiling))
    for quantity, activated in ((unused, False), (units - unused, True)):
        if quantity:
            found = entitled(line, activated, view, at)
            within = found.of_price > 0
            percent, part = (found.percent_ppm, found.part) if within else (WHOLE, None)
            yield _Part(Portion(line.line_no, quantity, percent, clause=found.rule, part=part), within)
