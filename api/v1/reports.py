"""The books as reports: the trial balance, and what was posted to one account."""

from collections.abc import Iterable
from typing import Any

from flask import Response

from api.auth import reader, session
from api.errors import Problem, Wrong
from api.openapi import Group
from api.requests import read_query
from api.schemas import reports as asked_for
from api.schemas.shown import reports as shown
from api.schemas.shown.plain import instant, money
from api.sheets import line
from api.v1.answers import answer, cursor, place
from api.v1.reports_rights import (
    DISTRIBUTORS,
    instants,
    need_money,
    organisation_of,
    period,
)
from api.v1.sight import own_directory
from partnerflow.credits import accounts
from partnerflow.store import listing
from partnerflow.store.codec import instant as parsed
from partnerflow.store.reports import balances

group = Group("reports", "Balances, statements, reconciliation, exposure.")
READ = "reports:read"
LIST = "account statement"


@group.route(
    "GET",
    "/v1/reports/trial-balance",
    query=asked_for.TrialBalance,
    answers={200: "Every account, and the totals of each organisation's books."},
    scope=READ,
)
def read_trial_balance() -> Response:
    """Read the trial balance."""
    return answer(trial_balance(read_query(asked_for.TrialBalance())))


@group.route(
    "GET",
    "/v1/reports/trial-balance.csv",
    query=asked_for.TrialBalance,
    answers={200: "The same as a sheet."},
    scope=READ,
    media="text/csv",
)
def read_trial_balance_csv() -> Response:
    """Download the trial balance."""
    return sheet(
        "trial-balance", shown.trial_balance_lines(trial_balance(read_query(asked_for.TrialBalance())))
    )


def trial_balance(asked: dict[str, Any]) -> dict[str, Any]:
    """Every account at an instant, by the query that asks for it."""
    if not need_money():
        raise Problem("forbidden", "The books are read by the operator's finance.")
    if asked["organisation"] is not None:
        organisation_of(asked["organisation"], DISTRIBUTORS)
    regions = reader().countries(own_directory())
    at = asked["at"] or listing.now(session())[0]
    rows = balances.trial_balance(session(), asked["organisation"], at, regions)
    return shown.trial_balance(rows, at)


@group.route(
    "GET",
    "/v1/reports/account-statement",
    query=asked_for.AccountStatement,
    answers={200: "Postings in order, with the running balance."},
    scope=READ,
)
def read_account_statement() -> Response:
    """Read what was posted to one account."""
    return answer(account_statement(read_query(asked_for.AccountStatement())))


def account_statement(asked: dict[str, Any]) -> dict[str, Any]:
    """One page of it, by the query that asks for it."""
    books, name = _account(asked["account"], asked["organisation"])
    of = organisation_of(books, DISTRIBUTORS)
    account = f"{of.code}:{name}"
    _check(account)
    since, until = period(asked["since"], asked["until"], of.zone)
    start, end = instants(since, until, of.zone)
    mark = place(LIST, asked["cursor"])
    after = (parsed(mark[0]), str(mark[1]), int(mark[2])) if mark else None
    found = balances.postings(session(), account, start, end, after, asked["limit"])
    here = found[: asked["limit"]]
    following = cursor(LIST, [here[-1].at, here[-1].entry, here[-1].no]) if len(found) > len(here) else None
    opened = balances.opening(session(), account, start)
    return {
        "account": account,
        "title": accounts.parts(account)[1].title,
        "from": since.isoformat(),
        "to": until.isoformat(),
        "opens_at": instant(start),
        "opening_balances": [money(minor, currency) for currency, minor in sorted(opened.items())],
        "items": [shown.posted(row) for row in here],
        "next_cursor": following,
    }


def _account(account: str, organisation: str | None) -> tuple[str | None, str]:
    """(books, the account's name within them): it may be named with its books or without."""
    books, _, rest = account.partition(":")
    if books in accounts.BY_NAME:
        return organisation, account
    if organisation not in (None, books):
        raise Problem("not-found", "There is no such account in these books.")
    return books, rest


def _check(account: str) -> None:
    try:
        accounts.parts(account)
    except ValueError:
        said = "There is no such account; the chart has " + ", ".join(accounts.BY_NAME) + "."
        raise Problem("invalid-parameter", said, [Wrong("?account", said)]) from None


def sheet(name: str, lines: Iterable[Iterable[Any]]) -> Response:
    """A CSV for whoever opens it in a spreadsheet: no cell can become a formula."""
    made = Response("".join(line(cells) for cells in lines), content_type="text/csv; charset=utf-8")
    made.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return made
