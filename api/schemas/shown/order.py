"""An order as its readers see it: findings, and per line until when and for how much it can be put right."""

from datetime import datetime
from typing import Any

from api.auth import Reader
from api.schemas.shown.people import contact, owner
from api.schemas.shown.plain import figures, instant, money, part, tax_rate
from api.seen import for_reader
from partnerflow import people
from partnerflow.cases.contact import contact as named
from partnerflow.cases.view import View
from partnerflow.money import format_percent, format_unit_price
from partnerflow.orders.eligibility import RefundOption, eligibility
from partnerflow.orders.model import Finding, Invoice, Leg, Line, Order, Payment, Suggestion
from partnerflow.orders.purchase import bought_at
from partnerflow.people import Directory, Role, Scope
from partnerflow.policy.proration import words
from partnerflow.policy.terms import Purchase


def order(found: Order, view: View, at: datetime, reader: Reader) -> dict[str, Any]:
    """The whole order; whatever concerns the upstream leg only for readers who may see it."""
    shown = summary(found) | {
        "upstream_currency": found.currency_of(Leg.UPSTREAM),
        "received_at": instant(found.received_at),
        "hold_until": instant(found.hold_until) if found.status == "on_hold" else None,
        "findings": [finding(each, found.currency, view.directory) for each in found.findings],
        "lines": [_line(each, found, view, at) for each in found.lines],
        "invoices": [_invoice(each, found.currency_of(each.leg)) for each in found.invoices],
        "payments": [_payment(each, found.currency_of(each.leg)) for each in found.payments],
        "contacts": contacts(found, view.directory, at),
        "links": {"self": f"/v1/orders/{found.id}", "cases": "/v1/cases"},
    }
    cleaned: dict[str, Any] = for_reader(shown, upstream=reader.sees_upstream)
    return cleaned


def summary(found: Order) -> dict[str, Any]:
    """As lists show it."""
    customer = found.end_customer
    return {
        "id": found.id,
        "number": found.number,
        "po_number": found.po_number,
        "status": found.status.value,
        "vendor": found.vendor,
        "distributor": found.distributor,
        "reseller": found.reseller,
        "end_customer": {"code": customer.code, "name": customer.name} if customer else None,
        "currency": found.currency,
        "placed_at": instant(found.placed_at),
        "replaces": found.replaces,
        "cancelled_because": found.cancelled_because,
        "version": found.version,
    }


def finding(found: Finding, currency: str, directory: Directory) -> dict[str, Any]:
    who = directory.people.get(found.acknowledged_by or "")
    shown: dict[str, Any] = {
        "code": found.code,
        "severity": found.severity.value,
        "line_no": found.line_no,
        "text": found.text,
        "suggestion": _suggestion(found.suggestion, currency),
        "acknowledged_by": who.name if who else found.acknowledged_by,
    }
    return shown if found.leg is None else shown | {"leg": found.leg.value}


def contacts(found: Order, directory: Directory, at: datetime) -> dict[str, Any]:
    """Who is responsible before any case exists: by the reseller's country and tier, and the first line's family."""
    partner = directory.organisations.get(found.reseller or found.distributor or "")
    family = found.lines[0].family if found.lines else ""
    scope = Scope(partner.country if partner else None, family or None, partner.tier if partner else None)
    manager = people.covering(directory, Role.CASE_MANAGER, scope, at)
    holder = manager or people.fallback(directory, directory.operator.code, at)
    above = people.accountable(directory, holder.id, at) if holder else None
    desk = _desk(found, directory, scope, at)
    return {
        "owner": owner(named(holder, directory, at)) if holder else None,
        "accountable_manager": contact(named(above, directory, at)) if above else None,
        "distributor": contact(named(desk, directory, at)) if desk else None,
    }


def _desk(found: Order, directory: Directory, scope: Scope, at: datetime) -> people.Person | None:
    code = found.distributor
    if code is None:
        return None
    covering = (p for p in people.all_covering(directory, Role.DESK, scope, at) if p.organisation == code)
    present = sorted(
        (p for p in directory.of(code) if Role.DESK in p.roles and p.present(at)), key=lambda p: p.name
    )
    return next(covering, None) or next(iter(present), None) or people.fallback(directory, code, at)


