"""What a case is about, in the words of whoever ordered: made of its type, quantities and items."""

from dataclasses import dataclass, field
from typing import Any, Final

from api.portal.words import marked as _
from api.portal.words import money
from api.schemas.shown.plain import money as shown_money
from partnerflow.cases.model import Case, RequestedLine
from partnerflow.cases.view import View
from partnerflow.policy.terms import CaseType

MOST: Final = 3
"""Items that are named; of more than these it says how many."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """``text`` is translated where it is shown, with ``words`` in it."""

    text: str
    words: dict[str, Any] = field(default_factory=dict)


SENTENCES: Final = {
    CaseType.EXCHANGE: _("Wrong item: %(had)s ordered, %(wanted)s wanted"),
    CaseType.QUANTITY_REDUCTION: _("Too many: %(had)s ordered, %(left)s wanted"),
    CaseType.CANCELLATION: _("Not wanted: %(asked)s to be taken back"),
    CaseType.DUPLICATE_ORDER: _("Ordered twice: %(asked)s to be taken back"),
    CaseType.PRICE_CORRECTION: _("Wrong price: %(asked)s"),
    CaseType.TAX_CORRECTION: _("Wrong tax: %(skus)s"),
    CaseType.GOODWILL: _("Goodwill: %(asked)s"),
}


def headline(case: Case, view: View) -> Sentence:
    """One sentence for the head of the page; ``Exchange: 46 × LIC-STD`` never needs the words of the policy."""
    lines = [line for line in case.lines if view.order.line(line.line_no)]
    words = {
        "had": _several([_units(_ordered(each, view), each, view) for each in lines]),
        "left": _left(lines, view),
        "asked": _several([_asked(each, case, view) for each in lines]),
        "skus": _several([_sku(each, view) for each in lines]),
        "wanted": _several([f"{item.quantity} × {item.sku}" for item in case.wanted]),
    }
    return Sentence(SENTENCES[case.type], words)


def _left(lines: list[RequestedLine], view: View) -> str:
    """What is wanted of it after all; of one line the number says it."""
    left = [(_ordered(each, view) - each.quantity, each) for each in lines]
    return str(left[0][0]) if len(left) == 1 else _several([_units(n, each, view) for n, each in left])


def _asked(line: RequestedLine, case: Case, view: View) -> str:
    if line.amount is None:
        return _units(line.quantity, line, view)
    return f"{money(shown_money(line.amount, case.currency))} ({_sku(line, view)})"


def _units(quantity: int, line: RequestedLine, view: View) -> str:
    return f"{quantity} × {_sku(line, view)}"


def _ordered(line: RequestedLine, view: View) -> int:
    found = view.order.line(line.line_no)
    return found.quantity if found else 0


def _sku(line: RequestedLine, view: View) -> str:
    found = view.order.line(line.line_no)
    return found.sku if found else str(line.line_no)


def _several(named: list[str]) -> str:
    """``4 × A, 2 × B, …`` with how many more."""
    more = f", +{len(named) - MOST}" if len(named) > MOST else ""
    return ", ".join(named[:MOST]) + more
