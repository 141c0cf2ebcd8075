"""Gap-free numbers: the counter's row is locked while a number is taken, so a rolled back one is given again."""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlalchemy.orm import Session

from partnerflow.cases.view import CounterKey

SERIES = ("CN", "DN", "INV")

_LOCK = text("""
INSERT INTO counter (issuer, series, year, last)
SELECT issuer, series, year, 0
FROM unnest(CAST(:issuers AS text[]), CAST(:series AS text[]), CAST(:years AS bigint[])) AS c (issuer, series, year)
ORDER BY issuer, series, year
ON CONFLICT (issuer, series, year) DO UPDATE SET last = counter.last
RETURNING issuer, series, year, last
""")

_WRITE = text("""
UPDATE counter c SET last = n.last
FROM unnest(CAST(:issuers AS text[]), CAST(:series AS text[]), CAST(:years AS bigint[]), CAST(:lasts AS bigint[]))
  AS n (issuer, series, year, last)
WHERE c.issuer = n.issuer AND c.series = n.series AND c.year = n.year
""")


def lock(session: Session, at: datetime, issuers: Iterable[tuple[str, str]]) -> dict[CounterKey, int]:
    """The last numbers of all series of these (issuer, zone), locked in one order; the year is the issuer's own."""
    keys = [(code, series, at.astimezone(ZoneInfo(zone)).year) for code, zone in issuers for series in SERIES]
    return {(row[0], row[1], row[2]): row[3] for row in session.execute(_LOCK, _columns(keys))}


def write(session: Session, taken: dict[CounterKey, int]) -> None:
    if taken:
        keys = sorted(taken)
        session.execute(_WRITE, _columns(keys) | {"lasts": [taken[key] for key in keys]})


def _columns(keys: list[CounterKey]) -> dict[str, list[object]]:
    return {
        "issuers": [key[0] for key in keys],
        "series": [key[1] for key in keys],
        "years": [key[2] for key in keys],
    }
