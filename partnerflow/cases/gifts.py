"""Goodwill that policy pays outside any credit note: it has no VAT and takes nothing off a line, so no ceiling of the
order limits it; what it comes to is for those who decide. The line says only what it is about. DOMAIN: Goodwill.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from partnerflow.cases.view import View
from partnerflow.credits.ceilings import LineCeiling, Reservation
from partnerflow.credits.legs import Held, Legs
from partnerflow.orders.model import Leg
from partnerflow.policy.terms import CaseType, Goodwill

PLENTY: Final = 1_000_000


def given(kind: CaseType, view: View) -> bool:
    """Whether a case of this type is paid, by its policy."""
    return kind is CaseType.GOODWILL and view.policy.goodwill is Goodwill.PAYMENT


def free(held: Mapping[Leg, Iterable[Reservation]]) -> bool:
    """Whether these rows hold nothing of their lines. Those of a release that reserved gifts do."""
    return all(row.free for rows in held.values() for row in rows)


def bottomless(lines: Legs, held: Held) -> Legs:
    """The lines in the same proportion to each other, with room for any gift, and with nothing on them but ``held``:
    a share upstream and what a decision may lower are worked out on these as on the order's own."""
    return {leg: {no: _plenty(c, held.get(leg, ())) for no, c in own.items()} for leg, own in lines.items()}


def _plenty(line: LineCeiling, held: Iterable[Reservation]) -> LineCeiling:
    own = sum(row.net for row in held if row.line_no == line.line_no)
    return LineCeiling(line.leg, line.line_no, line.limit_quantity, line.limit_net * PLENTY, reserved_net=own)


def marked(held: Held) -> Held:
    return {leg: tuple(replace(row, outside=True, free=True) for row in rows) for leg, rows in held.items()}
