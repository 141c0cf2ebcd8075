"""A statement as answer and sheet write it."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from api.schemas.shown.plain import instant, money
from notifications.statement import Section, Statement
from partnerflow.money import format_minor
from partnerflow.store.reports.statement import Moved

COLUMNS = (
    "leg", "role", "partner", "partner_name", "currency", "date", "kind", "number", "case_ref", "order_number", "about",
    "debit", "credit", "balance",
)  # fmt: skip


def statement(found: Statement, moved: dict[tuple[str, str, str], list[Moved]]) -> dict[str, Any]:
    return {
        "organisation": {"code": found.of.code, "name": found.of.name},
        "from": found.since.isoformat(),
        "to": found.until.isoformat(),
        "zone": found.zone,
        "sections": [_section(s, moved[s.leg, s.other.code, s.currency]) for s in found.sections],
    }


def _section(section: Section, moved: list[Moved]) -> dict[str, Any]:
    currency = section.currency
    return {
        "leg": section.leg,
        "role": _role(section),
        "partner": {"code": section.other.code, "name": section.other.name},
        "currency": currency,
        "opening_balance": money(section.opening, currency),
        "closing_balance": money(section.closing, currency),
        "entries": [
            {
                "at": instant(at.at),
                "date": row.day.isoformat(),
                "kind": row.kind,
                "number": row.number,
                "case_ref": row.case_ref,
                "order_number": row.order_number,
                "about": row.about,
                "amount": money(row.minor, currency),
                "balance": money(row.balance, currency),
            }
            for row, at in zip(section.rows, moved, strict=True)
        ],
    }


def lines(found: Statement) -> Iterator[tuple[Any, ...]]:
    """Lines of the sheet; every section opens and closes with its balance."""
    yield COLUMNS
    for section in found.sections:
        head = (section.leg, _role(section), section.other.code, section.other.name, section.currency)
        nothing = (None, None, None, None)
        yield (
            *head,
            found.since.isoformat(),
            "opening_balance",
            *nothing,
            None,
            None,
            _sum(section, section.opening),
        )
        for row in section.rows:
            debit = _sum(section, row.minor) if row.minor > 0 else None
            credit = _sum(section, -row.minor) if row.minor < 0 else None
            about = (row.day.isoformat(), row.kind, row.number, row.case_ref, row.order_number, row.about)
            yield (*head, *about, debit, credit, _sum(section, row.balance))
        yield (
            *head,
            found.until.isoformat(),
            "closing_balance",
            *nothing,
            None,
            None,
            _sum(section, section.closing),
        )


def _role(section: Section) -> str:
    return "seller" if section.selling else "customer"


def _sum(section: Section, minor: int) -> Decimal:
    return Decimal(format_minor(minor, section.currency))
