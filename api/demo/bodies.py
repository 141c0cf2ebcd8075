"""What is sent: the requests of worked example 1 (DOMAIN)."""

from datetime import UTC, datetime
from typing import Any, Final

INVOICES: Final = {"downstream": "INV-7731", "upstream": "A-55120"}


def gbp(amount: str) -> dict[str, str]:
    """An amount in the story's currency."""
    return {"amount": amount, "currency": "GBP"}


def now() -> str:
    """The present instant, to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def order(number: str) -> dict[str, Any]:
    """50 x LIC-PRO at 50.00 (44.00 upstream) for EC-17, whose estate is LIC-STD."""
    licence = {"edition": "pro", "metric": "user", "term_months": 12, "segment": "commercial", "region": "GB"}
    line = {
        "line_no": 1,
        "sku": "LIC-PRO",
        "description": "Arbor Pro, per user, 1 year",
        "quantity": 50,
        "unit_price": "50.00",
        "upstream_unit_price": "44.00",
        "tax_category": "S",
        "tax_rate": "20.00",
        "activated_quantity": 0,
        "licence": licence,
    }
    return {
        "number": number,
        "po_number": "H-2291",
        "vendor": "arbor",
        "distributor": "meridian",
        "reseller": "harbour",
        "end_customer": {"code": "EC-17", "name": "Tidewater Surveyors"},
        "currency": "GBP",
        "placed_at": now(),
        "lines": [line],
    }


def invoice(leg: str) -> dict[str, Any]:
    """The order's lines, invoiced now."""
    return {"leg": leg, "issued_at": now()}


def payment() -> dict[str, Any]:
    """The 1,200.00 that the reseller has paid."""
    paid = {"leg": "downstream", "invoice": INVOICES["downstream"], "amount": gbp("1200.00")}
    return paid | {"received_at": now()}


def activation() -> dict[str, Any]:
    """4 of the 50 keys."""
    return {"line_no": 1, "activated_quantity": 4, "at": now(), "source": "licence server"}


def exchange(order_id: str) -> dict[str, Any]:
    """All 50 back, 4 of them at 50 % by exception, and 46 x LIC-STD instead."""
    return {
        "order_id": order_id,
        "type": "exchange",
        "reason": "wrong_item_ordered",
        "lines": [{"line_no": 1, "quantity": 50}],
        "wanted": {"lines": [{"sku": "LIC-STD", "quantity": 46}]},
        "description": "We asked for Pro by mistake. The customer runs Standard everywhere and needs 46.",
        "exception": {
            "justification": "Reported the same day; 4 keys were activated to find out, and can be revoked.",
            "lines": [{"line_no": 1, "quantity": 4, "percent": "50"}],
        },
    }


def pass_through() -> dict[str, Any]:
    """The distributor says that the reseller's account shows the credit."""
    return {"how": "account_credit", "reference": "ST-8841", "at": now()}
