"""Everything that is left of a line: the units it has left at what it still has, and what then remains as an amount.

DOMAIN: Cases (tax correction and duplicate order credit in full), three ceilings.
"""

from partnerflow.credits.ceilings import LineCeiling, Reservation, reserve
from partnerflow.credits.portions import Portion


def reserve_rest(ceiling: LineCeiling, currency: str) -> tuple[LineCeiling, tuple[Reservation, ...]]:
    """Hold all of it, so that nothing is left; no rows where nothing was. Refuses nothing: what remains after the
    units (a part of their price was declined before) is converted by its very meaning."""
    held: list[Reservation] = []
    for portion in _units(ceiling):
        ceiling, row = reserve(ceiling, portion, currency)
        held.append(row)
    if ceiling.left_net:
        ceiling, row = reserve(
            ceiling, Portion(ceiling.line_no, amount=ceiling.left_net, convert=True), currency
        )
        held.append(row)
    return ceiling, tuple(held)


def _units(ceiling: LineCeiling) -> tuple[Portion, ...]:
    return (Portion(ceiling.line_no, ceiling.left_quantity),) if ceiling.left_quantity else ()
