"""A credit note as data; its PDF is the document, CII and UBL are the same for machines."""

from typing import Any

from api.schemas.shown.plain import instant, money
from notifications.note_data import note_data, party_data
from partnerflow.cases.model import Case, Issued
from partnerflow.cases.papers import party_of
from partnerflow.credits.notes import Note
from partnerflow.orders.model import Leg
from partnerflow.people import Directory


def note(found: Note, *, ready: bool, einvoice: bool = False) -> dict[str, Any]:
    """``ready``: the PDF is stored; ``einvoice``: its XML too, which not every currency has."""
    here = f"/v1/credit-notes/{found.number}"
    return note_data(found) | {
        "external": False,
        "pdf": {"href": f"{here}.pdf", "ready": ready},
        "cii": {"href": f"{here}.cii.xml", "ready": einvoice},
        "ubl": {"href": f"{here}.ubl.xml", "ready": einvoice},
    }


def stated(found: Issued, case: Case, directory: Directory) -> dict[str, Any]:
    """Another issuer's note as somebody confirmed it; its files are that issuer's."""
    currency = case.currency_of(found.leg)
    downstream = found.leg is Leg.DOWNSTREAM
    issuer = (case.distributor or case.vendor) if downstream else case.vendor
    recipient = case.reseller if downstream else case.distributor
    allocation = found.allocation
    return {
        "number": found.number,
        "kind": found.kind,
        "leg": found.leg.value,
        "issuer": _party(issuer, directory),
        "recipient": _party(recipient, directory),
        "issued_at": instant(found.issued_at) if found.issued_at else None,
        "net": money(found.net, currency),
        "tax": money(found.tax, currency),
        "gross": money(found.gross, currency),
        "case_ref": case.ref,
        "invoice": found.invoice,
        "order_number": case.order_number,
        "lines": [
            {"line_no": row.line_no, "quantity": row.quantity, "net": money(row.net, currency)}
            for row in found.rows
        ],
        "allocation": {
            "unpaid_reduced": money(allocation.unpaid_reduced, currency),
            "refund": money(allocation.refund, currency),
            "account_credit": money(allocation.account_credit, currency),
            "settled_outside": money(allocation.settled_outside, currency),
        }
        if allocation
        else None,
        "external": True,
        "clearance_id": found.clearance_id,
        "document": found.document,
        "pdf": None,
        "cii": None,
        "ubl": None,
    }


def _party(code: str | None, directory: Directory) -> dict[str, Any] | None:
    known = directory.organisations.get(code or "")
    return party_data(party_of(known)) if known else None
