"""Double entry as data: entries balance, stand in one organisation's books, and are never edited.

A correction adds a reversal that mirrors the whole entry, once, with its reason. What an entry says comes from the
business alone, so that it can be worked out again from the events at any time (``partnerflow.cases.postings``).
Amounts are minor units of the entry's currency. DOMAIN: Ledger; docs/accounting.md.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from partnerflow.credits import accounts
from partnerflow.credits.notes import Allocation
from partnerflow.orders.model import Leg, TaxTotal


@dataclass(frozen=True, slots=True)
class Posting:
    """One side of an entry: either ``debit`` or ``credit`` is positive, the other zero; the account is of the
    chart."""

    account: str
    debit: int
    credit: int

    def __post_init__(self) -> None:
        if min(self.debit, self.credit) < 0 or (self.debit == 0) == (self.credit == 0):
            raise ValueError(f"{self.account}: exactly one side of a posting is positive")
        accounts.parts(self.account)


@dataclass(frozen=True, slots=True)
class Entry:
    """One transaction, unique by its business ``key``; ``document`` is the number on the paper it stands for.

    ValueError if its debits and credits differ, or if its accounts are in more than one organisation's books.
    """

    key: str
    case_ref: str
    leg: Leg
    currency: str
    at: datetime
    postings: tuple[Posting, ...]
    reason: str
    reverses: str | None = None
    document: str | None = None

    def __post_init__(self) -> None:
        if not self.postings or sum(p.debit - p.credit for p in self.postings) != 0:
            raise ValueError(f"{self.key}: debits and credits differ")
        if len({p.account.partition(":")[0] for p in self.postings}) != 1:
            raise ValueError(f"{self.key}: an entry is in one organisation's books")

    @property
    def books(self) -> str:
        """The organisation whose books it is in."""
        return self.postings[0].account.partition(":")[0]


@dataclass(frozen=True, slots=True)
class Occasion:
    """What an entry is about: the case and leg, when and why, and the paper that says so."""

    case_ref: str
    leg: Leg
    currency: str
    at: datetime
    reason: str
    document: str | None = None


def credit_key(case_ref: str, round_no: int, leg: Leg, invoice: str) -> str:
    return f"credit:{case_ref}:{round_no}:{leg}:{invoice}"


def rebill_key(case_ref: str, round_no: int, leg: Leg, number: str) -> str:
    return f"rebill:{case_ref}:{round_no}:{leg}:{number}"


def passed_on_key(case_ref: str, round_no: int, leg: Leg) -> str:
    return f"passed-on:{case_ref}:{round_no}:{leg}"


def goodwill_key(case_ref: str, round_no: int, leg: Leg) -> str:
    return f"goodwill:{case_ref}:{round_no}:{leg}"


def exchange_key(case_ref: str, round_no: int, leg: Leg, invoice: str) -> str:
    return f"exchange:{case_ref}:{round_no}:{leg}:{invoice}"


def reversal_key(key: str) -> str:
    """There is one for each entry, so that nothing is reversed twice."""
    return f"reversal:{key}"


def credit_entry(
    books: str,
    customer: str,
    taxes: Iterable[TaxTotal],
    given: Allocation,
    key: str,
    about: Occasion,
    fees: int = 0,
) -> Entry:
    """A credit note in its issuer's books: revenue and tax fall; against them what the customer owes, and what is
    given back. ``fees``: the restocking fees, net, by which the note's net is lower than what came back."""
    rows = tuple(taxes)
    net = sum(row.net for row in rows)
    debit = (
        (accounts.account(books, accounts.REVENUE_CORRECTIONS), net + fees),
        *_taxes(books, accounts.OUTPUT_VAT, rows),
    )
    credit = (
        (accounts.account(books, accounts.RESTOCKING_FEES), fees),
        (accounts.account(books, accounts.RECEIVABLES, customer), given.unpaid_reduced),
        (accounts.account(books, accounts.REFUNDS_PAYABLE, customer), given.refund),
        (accounts.account(books, accounts.ACCOUNT_CREDIT, customer), given.account_credit),
        (accounts.account(books, accounts.CLEARING, customer), given.settled_outside),
    )
    return _entry(key, about, debit, credit)


def rebill_entry(books: str, customer: str, taxes: Iterable[TaxTotal], key: str, about: Occasion) -> Entry:
    """An ordinary sale in its issuer's books: the receivable against revenue and tax."""
    rows = tuple(taxes)
    receivable = (
        accounts.account(books, accounts.RECEIVABLES, customer),
        sum(row.net + row.tax for row in rows),
    )
    revenue = (accounts.account(books, accounts.REVENUE), sum(row.net for row in rows))
    return _entry(key, about, (receivable,), (revenue, *_taxes(books, accounts.OUTPUT_VAT, rows)))


def confirmed_entry(
    books: str, supplier: str, taxes: Iterable[TaxTotal], given: Allocation, key: str, about: Occasion
) -> Entry:
    """A supplier's credit note that its own system issued, once number and date are confirmed, in its recipient's
    books: the purchase and its input tax fall, against what is owed to the supplier and what it owes back."""
    rows = tuple(taxes)
    debit = (
        (accounts.account(books, accounts.PAYABLES, supplier), given.unpaid_reduced),
        (accounts.account(books, accounts.SUPPLIER_CREDIT, supplier), given.refund + given.account_credit),
        (accounts.account(books, accounts.CLEARING, supplier), given.settled_outside),
    )
    net = (accounts.account(books, accounts.PURCHASE_CORRECTIONS), sum(row.net for row in rows))
    return _entry(key, about, debit, (net, *_taxes(books, accounts.INPUT_VAT, rows)))


