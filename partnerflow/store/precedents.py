"""Similar cases and how they were decided: the same reason, scored by how much else is the same.

One bounded statement: of the same reason, and then of the same family as well, the last few hundred that were decided,
each found by its index; of a partner's own cases, the last few hundred of theirs.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from partnerflow.cases.model import Case
from partnerflow.cases.precedents import Ruling, decided_at, ruling
from partnerflow.cases.routing import operator_minor
from partnerflow.cases.view import View
from partnerflow.store.codec import decode_case
from partnerflow.store.listing import SEEN, Sight, seen_by

LOOKED_AT: Final = 300
"""How many of each kind are compared: the newest."""

WEIGHTS: Final = {"family": 4, "verdict": 3, "amount": 3, "exception": 2, "type": 1}
"""What each sameness counts. ``amount``: not more than twice the net, nor less than half of it."""


@dataclass(frozen=True, slots=True)
class Precedent:
    """``same`` names what it has in common beside the reason; ``score`` weighs it."""

    case: Case
    ruling: Ruling
    score: int
    same: tuple[str, ...]


def columns(case: Case, view: View) -> dict[str, Any]:
    """What a case is compared by; ``asked_net`` in the operator's minor units."""
    return {
        "reason": case.reason.value,
        "family": case.scope.family or "",
        "verdict": case.verdict.value,
        "excepted": case.exception is not None,
        "asked_net": operator_minor(case.requested[0].credit.net, view),
        "decided_at": decided_at(case),
    }


_SAME = {
    "family": "c.family = :family",
    "verdict": "c.verdict = :verdict",
    "amount": "c.asked_net BETWEEN :asked_net / 2 AND :asked_net * 2",
    "exception": "c.excepted = :excepted",
    "type": "c.type = :type",
}
_SCORE = " + ".join(f"({_SAME[name]})::int * {weight}" for name, weight in WEIGHTS.items())
_FLAGS = ", ".join(f"({condition}) AS same_{name}" for name, condition in _SAME.items())

_RECENT = "ORDER BY decided_at DESC LIMIT :looked_at"
_OF_ALL = f"""
(SELECT ref FROM "case" WHERE decided_at IS NOT NULL AND reason = :reason AND family = :family {_RECENT})
UNION (SELECT ref FROM "case" WHERE decided_at IS NOT NULL AND reason = :reason {_RECENT})
"""  # noqa: S608  our own words
_OF_ONE = """
SELECT ref FROM "case" WHERE decided_at IS NOT NULL AND reason = :reason AND {column} = :own
ORDER BY decided_at DESC LIMIT :looked_at
"""
_FIND = f"""
SELECT c.state::text, {_SCORE} AS score, {_FLAGS}
FROM "case" c WHERE c.ref IN ({{near}}) AND c.ref <> :ref AND {SEEN}
ORDER BY score DESC, abs(c.asked_net - :asked_net), c.decided_at DESC, c.ref LIMIT :limit
"""  # noqa: S608  our own words

OWN: Final = {"reseller": "reseller", "distributor": "distributor", "vendor": "vendor"}
"""Per kind of organisation the column that makes a case its own."""


def precedents(
    session: Session, case: Case, view: View, sight: Sight, own: tuple[str, str] | None, limit: int
) -> list[Precedent]:
    """The most similar first. ``own``: (kind, code) of a partner, who is shown its own cases alone."""
    near = _OF_ONE.format(column=OWN[own[0]]) if own else _OF_ALL
    values = columns(case, view) | seen_by(sight)
    values |= {"type": case.type.value, "ref": case.ref, "limit": limit, "looked_at": LOOKED_AT}
    values |= {"own": own[1]} if own else {}
    rows = session.execute(text(_FIND.format(near=near)), values)
    found = ((decode_case(row[0]), row.score, row) for row in rows)
    return [
        Precedent(other, ruled, score, tuple(name for name in WEIGHTS if getattr(row, f"same_{name}")))
        for other, score, row in found
        if (ruled := ruling(other))
    ]


def age_days(found: Precedent, at: datetime) -> int:
    return max(0, (at - found.ruling.at).days)
