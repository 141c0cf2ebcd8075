"""Double entry postings as data, in the issuer's books. Entries are never edited: a correction adds a
reversal.

Accounts are ``<organisation>:<account>[:<counterparty or tax>]``; amounts minor units. DOMAIN: Ledger.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from partnerflow.credits.notes import Note, NoteKind
from partnerflow.orders.model import Leg


@dataclass(frozen=True, slots=True)
class Posting:
    """One side of an entry: either ``debit`` or ``credit`` is positive, the other zero."""

    account: str
    debit: int
    credit: int

    def __post_init__(self) -> None:
        if min(self.debit, self.credit) < 0 or (self.debit == 0) == (self.credit == 0):
            raise ValueError(f"{self.account}: exactly one side of a posting is positive")


@dataclass(frozen=True, slots=True)
class Entry:
    """One transaction, unique by its business ``key``; ValueError if its debits and credits differ."""

    key: str
    case_ref: str
    leg: Leg
    currency: str
    at: datetime
    postings: tuple[Posting, ...]
    reason: str
    reverses: str | None = None

    def __post_init__(self) -> None:
        if not self.postings or sum(p.debit - p.credit for p in self.postings) != 0:
            raise ValueError(f"{self.key}: debits and credits differ")


def credit_key(case_ref: str, round_no: int, leg: Leg, invoice: str) -> str:
    return f"credit:{case_ref}:{round_no}:{leg}:{invoice}"


def rebill_key(case_ref: str, round_no: int, leg: Leg, number: str) -> str:
    return f"rebill:{case_ref}:{round_no}:{leg}:{number}"


def entry_for_note(note: Note, key: str) -> Entry:
    """Sales and tax fall; against them the receivable, and what is given back. ValueError without an
    allocation."""
    if note.kind is not NoteKind.CREDIT_NOTE or note.allocation is None:
        raise ValueError(f"{note.number} is not a credit note with an allocation")
    books, customer, given = note.issuer.code, note.recipient.code, note.allocation
    against = (
        (f"{books}:receivable:{customer}", given.unpaid_reduced),
        (f"{books}:refund-payable:{customer}", given.refund),
        (f"{books}:customer-credit:{customer}", given.account_credit),
        (f"{books}:settled-outside:{customer}", given.settled_outside),
    )
    return _entry(note, key, _revenue(note), against)


def entry_for_rebill(note: Note, key: str) -> Entry:
    """An ordinary sale: the receivable against sales and tax. ValueError for a credit note."""
    if note.kind is not NoteKind.REBILL:
        raise ValueError(f"{note.number} is not a rebill")
    receivable = f"{note.issuer.code}:receivable:{note.recipient.code}"
    return _entry(note, key, ((receivable, note.gross),), _revenue(note))


def reversal(of: Entry, reason: str, key: str, at: datetime) -> Entry:
    """The opposite of an entry, with its reason; ValueError without one."""
    if not reason.strip():
        raise ValueError("a reversal needs a reason")
    postings = tuple(Posting(p.account, p.credit, p.debit) for p in of.postings)
    return Entry(key, of.case_ref, of.leg, of.currency, at, postings, reason, reverses=of.key)


def balances(entries: Iterable[Entry]) -> dict[tuple[str, str], int]:
    """Debits less credits per (account, currency); accounts that stand at zero are left out."""
    sums: dict[tuple[str, str], int] = {}
    for entry in entries:
        for posting in entry.postings:
            account = (posting.account, entry.currency)
            sums[account] = sums.get(account, 0) + posting.debit - posting.credit
    return {account: balance for account, balance in sums.items() if balance}


def _revenue(note: Note) -> tuple[tuple[str, int], ...]:
    books = note.issuer.code
    taxes = ((f"{books}:vat-output:{row.category}:{row.rate}", row.tax) for row in note.taxes)
    return ((f"{books}:sales", note.net), *taxes)


def _entry(
    note: Note, key: str, debit: Iterable[tuple[str, int]], credit: Iterable[tuple[str, int]]
) -> Entry:
    rows = [Posting(account, amount, 0) for account, amount in debit if amount]
    rows += [Posting(account, 0, amount) for account, amount in credit if amount]
    return Entry(key, note.case_ref, note.leg, note.currency, note.issued_at, tuple(rows), note.reason)