def _line(line: Line, found: Order, view: View, at: datetime) -> dict[str, Any]:
    entitled = eligibility(found, line, at, view.order_policy)
    ceiling = view.lines.get(found.main_leg, {}).get(line.line_no)
    currency, licence = found.currency, line.licence
    shown: dict[str, Any] = {
        "line_no": line.line_no,
        "sku": line.sku,
        "description": line.description,
        "quantity": line.quantity,
        "unit_price": format_unit_price(line.unit_price, currency),
        "tax_category": line.tax_category,
        "tax_rate": tax_rate(line.tax_rate),
        "activated_quantity": line.activated,
        "licence": None
        if licence is None
        else {
            "edition": licence.edition,
            "metric": licence.metric,
            "term_months": licence.term_months,
            "segment": licence.segment,
            "region": licence.region,
        },
        "purchase": (line.purchase or Purchase.NEW).value,
        "base": {"order": line.base_order, "line_no": line.base_line} if line.base_order else None,
        "eligibility": {
            "bought_at": instant(bought_at(found, line)),
            "cancellable_until": instant(entitled.cancellable_until),
            "rule": entitled.rule,
            "refund_options": [_option(option, currency) for option in entitled.refund_options],
        },
        "left_to_credit": {
            "quantity": ceiling.left_quantity,
            "amount": money(ceiling.left_net, currency),
        }
        if ceiling
        else None,
    }
    if line.upstream_price is not None:
        shown["upstream_unit_price"] = format_unit_price(line.upstream_price, found.currency_of(Leg.UPSTREAM))
    return shown


def _option(option: RefundOption, currency: str) -> dict[str, Any]:
    """``amount`` until ``until`` and ``then`` afterwards, by the rules as they are; ``part`` of the term is left."""

    def shown(amount: int | None) -> dict[str, str] | None:
        return None if amount is None else money(amount, currency)

    return {
        "kind": option.kind,
        "quantity": option.quantity,
        "percent": format_percent(option.percent_ppm),
        "part": part(option.part),
        "amount": shown(option.amount),
        "upstream_amount": shown(option.upstream_amount),
        "until": instant(option.until),
        "then": shown(option.then),
        "rule": option.rule,
        "text": option.text if option.part is None else f"{option.text} {words(option.part)}.",
    }


def _suggestion(found: Suggestion | None, currency: str) -> dict[str, Any] | None:
    if found is None:
        return None
    price = None if found.unit_price is None else format_unit_price(found.unit_price, currency)
    return {"sku": found.sku, "quantity": found.quantity, "unit_price": price}


def _invoice(invoice: Invoice, currency: str) -> dict[str, Any]:
    return {
        "leg": invoice.leg.value,
        "number": invoice.number,
        "issued_at": instant(invoice.issued_at),
        **figures(invoice.net, invoice.gross - invoice.net, currency),
        **({"exchange_rate": _rate(invoice.exchange_rate)} if invoice.exchange_rate else {}),
        "lines": [
            {
                "line_no": row.line_no,
                "quantity": row.quantity,
                "net": money(row.net, currency),
                "category": row.category,
                "rate": tax_rate(row.rate),
            }
            for row in invoice.lines
        ],
        "tax_totals": [
            {
                "category": row.category,
                "rate": tax_rate(row.rate),
                "net": money(row.net, currency),
                "tax": money(row.tax, currency),
            }
            for row in invoice.tax_totals
        ],
    }


def _rate(micros: int) -> str:
    whole, part = divmod(micros, 1_000_000)
    return f"{whole}.{part:06}"


def _payment(payment: Payment, currency: str) -> dict[str, Any]:
    return {
        "leg": payment.leg.value,
        "id": payment.id,
        "invoice": payment.invoice,
        "amount": money(payment.amount, currency),
        "received_at": instant(payment.received_at),
        "kind": payment.kind,
    }
