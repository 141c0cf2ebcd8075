"""A case as its reader sees it: who has it, what is next, by when, and the money (DOMAIN: Status for the partner)."""

from collections.abc import Container
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from api.auth import Reader
from api.schemas.shown import agreement, amounts, kindnesses, payouts, reconciliation
from api.schemas.shown.people import contacts
from api.schemas.shown.plain import figures, instant, money, part, tax_rate
from api.seen import for_reader
from partnerflow.cases import clocks, machine, status
from partnerflow.cases.model import Case, Clock, Issued, Proposal
from partnerflow.cases.view import View
from partnerflow.credits.portions import Portion
from partnerflow.money import format_percent, format_unit_price
from partnerflow.people import Directory

WRITE = "cases:write"


@dataclass(frozen=True, slots=True)
class Shown:
    """``base_url`` is the configured one: links to people's pages never come from a request's headers."""

    reader: Reader
    at: datetime
    base_url: str


def case(found: Case, view: View, shown: Shown) -> dict[str, Any]:
    """The whole status; for one who is only admin its metadata."""
    if shown.reader.admin_only:
        return metadata(found)
    now = status.status(found, view.policy, view.directory, shown.at)
    seen = metadata(found) | {
        "reason": found.reason.value,
        "description": found.description,
        "verdict": found.verdict.value,
        "clause": found.clause,
        "order": {"id": found.order_id, "number": found.order_number, "po_number": found.po_number},
        "opened_by": _name(found.requester, view.directory),
        "on_behalf_of": _name(found.opened_for, view.directory),
        **request(found),
        **amounts.of_case(found, view, upstream=shown.reader.sees_upstream, inside=shown.reader.staff),
        "contacts": contacts(now.contacts),
        "clocks": [clock(each, view.directory, shown.at) for each in found.clocks],
        "asked_of_you": agreement.asked_of(found) if _is_partner(found, shown.reader) else [],
        "already_told": found.told,
        **kindnesses.of_case(found, view.directory, shown.reader),
        "next": now.next if _is_partner(found, shown.reader) else now.next_inside,
        "actions": actions(found, view, shown),
        "links": links(found.ref, found.order_id, shown.base_url),
        "decision": agreement.decision(found, view.directory),
        "decline": _decline(found),
        "appeal": appeal(found, view.directory),
        "pass_through": _passed(found),
        "payouts": payouts.payouts(found, view.directory, shown.at, inside=shown.reader.staff),
        "reconciliation": reconciliation.reconciliation(found),
    }
    if shown.reader.staff:
        seen["root_cause"] = found.root_cause
        seen["fault_share"] = fault_share(found.proposal)
    cleaned: dict[str, Any] = for_reader(seen, upstream=shown.reader.sees_upstream)
    return cleaned


def fault_share(put: Proposal | None) -> dict[str, str] | None:
    """Whose fault it was, in percent, for those who decide: it says what the other leg comes to."""
    stated = put.upstream_fault if put else None
    return {party: format_percent(part) for party, part in asdict(stated).items()} if stated else None


def metadata(found: Case) -> dict[str, Any]:
    """Neither amounts nor anybody's words."""
    return {
        "ref": found.ref,
        "version": found.version,
        "type": found.type.value,
        "stage": found.stage.value,
        "outcome": found.outcome.value if found.outcome else None,
        "origin": found.origin,
        **({"external_reference": found.external_reference} if found.external_reference else {}),
        "vendor": found.vendor,
        "distributor": found.distributor,
        "reseller": found.reseller,
        "opened_at": instant(found.opened_at),
        "closed_at": instant(found.closed_at),
        "appeal_until": instant(found.appeal_until),
        "rungs_fired": found.rungs_fired,
    }


def summary(found: Case, directory: Directory, at: datetime, reader: Reader) -> dict[str, Any]:
    """As lists show it."""
    if reader.admin_only:
        return metadata(found)
    due = found.clocks_due
    who = directory.people.get(found.owner)
    return metadata(found) | {
        "reason": found.reason.value,
        "order": {"id": found.order_id, "number": found.order_number, "po_number": found.po_number},
        "owner": who.name if who else None,
        "due_at": instant(due[0][0]) if due and found.open else None,
        "overdue": found.open and status.overdue(found, at),
        "awaiting_partner": found.awaiting_partner,
        "amounts": {
            "currency": found.currency,
            "requested": figures(
                found.requested[0].credit.net, found.requested[0].credit.tax, found.currency
            ),
        },
        "links": {"self": f"/v1/cases/{found.ref}"},
    }


def request(found: Case) -> dict[str, Any]:
    """What was asked: lines, what is wanted instead, the exception, how to give the money back."""
    currency, settlement = found.currency, found.settlement
    return {
        "lines": [portion(each, currency) for each in found.asked],
        "wanted": {"lines": [_wanted(found, index) for index in range(len(found.wanted))]}
        if found.wanted
        else None,
        "exception": agreement.exception(found),
        "settlement": {
            name: money(asked, currency)
            for name in ("refund", "account_credit", "settled_outside")
            if (asked := getattr(settlement, name)) is not None
        }
        if settlement
        else None,
    }


