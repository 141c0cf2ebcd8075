"""The statement of one organisation and period, as data, sheet and paper."""

from datetime import date
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response

from api.auth import session
from api.errors import Problem, Wrong
from api.openapi import Group
from api.printing import printed
from api.requests import read_query
from api.schemas import reports as asked_for
from api.schemas.shown import statement as shown
from api.v1.answers import answer
from api.v1.reports import READ, sheet
from api.v1.reports_rights import PARTNER_KINDS, instants, organisation_of, period
from api.v1.sight import own_directory
from notifications.statement import MOST_ROWS, Party, Row, Section, Statement
from partnerflow.people import Organisation
from partnerflow.store import listing
from partnerflow.store.reports import statement as store
from partnerflow.store.reports.statement import Between, Moved

group = Group("statements", "What happened between an organisation and those it buys from or sells to.")


@group.route(
    "GET",
    "/v1/reports/statement",
    query=asked_for.Period,
    answers={200: "By partner, leg and currency: what stood before, what happened, what stands after."},
    scope=READ,
)
def read_statement() -> Response:
    """Read the statement of an organisation and period."""
    return answer(statement(read_query(asked_for.Period())))


@group.route(
    "GET",
    "/v1/reports/statement.csv",
    query=asked_for.Period,
    answers={200: "The same as a sheet."},
    scope=READ,
    media="text/csv",
)
def read_statement_csv() -> Response:
    """Download the statement."""
    made, _ = _made(read_query(asked_for.Period()))
    return sheet(_name(made), shown.lines(made))


@group.route(
    "GET",
    "/v1/reports/statement.pdf",
    query=asked_for.Period,
    answers={200: "The same on paper."},
    scope=READ,
    media="application/pdf",
)
def read_statement_pdf() -> Response:
    """Read the statement as PDF."""
    made, _ = _made(read_query(asked_for.Period()))
    if sum(len(section.rows) for section in made.sections) > MOST_ROWS:
        raise _too_long(MOST_ROWS, "Print a shorter period, or take the sheet")
    found = Response(_printed(made), 200, content_type="application/pdf")
    found.headers["Content-Disposition"] = f'inline; filename="{_name(made)}.pdf"'
    return found


def statement(asked: dict[str, Any]) -> dict[str, Any]:
    """The statement, by the query that asks for it."""
    return shown.statement(*_made(asked))


def _made(asked: dict[str, Any]) -> tuple[Statement, dict[tuple[str, str, str], list[Moved]]]:
    """The statement, and its rows with their instants, section by section."""
    of = organisation_of(asked["organisation"], PARTNER_KINDS)
    since, until = period(asked["since"], asked["until"], of.zone)
    start, end = instants(since, until, of.zone)
    rows = store.moved(session(), of.code, start, end)
    if len(rows) > store.MOST:
        raise _too_long(store.MOST, "Ask for a shorter period")
    opened = store.opening(session(), of.code, start)
    moved = {between: list(found) for between, found in groupby(rows, key=lambda row: row.between)}
    today = listing.now(session())[0].astimezone(ZoneInfo(of.zone)).date()
    known = own_directory().organisations
    pairs = sorted({*opened, *moved}, key=lambda b: (b.leg, b.seller, b.customer, b.currency))
    sections = tuple(_section(of, known, b, opened.get(b, 0), moved.get(b, [])) for b in pairs)
    kept = {
        (b.leg, b.customer if of.code == b.seller else b.seller, b.currency): moved.get(b, []) for b in pairs
    }
    return Statement(party(of), since, until, today, of.zone, of.locale, sections), kept


def _section(
    of: Organisation, known: dict[str, Organisation], between: Between, opened: int, rows: list[Moved]
) -> Section:
    selling, balance, shown_rows = of.code == between.seller, opened, []
    for row in rows:
        balance += row.minor
        shown_rows.append(_row(row, balance, of.zone))
    other = known[between.customer if selling else between.seller]
    return Section(between.leg, selling, party(other), between.currency, opened, balance, tuple(shown_rows))


def _row(row: Moved, balance: int, zone: str) -> Row:
    day: date = row.at.astimezone(ZoneInfo(zone)).date()
    return Row(day, row.kind, row.number, row.case_ref, row.order_number, row.about, row.minor, balance)


def party(of: Organisation) -> Party:
    return Party(of.code, of.name, of.vat_id, of.address, of.country)


def _printed(statement: Statement) -> bytes:
    sorry = "The statement could not be printed now; the sheet has the same."
    return printed("notifications.statement", statement, sorry)


def _name(statement: Statement) -> str:
    return f"statement-{statement.of.code}-{statement.since}-{statement.until}"


def _too_long(most: int, advice: str) -> Problem:
    said = f"The statement would have more than {most:,} rows. {advice}."
    return Problem("invalid-parameter", said, [Wrong("?from", said)])


__all__: list[Any] = ["group"]
