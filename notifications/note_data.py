"""A note as plain data: amounts as strings with the currency's decimals, instants in UTC.

It is what the API answers, and what a system that owns the numbers is told.
"""

from datetime import UTC, datetime
from typing import Any

from partnerflow.credits.notes import Note, NoteLine, NoteTax, Party
from partnerflow.money import format_minor, format_percent, format_unit_price


def note_data(note: Note) -> dict[str, Any]:
    """``number`` None: it is still to be numbered, and then has no allocation either."""
    currency, allocation, own = note.currency, note.allocation, note.accounting_tax
    return {
        "number": note.number or None,
        "kind": note.kind.value,
        "leg": note.leg.value,
        "issuer": party_data(note.issuer),
        "recipient": party_data(note.recipient),
        "issued_at": _instant(note.issued_at),
        "issue_date": note.issue_date.isoformat(),
        "net": _money(note.net, currency),
        "tax": _money(note.tax, currency),
        "gross": _money(note.gross, currency),
        "case_ref": note.case_ref,
        "invoice": note.preceding,
        **({"original_invoice": note.original} if note.original else {}),
        "order_number": note.order_number,
        "po_number": note.po_number,
        "reason": note.reason,
        "lines": [_line(line, currency) for line in note.lines],
        "taxes": [_tax(row, currency) for row in note.taxes],
        "accounting_tax": {
            "tax": _money(own.tax, own.currency),
            "rate": format_unit_price(own.rate, own.currency),
            "rate_date": own.rate_date.isoformat() if own.rate_date else None,
        }
        if own
        else None,
        "allocation": {
            "unpaid_reduced": _money(allocation.unpaid_reduced, currency),
            "refund": _money(allocation.refund, currency),
            "account_credit": _money(allocation.account_credit, currency),
            "settled_outside": _money(allocation.settled_outside, currency),
        }
        if allocation
        else None,
    }


def instruction(note: Note, key: str) -> dict[str, Any]:
    """What the issuer's system is told: the note with its key, its type code and the date of what it corrects."""
    data = note_data(note)
    for unknown in ("number", "allocation", "issued_at", "issue_date"):
        del data[unknown]
    dated = note.preceding_date.isoformat() if note.preceding_date else None
    about = {"key": key, "instructed_at": _instant(note.issued_at), "type_code": note.kind.type_code}
    return about | data | {"invoice_date": dated, "locale": note.locale}


def _line(line: NoteLine, currency: str) -> dict[str, Any]:
    return {
        "line_no": line.line_no,
        "sku": line.sku,
        "description": line.description,
        "quantity": line.quantity,
        "unit_price": format_unit_price(line.unit_price, currency),
        "percent": format_percent(line.percent),
        "part": {"left": line.part.left, "of": line.part.of, "unit": line.part.unit} if line.part else None,
        "net": _money(line.net, currency),
        "tax_category": line.tax_category,
        "tax_rate": _rate(line.tax_rate),
    }


def _tax(row: NoteTax, currency: str) -> dict[str, Any]:
    """``reason`` and ``reason_code`` only where no VAT is charged."""
    why = {"reason": row.reason, "reason_code": row.reason_code}
    return {
        "category": row.category,
        "rate": _rate(row.rate),
        "net": _money(row.net, currency),
        "tax": _money(row.tax, currency),
    } | {name: words for name, words in why.items() if words}


def party_data(party: Party) -> dict[str, Any]:
    """An issuer or recipient."""
    return {
        "code": party.code,
        "name": party.name,
        "vat_id": party.vat_id,
        "address": list(party.address),
        "country": party.country,
    }


def _money(minor: int, currency: str) -> dict[str, str]:
    return {"amount": format_minor(minor, currency), "currency": currency}


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _rate(ppm: int) -> str:
    """Percent with at least two decimals, as orders state it: ``"20.00"``."""
    whole, _, part = format_percent(ppm).partition(".")
    return f"{whole}.{part.ljust(2, '0')}"