def portion(asked: Portion, currency: str) -> dict[str, Any]:
    """Units at a percent, or an amount; ``clause`` is the policy's rule for it."""
    shown: dict[str, Any] = {"line_no": asked.line_no, "quantity": asked.quantity}
    if asked.amount is None:
        shown["percent"] = format_percent(asked.percent)
        shown["part"] = part(asked.part)
    else:
        shown["amount"] = money(asked.amount, currency)
    return shown | {"convert": asked.convert, "exception": asked.exception, "clause": asked.clause}


def clock(found: Clock, directory: Directory, at: datetime) -> dict[str, Any]:
    return {
        "name": found.name,
        "state": found.state.value,
        "allowance_minutes": found.allowance // clocks.MINUTE,
        "used_minutes": clocks.used(found, at, directory) // clocks.MINUTE,
        "due_at": instant(found.due_at),
        "due_local": status.local_due(found, directory),
        "paused_because": found.paused_because,
    }


def actions(found: Case, view: View, shown: Shown) -> list[dict[str, str]]:
    """What this reader may do now, with this key."""
    scopes = shown.reader.actor.scopes
    if scopes is not None and WRITE not in scopes:
        return []
    names = machine.allowed_actions(found, shown.reader.actor, shown.at, view)
    return [{"name": name, "href": f"/v1/cases/{found.ref}/actions/{name}"} for name in names]


def documents(found: Case, einvoices: Container[str] = ()) -> list[dict[str, Any]]:
    """Credit notes, debit notes and rebills; a PDF is there once it is ``ready``, XML of those in ``einvoices``."""
    return [
        {
            "kind": each.kind,
            "number": each.number,
            "leg": each.leg.value,
            "href": None if each.external else document_href(found.ref, each.kind, each.number),
            "ready": each.ready,
            **(_xml(found.ref, each) if each.number in einvoices and not each.external else {}),
            **({"external": True} if each.external else {}),
            **({"clearance_id": each.clearance_id} if each.clearance_id else {}),
            **({"corrects": each.corrects} if each.corrects else {}),
        }
        for each in found.issued
    ]


def _xml(ref: str, document: Issued) -> dict[str, str]:
    href = document_href(ref, document.kind, document.number).removesuffix(".pdf")
    return {"cii": f"{href}.cii.xml", "ubl": f"{href}.ubl.xml"}


def document_href(ref: str, kind: str, number: str) -> str:
    if kind == "credit_note":
        return f"/v1/credit-notes/{number}.pdf"
    return f"/v1/cases/{ref}/documents/{number}.pdf"


def links(ref: str, order_id: str, base_url: str) -> dict[str, str]:
    return {
        "self": f"/v1/cases/{ref}",
        "timeline": f"/v1/cases/{ref}/timeline",
        "contacts": f"/v1/cases/{ref}/contacts",
        "facts": f"/v1/cases/{ref}/facts",
        "documents": f"/v1/cases/{ref}/documents",
        "clocks": f"/v1/cases/{ref}/clocks",
        "explanation": f"/v1/cases/{ref}/explanation",
        "precedents": f"/v1/cases/{ref}/precedents",
        "order": f"/v1/orders/{order_id}",
        "portal": f"{base_url}/cases/{ref}",
    }


def _wanted(found: Case, index: int) -> dict[str, Any]:
    item, currency = found.wanted[index], found.currency
    shown: dict[str, Any] = {
        "sku": item.sku,
        "description": item.description,
        "quantity": item.quantity,
        "unit_price": format_unit_price(item.unit_price, currency),
    }
    if item.replaces is not None:
        shown |= {
            "replaces_line": item.replaces,
            "tax": {"category": item.tax_category, "rate": tax_rate(item.tax_rate)},
        }
    if item.upstream_unit_price is not None:
        shown["upstream_unit_price"] = format_unit_price(item.upstream_unit_price, currency)
    return shown


def _is_partner(found: Case, reader: Reader) -> bool:
    return reader.organisation == (found.reseller or found.distributor)


def _decline(found: Case) -> dict[str, Any] | None:
    if found.decline_code is None:
        return None
    decided = [d for r in found.rounds for s in r.steps for d in s.decisions if d.what == "decline"]
    text = found.decline_text or (decided[-1].text if decided else None)
    return {"reason_code": found.decline_code, "text": text}


def appeal(found: Case, directory: Directory) -> dict[str, Any] | None:
    """The one appeal: what it says, and what it is about on the partner's leg."""
    put = found.appeal
    if put is None:
        return None
    credit = put.requested[0].credit
    return {
        "text": put.text,
        "by": _name(put.by, directory),
        "at": instant(put.at),
        "of": put.outcome.value,
        "lines": [portion(each, found.currency) for each in put.asked],
        "asked": figures(credit.net, credit.tax, found.currency),
    }


def _passed(found: Case) -> dict[str, Any] | None:
    passed = found.pass_through
    return {"how": passed.how, "reference": passed.reference, "at": instant(passed.at)} if passed else None


def _name(person: str | None, directory: Directory) -> str | None:
    known = directory.people.get(person or "")
    return known.name if known else person
