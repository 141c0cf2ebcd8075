"""What the order itself says stays true on its open cases: the facts that come from it follow it (DOMAIN: Facts).

While a case is assessed or decided on, a report of activated units changes its fact, and a cited one changes the
approval with it. In remedy it stays as it was decided on: there the check before the upstream cancel compares with the
order, for what the vendor takes back then is no longer activated because of the approval itself.
"""

from dataclasses import replace

from partnerflow.cases.events import FactChanged
from partnerflow.cases.model import Fact, FactState
from partnerflow.cases.statements import ORDER
from partnerflow.cases.view import Draft
from partnerflow.orders.model import Line


def name_of(line: Line) -> str:
    """The id of the fact that says how many units of a line are in use."""
    return f"activated-{line.line_no}"


def activated(line: Line) -> str:
    return f"{line.activated} of {line.quantity} units of {line.sku} are activated."


def follow_order(draft: Draft) -> tuple[Fact, ...]:
    """The facts of the order in its present words, confirmed as all that it says; those that have changed. What the
    desk has put in its own words, or withdrawn, stays the desk's."""
    changed = tuple(_changed(draft))
    for fact in changed:
        draft.emit(FactChanged(fact, "corrected"))
    return changed


def _changed(draft: Draft) -> list[Fact]:
    found = []
    for line in draft.view.order.lines:
        before = draft.case.fact(name_of(line))
        if before is None or before.source != ORDER or _says(before, line):
            continue
        found.append(
            replace(
                before,
                text=activated(line),
                source=ORDER,
                by=draft.actor.name,
                at=draft.at,
                confirmed_by=draft.actor.name,
                state=FactState.CONFIRMED,
                version=before.version + 1,
                dispute=None,
                upheld=None,
                lapsed=False,
                authors=(*before.authors, before.by),
            )
        )
    return found


def _says(fact: Fact, line: Line) -> bool:
    """Whether there is nothing new to say: the total alone, which other cases lower, changes nothing."""
    return fact.state is FactState.WITHDRAWN or fact.text.startswith(f"{line.activated} of ")
