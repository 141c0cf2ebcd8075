"""Cases of which something granted has still to be issued, confirmed or passed on, or was: page by page."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import text
from sqlalchemy.orm import Session

from partnerflow.cases.model import Case
from partnerflow.store.codec import decode_case
from partnerflow.store.listing import SEEN, Place, Sight, seen_by
from partnerflow.store.tables.cases import AWAITED


@dataclass(frozen=True, slots=True)
class Paper:
    """A note as the register of notes has it; minor units."""

    number: str
    kind: str
    leg: str
    round: int
    net: int
    tax: int
    gross: int
    issued_at: datetime


@dataclass(frozen=True, slots=True)
class Executed:
    """A case whose remedy began, its notes, the legs that are invoiced, and the instant of reading."""

    case: Case
    papers: tuple[Paper, ...]
    invoiced: tuple[str, ...]
    now: datetime


_OPEN: Final = AWAITED.replace("stage", "c.stage").replace("state ->", "c.state ->")

_CASES: Final = f"""
SELECT c.state::text, partnerflow_now() AS now,
  (SELECT coalesce(json_agg(json_build_object('number', n.number, 'kind', n.kind, 'leg', n.leg, 'round', n.round,
    'net', n.net, 'tax', n.tax, 'gross', n.gross, 'issued_at', n.issued_at) ORDER BY n.leg, n.number), '[]')
    FROM note n WHERE n.case_ref = c.ref)::text AS papers,
  (SELECT coalesce(json_agg(DISTINCT i ->> 'leg'), '[]') FROM "order" o, jsonb_array_elements(o.state -> 'invoices') i
    WHERE o.id = c.order_id)::text AS invoiced
FROM "case" c
WHERE {SEEN} AND c.origin <> 'import' AND c.state -> 'remedy' <> 'null'
  AND (NOT :open OR {_OPEN})
  AND (CAST(:org AS text) IS NULL OR :org IN (c.vendor, c.distributor, c.reseller))
  AND (CAST(:after_ref AS text) IS NULL OR (c.opened_at, c.ref) > (CAST(:after_at AS timestamptz), :after_ref))
ORDER BY c.opened_at, c.ref LIMIT :limit
"""  # noqa: S608  our own words


def executed(
    session: Session,
    sight: Sight,
    organisation: str | None,
    after: Place | None,
    limit: int,
    *,
    awaited: bool,
) -> list[Executed]:
    """Oldest first; ``awaited``: only those that somebody still has to act on. At most ``limit`` + 1."""
    values: dict[str, Any] = seen_by(sight) | {"open": awaited, "org": organisation, "limit": limit + 1}
    values |= {"after_at": after.at if after else None, "after_ref": after.id if after else None}
    query = text(_CASES.replace("::", r"\:\:"))
    return [
        Executed(
            decode_case(row.state),
            msgspec.json.decode(row.papers, type=tuple[Paper, ...]),
            msgspec.json.decode(row.invoiced, type=tuple[str, ...]),
            row.now,
        )
        for row in session.execute(query, values)
    ]
