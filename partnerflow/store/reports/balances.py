"""Balances of accounts and what was posted to one: sums of the ledger, never rows of their own."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Balance:
    """One account in one currency; minor units, ``balance`` is debits less credits."""

    books: str
    account: str
    currency: str
    debit: int
    credit: int

    @property
    def balance(self) -> int:
        return self.debit - self.credit


@dataclass(frozen=True, slots=True)
class Posted:
    """One posting to an account; ``balance`` runs, minor units."""

    entry: str
    no: int
    at: datetime
    currency: str
    case_ref: str
    leg: str
    document: str | None
    reason: str
    reverses: str | None
    debit: int
    credit: int
    balance: int


_TRIAL = text("""
SELECT e.books, p.account, e.currency, sum(p.debit)::bigint AS debit, sum(p.credit)::bigint AS credit
FROM ledger_entry e JOIN ledger_posting p ON p.entry = e.key
WHERE (CAST(:books AS text) IS NULL OR e.books = :books)
  AND (CAST(:regions AS text[]) IS NULL OR e.books IN (SELECT code FROM organisation WHERE country = ANY (:regions)))
  AND (CAST(:at AS timestamptz) IS NULL OR e.at <= :at)
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
""")


def trial_balance(
    session: Session,
    books: str | None = None,
    at: datetime | None = None,
    regions: tuple[str, ...] | None = None,
) -> list[Balance]:
    """Every account that was ever posted to, up to and including ``at``; ``books``: of one organisation, ``regions``:
    of organisations in these countries."""
    values = {"books": books, "at": at, "regions": None if regions is None else list(regions)}
    return [Balance(*row) for row in session.execute(_TRIAL, values)]


_OPENING = text("""
SELECT e.currency, sum(p.debit - p.credit)::bigint
FROM ledger_posting p JOIN ledger_entry e ON e.key = p.entry WHERE p.account = :account AND e.at < :since GROUP BY 1
""")

_POSTINGS = text("""
SELECT entry, no, at, currency, case_ref, leg, document, reason, reverses, debit, credit, balance FROM (
  SELECT p.entry, p.no, e.at, e.currency, e.case_ref, e.leg, e.document, e.reason, e.reverses, p.debit, p.credit,
    sum(p.debit - p.credit) OVER (PARTITION BY e.currency ORDER BY e.at, p.entry, p.no)::bigint AS balance
  FROM ledger_posting p JOIN ledger_entry e ON e.key = p.entry WHERE p.account = :account AND e.at < :until) x
WHERE at >= :since AND (CAST(:after_entry AS text) IS NULL OR (at, entry, no) > (:after_at, :after_entry, :after_no))
ORDER BY at, entry, no LIMIT :limit
""")


def opening(session: Session, account: str, since: datetime) -> dict[str, int]:
    """The balance of an account before an instant, per currency."""
    rows = session.execute(_OPENING, {"account": account, "since": since})
    return {row[0]: row[1] for row in rows}


def postings(
    session: Session,
    account: str,
    since: datetime,
    until: datetime,
    after: tuple[datetime, str, int] | None,
    limit: int,
) -> list[Posted]:
    """What was posted from ``since`` to before ``until``, in order, with the running balance; at most ``limit`` + 1."""
    at, entry, no = after or (None, None, None)
    values = {"account": account, "since": since, "until": until, "limit": limit + 1}
    values |= {"after_at": at, "after_entry": entry, "after_no": no}
    return [Posted(*row) for row in session.execute(_POSTINGS, values)]
