"""A credit note as data; its PDF is the document."""

from typing import Any

from api.schemas.shown.plain import instant, money, tax_rate
from partnerflow.credits.notes import Note, NoteLine, Party
from partnerflow.money import format_percent, format_unit_price


def note(found: Note, *, ready: bool) -> dict[str, Any]:
    currency, allocation = found.currency, found.allocation
    return {
        "number": found.number,
        "kind": found.kind.value,
        "leg": found.leg.value,
        "issuer": _party(found.issuer),
        "recipient": _party(found.recipient),
        "issued_at": instant(found.issued_at),
        "issue_date": found.issue_date.isoformat(),
        "net": money(found.net, currency),
        "tax": money(found.tax, currency),
        "gross": money(found.gross, currency),
        "case_ref": found.case_ref,
        "invoice": found.preceding,
        "order_number": found.order_number,
        "po_number": found.po_number,
        "reason": found.reason,
        "lines": [_line(line, currency) for line in found.lines],
        "taxes": [
            {
                "category": row.category,
                "rate": tax_rate(row.rate),
                "net": money(row.net, currency),
                "tax": money(row.tax, currency),
            }
            for row in found.taxes
        ],
        "allocation": {
            "unpaid_reduced": money(allocation.unpaid_reduced, currency),
            "refund": money(allocation.refund, currency),
            "account_credit": money(allocation.account_credit, currency),
            "settled_outside": money(allocation.settled_outside, currency),
        }
        if allocation
        else None,
        "pdf": {"href": f"/v1/credit-notes/{found.number}.pdf", "ready": ready},
    }


def _line(line: NoteLine, currency: str) -> dict[str, Any]:
    return {
        "line_no": line.line_no,
        "sku": line.sku,
        "description": line.description,
        "quantity": line.quantity,
        "unit_price": format_unit_price(line.unit_price, currency),
        "percent": format_percent(line.percent),
        "net": money(line.net, currency),
        "tax_category": line.tax_category,
        "tax_rate": tax_rate(line.tax_rate),
    }


def _party(party: Party) -> dict[str, Any]:
    return {
        "code": party.code,
        "name": party.name,
        "vat_id": party.vat_id,
        "address": list(party.address),
        "country": party.country,
    }
