"""Finding by the beginnings of words: cases, orders and notes that their reader may see, the newest first."""

import re
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from partnerflow.cases.model import Case
from partnerflow.orders.model import Order
from partnerflow.store.codec import decode_case, decode_order
from partnerflow.store.listing import SEEN, Sight, seen_by

MOST_WORDS: Final = 6
WIDE: Final = 2_000
"""Of so many that fit, the newest are looked at: a beginning that half of everything has finds the newest of it."""
_LAST: Final = "\U0010ffff"
_SPLIT: Final = re.compile(r"[\s,;:!?()\"'/\\<>\[\]{}|]+")


@dataclass(frozen=True, slots=True)
class FoundNote:
    number: str
    kind: str
    leg: str
    case_ref: str
    order_id: str
    currency: str
    gross: int


def words_of(asked: str) -> tuple[str, ...]:
    """As they are kept; none where there is nothing to search by."""
    found = (word.strip(".-_*")[:100] for word in _SPLIT.split(asked.lower()))
    return tuple(dict.fromkeys(word for word in found if len(word) > 1))[:MOST_WORDS]


def cases(session: Session, sight: Sight, words: tuple[str, ...], limit: int) -> list[Case]:
    query = f"""{_hits(words)} SELECT c.state::text FROM hit JOIN "case" c ON c.ref = hit.target
    WHERE {SEEN} ORDER BY hit.at DESC, c.ref DESC LIMIT :limit"""  # noqa: S608  our own words
    return [decode_case(row[0]) for row in _run(session, sight, "case", words, query, limit)]


def orders(session: Session, sight: Sight, words: tuple[str, ...], limit: int) -> list[Order]:
    query = f"""{_hits(words)} SELECT o.state::text FROM hit JOIN "order" o ON o.id = hit.target
    WHERE (CAST(:countries AS text[]) IS NULL OR EXISTS (SELECT 1 FROM organisation r
      WHERE r.code = coalesce(o.reseller, o.distributor) AND r.country = ANY (:countries)))
    ORDER BY hit.at DESC, o.id DESC LIMIT :limit"""  # noqa: S608  as above
    return [decode_order(row[0]) for row in _run(session, sight, "order", words, query, limit)]


def notes(session: Session, sight: Sight, words: tuple[str, ...], limit: int) -> list[FoundNote]:
    """Credit notes, debit notes and new invoices."""
    query = f"""{_hits(words)} SELECT n.number, n.kind, n.leg, n.case_ref, c.order_id, n.currency, n.gross FROM hit
    JOIN note n ON n.number = hit.target JOIN "case" c ON c.ref = n.case_ref
    WHERE {SEEN} ORDER BY hit.at DESC, n.number LIMIT :limit"""  # noqa: S608  as above
    return [FoundNote(*row) for row in _run(session, sight, "note", words, query, limit)]


def _run(
    session: Session, sight: Sight, kind: str, words: tuple[str, ...], query: str, limit: int
) -> list[Any]:
    if not words:
        return []
    values = seen_by(sight) | {"kind": kind, "limit": limit, "wide": WIDE}
    for no, word in enumerate(words):
        values |= {f"from{no}": word, f"to{no}": word + _LAST}
    return list(session.execute(text(query.replace("::", r"\:\:")), values))


def _hits(words: tuple[str, ...]) -> str:
    """What has a word beginning with each of these."""
    others = "".join(
        f""" AND EXISTS (SELECT 1 FROM search_term x WHERE x.kind = t.kind AND x.target = t.target
          AND x.term >= :from{no} AND x.term < :to{no})"""  # noqa: S608  as above
        for no in range(1, len(words))
    )
    return f"""WITH hit AS (SELECT t.target, max(t.at) AS at FROM search_term t
      WHERE t.kind = :kind AND t.term >= :from0 AND t.term < :to0{others}
      GROUP BY t.target ORDER BY max(t.at) DESC LIMIT :wide)"""  # noqa: S608  as above
