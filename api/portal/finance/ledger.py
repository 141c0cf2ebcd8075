"""The books: every account with its balance, and what was posted to one."""

from typing import Any

from flask import Response

from api.portal.finance import room
from api.portal.finance.tabs import tabs
from api.portal.page import page
from api.portal.paging import address
from api.requests import read_query
from api.schemas import reports as asked_for
from api.v1.reports import account_statement, trial_balance
from partnerflow.money import format_percent


@room.get("/finance/ledger")
def ledger() -> Response:
    """The trial balance, now or at an instant."""
    asked = read_query(asked_for.TrialBalance())
    found = trial_balance(asked)
    rows = [row | {"of": _of(row["of"])} for row in found["rows"]]
    books = [(total, [row for row in rows if _in(row, total)]) for total in found["totals"]]
    return page("finance/ledger.html", tabs=tabs(), books=books, at=found["at"], asked=asked)


@room.get("/finance/account")
def account() -> Response:
    """What was posted to one account, with the running balance."""
    asked = read_query(asked_for.AccountStatement())
    found = account_statement(asked)
    following = address(found["next_cursor"]) if found["next_cursor"] else None
    return page("finance/account.html", tabs=tabs(), found=found, asked=asked, next=following)


def _of(name: str) -> str:
    """A tax account is of a category and a rate: ``S:200000`` reads ``S 20 %``."""
    category, colon, rate = name.partition(":")
    return f"{category} {format_percent(int(rate))} %" if colon and rate.isdigit() else name


def _in(row: dict[str, Any], total: dict[str, Any]) -> bool:
    return (row["books"], row["currency"]) == (total["books"], total["currency"])
