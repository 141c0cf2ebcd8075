"""Reports as answers, sheets and paper write them: figures as text with exactly the currency's decimals."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from api.schemas.shown.plain import instant
from partnerflow.credits import accounts
from partnerflow.money import format_minor
from partnerflow.store.reports.balances import Balance, Posted

BALANCE_COLUMNS: Final = ("books", "account", "title", "kind", "of", "currency", "debit", "credit", "balance")
FIGURES: Final = frozenset({"debit", "credit", "balance"})


def trial_balance(rows: Iterable[Balance], at: datetime | None) -> dict[str, Any]:
    """Rows by books, account and currency; totals of each organisation's books in each currency."""
    found = list(rows)
    totals: dict[tuple[str, str], list[int]] = {}
    for row in found:
        sums = totals.setdefault((row.books, row.currency), [0, 0])
        sums[0] += row.debit
        sums[1] += row.credit
    return {
        "at": instant(at),
        "rows": [_balance(row) for row in found],
        "totals": [
            {
                "books": books,
                "currency": currency,
                "debit": format_minor(debit, currency),
                "credit": format_minor(credit, currency),
            }
            for (books, currency), (debit, credit) in totals.items()
        ],
    }


def _balance(row: Balance) -> dict[str, str]:
    _, of_chart, of = accounts.parts(row.account)
    return {
        "books": row.books,
        "account": row.account,
        "title": of_chart.title,
        "kind": of_chart.kind.value,
        "of": of,
        "currency": row.currency,
        "debit": format_minor(row.debit, row.currency),
        "credit": format_minor(row.credit, row.currency),
        "balance": format_minor(row.balance, row.currency),
    }


def posted(row: Posted) -> dict[str, Any]:
    return {
        "at": instant(row.at),
        "entry": row.entry,
        "case_ref": row.case_ref,
        "leg": row.leg,
        "document": row.document,
        "reason": row.reason,
        "reverses": row.reverses,
        "currency": row.currency,
        "debit": format_minor(row.debit, row.currency),
        "credit": format_minor(row.credit, row.currency),
        "balance": format_minor(row.balance, row.currency),
    }


def trial_balance_lines(body: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
    """The same as lines of a sheet, figures as numbers."""
    yield BALANCE_COLUMNS
    for row in body["rows"]:
        yield tuple(Decimal(row[name]) if name in FIGURES else row[name] for name in BALANCE_COLUMNS)