def bought_entry(books: str, supplier: str, taxes: Iterable[TaxTotal], key: str, about: Occasion) -> Entry:
    """A supplier's rebill of its own system, in its recipient's books."""
    rows = tuple(taxes)
    net = (accounts.account(books, accounts.PURCHASES), sum(row.net for row in rows))
    owed = (accounts.account(books, accounts.PAYABLES, supplier), sum(row.net + row.tax for row in rows))
    return _entry(key, about, (net, *_taxes(books, accounts.INPUT_VAT, rows)), (owed,))


def passed_on_entry(
    books: str, customer: str, given: Allocation, how: str, key: str, about: Occasion
) -> Entry | None:
    """The seller confirmed how the customer was given back what the notes left to give: ``refund`` has left the
    house, ``offset`` paid other invoices, ``account_credit`` stands to the account. None where it stood so already."""
    refund = (accounts.account(books, accounts.REFUNDS_PAYABLE, customer), given.refund)
    credit = (accounts.account(books, accounts.ACCOUNT_CREDIT, customer), given.account_credit)
    if how == "account_credit":
        return _entry(key, about, (refund,), ((credit[0], given.refund),)) if given.refund else None
    total = given.refund + given.account_credit
    to = accounts.CLEARING if how == "refund" else accounts.RECEIVABLES
    against = (accounts.account(books, to, customer), total)
    return _entry(key, about, (refund, credit), (against,)) if total else None


def refund_entry(books: str, customer: str, amount: int, key: str, about: Occasion) -> Entry:
    """A refund the payment port has confirmed: it is no longer owed, and has left."""
    owed = (accounts.account(books, accounts.REFUNDS_PAYABLE, customer), amount)
    return _entry(key, about, (owed,), ((accounts.account(books, accounts.CLEARING, customer), amount),))


def goodwill_entry(
    books: str, customer: str, amount: int, key: str, about: Occasion, *, refund: bool = False
) -> Entry:
    """A payment outside any credit note and without VAT (DOMAIN: Goodwill): an expense, to the customer's account or,
    with ``refund``, to be paid out."""
    to = accounts.REFUNDS_PAYABLE if refund else accounts.ACCOUNT_CREDIT
    expense = (accounts.account(books, accounts.GOODWILL_EXPENSE), amount)
    return _entry(key, about, (expense,), ((accounts.account(books, to, customer), amount),))


def exchange_entry(books: str, supplier: str, loss: int, key: str, about: Occasion) -> Entry:
    """The exchange difference of what a supplier gives back, in the books' own currency: at the original invoice's rate
    against today's; a gain is a negative ``loss``."""
    difference = (accounts.account(books, accounts.EXCHANGE_DIFFERENCE), abs(loss))
    other = (accounts.account(books, accounts.CLEARING, supplier), abs(loss))
    return (
        _entry(key, about, (difference,), (other,))
        if loss > 0
        else _entry(key, about, (other,), (difference,))
    )


def reversal(of: Entry, reason: str, at: datetime, document: str | None = None) -> Entry:
    """The mirror of an entry, with its reason; ValueError without one, or if the entry is a reversal itself."""
    if not reason.strip():
        raise ValueError("a reversal needs a reason")
    if of.reverses is not None:
        raise ValueError(f"{of.key} is a reversal; what it took back is posted anew")
    postings = tuple(Posting(p.account, p.credit, p.debit) for p in of.postings)
    key = reversal_key(of.key)
    return Entry(key, of.case_ref, of.leg, of.currency, at, postings, reason, of.key, document)


def balances(entries: Iterable[Entry]) -> dict[tuple[str, str], int]:
    """Debits less credits per (account, currency); accounts that stand at zero are left out."""
    sums: dict[tuple[str, str], int] = {}
    for entry in entries:
        for posting in entry.postings:
            account = (posting.account, entry.currency)
            sums[account] = sums.get(account, 0) + posting.debit - posting.credit
    return {account: balance for account, balance in sums.items() if balance}


def _taxes(books: str, name: str, rows: Iterable[TaxTotal]) -> tuple[tuple[str, int], ...]:
    return tuple((accounts.account(books, name, f"{row.category}:{row.rate}"), row.tax) for row in rows)


def _entry(
    key: str, about: Occasion, debit: Iterable[tuple[str, int]], credit: Iterable[tuple[str, int]]
) -> Entry:
    """What is nothing is not posted; what is negative stands on the other side."""
    rows = [_posting(account, amount) for account, amount in debit if amount]
    rows += [_posting(account, -amount) for account, amount in credit if amount]
    return Entry(
        key,
        about.case_ref,
        about.leg,
        about.currency,
        about.at,
        tuple(rows),
        about.reason,
        document=about.document,
    )


def _posting(account: str, amount: int) -> Posting:
    return Posting(account, amount, 0) if amount > 0 else Posting(account, 0, -amount)
