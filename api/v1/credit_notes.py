"""Credit notes: the data, the PDF that a finance department files, and the e-invoices its machines read."""

from flask import Response

from api.auth import reader, session
from api.errors import Problem
from api.openapi import Group
from api.requests import read_query
from api.schemas import queries
from api.schemas.shown.note import note as shown
from api.v1.answers import answer, page, place
from api.v1.cases import READ, pdf, xml
from api.v1.sight import need_partner_or_staff, own_sight
from partnerflow.credits.notes import Note
from partnerflow.orders.model import Leg
from partnerflow.store import listing_parts

group = Group("credit notes", "Immutable documents, numbered without gaps per issuer.")


@group.route(
    "GET",
    "/v1/credit-notes",
    query=queries.NoteList,
    answers={200: "A page of credit notes by number."},
    scope=READ,
)
def list_credit_notes() -> Response:
    """List credit notes."""
    asked = read_query(queries.NoteList())
    need_partner_or_staff()
    mark = place("credit notes", asked["cursor"])
    after = mark[0] if mark else None
    rows = listing_parts.list_notes(session(), own_sight(), asked["case"], after, asked["limit"])
    return page(
        rows,
        asked["limit"],
        lambda row: shown(row[0], ready=row[1]) if _seen(row[0]) else None,
        lambda row: [row[0].number],
        "credit notes",
    )


@group.route("GET", "/v1/credit-notes/<number>", answers={200: "The credit note."}, scope=READ)
def read_credit_note(number: str) -> Response:
    """Read a credit note."""
    found, ready = _note(number)
    return answer(shown(found, ready=ready))


@group.route(
    "GET",
    "/v1/credit-notes/<number>.pdf",
    answers={200: "The document."},
    scope=READ,
    media="application/pdf",
)
def read_credit_note_pdf(number: str) -> Response:
    """Read a credit note as PDF."""
    _note(number)
    return pdf(number)


@group.route(
    "GET",
    "/v1/credit-notes/<number>.cii.xml",
    answers={200: "The e-invoice in UN/CEFACT CII, as it is inside the PDF."},
    scope=READ,
    media="application/xml",
)
def read_credit_note_cii(number: str) -> Response:
    """Read a credit note as CII."""
    _note(number)
    return xml(number, "cii")


@group.route(
    "GET",
    "/v1/credit-notes/<number>.ubl.xml",
    answers={200: "The e-invoice in UBL 2.1."},
    scope=READ,
    media="application/xml",
)
def read_credit_note_ubl(number: str) -> Response:
    """Read a credit note as UBL."""
    _note(number)
    return xml(number, "ubl")


def _note(number: str) -> tuple[Note, bool]:
    need_partner_or_staff()
    found = listing_parts.read_note(session(), own_sight(), number)
    if found is None or not _seen(found[0]):
        raise Problem("not-found", "There is no such credit note.")
    return found


def _seen(found: Note) -> bool:
    return reader().sees_upstream or found.leg is not Leg.UPSTREAM
