"""The chart of accounts: which accounts there are, of what kind, and what each of them is for.

An account belongs to one organisation's books and is written ``<books>:<name>[:<of>]``; ``of`` is the customer, the
supplier, or category and rate of a tax. DOMAIN: Ledger; docs/accounting.md.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """``contra_income`` and ``contra_expense`` lower income and expense: corrections stay visible beside them."""

    ASSET = "asset"
    LIABILITY = "liability"
    INCOME = "income"
    CONTRA_INCOME = "contra_income"
    EXPENSE = "expense"
    CONTRA_EXPENSE = "contra_expense"

    @property
    def debit(self) -> bool:
        """Whether its balance stands on the debit side."""
        return self in (Kind.ASSET, Kind.EXPENSE, Kind.CONTRA_INCOME)


class Of(StrEnum):
    """What the last part of an account names; each leg has its own, for its customer and supplier differ."""

    CUSTOMER = "customer"
    SUPPLIER = "supplier"
    PARTY = "customer or supplier"
    TAX = "category:rate"
    NOTHING = ""


@dataclass(frozen=True, slots=True)
class Account:
    """One row of the chart, which every organisation's books have alike."""

    name: str
    title: str
    kind: Kind
    of: Of
    about: str


RECEIVABLES: Final = "receivables"
ACCOUNT_CREDIT: Final = "account-credit"
REFUNDS_PAYABLE: Final = "refunds-payable"
CLEARING: Final = "clearing"
REVENUE: Final = "revenue"
REVENUE_CORRECTIONS: Final = "revenue-corrections"
OUTPUT_VAT: Final = "output-vat"
RESTOCKING_FEES: Final = "restocking-fees"
PAYABLES: Final = "payables"
SUPPLIER_CREDIT: Final = "supplier-credit"
PURCHASES: Final = "purchases"
PURCHASE_CORRECTIONS: Final = "purchase-corrections"
INPUT_VAT: Final = "input-vat"
GOODWILL_EXPENSE: Final = "goodwill-expense"
EXCHANGE_DIFFERENCE: Final = "exchange-difference"

CHART: Final[tuple[Account, ...]] = (
    Account(
        RECEIVABLES, "Receivables", Kind.ASSET, Of.CUSTOMER, "What a customer owes on invoices and rebills."
    ),
    Account(
        ACCOUNT_CREDIT,
        "Account credit",
        Kind.LIABILITY,
        Of.CUSTOMER,
        "What stands to a customer's account once nothing of the invoice is unpaid.",
    ),
    Account(
        REFUNDS_PAYABLE,
        "Refunds payable",
        Kind.LIABILITY,
        Of.CUSTOMER,
        "Money to be paid back to a customer, until it has left.",
    ),
    Account(
        CLEARING,
        "Clearing",
        Kind.LIABILITY,
        Of.PARTY,
        "What has left or was settled outside these books; the bank's own bookings empty it.",
    ),
    Account(REVENUE, "Revenue", Kind.INCOME, Of.NOTHING, "Net of rebills."),
    Account(
        REVENUE_CORRECTIONS, "Revenue corrections", Kind.CONTRA_INCOME, Of.NOTHING, "Net of credit notes."
    ),
    Account(OUTPUT_VAT, "Output VAT", Kind.LIABILITY, Of.TAX, "Tax on what was sold, per category and rate."),
    Account(
        RESTOCKING_FEES, "Restocking fee income", Kind.INCOME, Of.NOTHING, "Fees that lowered a credit, net."
    ),
    Account(PAYABLES, "Payables", Kind.LIABILITY, Of.SUPPLIER, "What is owed to a supplier on its invoices."),
    Account(
        SUPPLIER_CREDIT,
        "Credit with suppliers",
        Kind.ASSET,
        Of.SUPPLIER,
        "What a supplier owes back once nothing of its invoice is unpaid.",
    ),
    Account(PURCHASES, "Purchases", Kind.EXPENSE, Of.NOTHING, "Net of a supplier's rebills."),
    Account(
        PURCHASE_CORRECTIONS,
        "Purchase corrections",
        Kind.CONTRA_EXPENSE,
        Of.NOTHING,
        "Net of a supplier's credit notes, once it has confirmed them.",
    ),
    Account(INPUT_VAT, "Input VAT", Kind.ASSET, Of.TAX, "Tax on what was bought, per category and rate."),
    Account(
        GOODWILL_EXPENSE,
        "Goodwill expense",
        Kind.EXPENSE,
        Of.NOTHING,
        "Payments outside any credit note and without VAT.",
    ),
    Account(
        EXCHANGE_DIFFERENCE,
        "Exchange difference",
        Kind.EXPENSE,
        Of.NOTHING,
        "Between the rate of the original invoice and the day's; in the distributor's books alone.",
    ),
)
BY_NAME: Final = {account.name: account for account in CHART}

TOWARDS_CUSTOMER: Final = (RECEIVABLES, ACCOUNT_CREDIT, REFUNDS_PAYABLE)
"""What a customer's balance is made of; clearing is not, for that has left."""


def account(books: str, name: str, of: str = "") -> str:
    """``account("meridian", RECEIVABLES, "harbour")`` -> ``meridian:receivables:harbour``; ValueError if the chart
    has no such account, or wants a last part where there is none (or the other way round)."""
    row = BY_NAME.get(name)
    if row is None or bool(of) is (row.of is Of.NOTHING) or not books:
        raise ValueError(f"no account {name!r} of {of!r} in the books of {books!r}")
    return ":".join(part for part in (books, name, of) if part)


def parts(code: str) -> tuple[str, Account, str]:
    """(books, row of the chart, last part); ValueError for what is no account."""
    books, _, rest = code.partition(":")
    name, _, of = rest.partition(":")
    if name not in BY_NAME or account(books, name, of) != code:
        raise ValueError(f"{code!r} is not an account")
    return books, BY_NAME[name], of
