"""Restocking fees: net per line of the main leg, off the credit, and off what the line can be credited for good.

A fee stays inside the net that its row holds, so the line's ceiling counts it and nobody is given it. DOMAIN: Legs.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from partnerflow.credits.ceilings import Reservation
from partnerflow.money import format_minor
from partnerflow.refusals import Refused


@dataclass(frozen=True, slots=True)
class Fee:
    """``amount`` is net minor units on the main leg."""

    line_no: int
    amount: int


def take_off(held: Sequence[Reservation], fees: Iterable[Fee], currency: str) -> tuple[Reservation, ...]:
    """The rows with their fees, a line's from its first row on; any they had before are theirs no longer.

    Refuses ``invalid-amount`` for a fee that is more than its line is credited, and ``unknown-line``.
    """
    left: dict[int, int] = {}
    for fee in fees:
        left[fee.line_no] = left.get(fee.line_no, 0) + fee.amount
    _refuse_too_much(held, left, currency)
    rows = []
    for row in held:
        kept = min(row.net, left.get(row.line_no, 0))
        if kept:
            left[row.line_no] -= kept
        rows.append(row if row.fee == kept else replace(row, fee=kept))
    return tuple(rows)


def _refuse_too_much(held: Sequence[Reservation], fees: dict[int, int], currency: str) -> None:
    for line_no, fee in fees.items():
        rows = [row.net for row in held if row.line_no == line_no]
        if not rows:
            raise Refused("unknown-line", f"Line {line_no} is not credited here.", pointer="/fees")
        if fee > sum(rows):
            most = f"{format_minor(sum(rows), currency)} {currency}"
            raise Refused(
                "invalid-amount",
                f"The fee on line {line_no} is more than the {most} it is credited.",
                pointer="/fees",
            )
