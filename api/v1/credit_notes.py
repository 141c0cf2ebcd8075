"""Credit notes: the data, the PDF that a finance department files, and the e-invoices its machines read."""

from typing import Any

from flask import Response

from api import file_links
from api.auth import engine, need_scope, reader, session
from api.errors import Problem
from api.openapi import Group
from api.requests import read_query
from api.schemas import queries
from api.schemas.shown import note as shown
from api.schemas.shown import voids
from api.v1.answers import answer, page, place
from api.v1.cases import READ, pdf, pdf_file, xml
from api.v1.sight import need_partner_or_staff, own_directory, own_sight
from partnerflow.cases import voiding
from partnerflow.orders.model import Leg
from partnerflow.people import Role
from partnerflow.store import listing_notes
from partnerflow.store.database import reading
from partnerflow.store.documents import pdf_of
from partnerflow.store.listing_notes import Listed

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
    rows = listing_notes.list_notes(session(), own_sight(), asked["case"], mark, asked["limit"])
    return page(
        rows,
        asked["limit"],
        lambda row: shown_note(row) if seen_note(row) else None,
        lambda row: [row.number, row.case.ref],
        "credit notes",
    )


@group.route("GET", "/v1/credit-notes/<number>", answers={200: "The credit note."}, scope=READ)
def read_credit_note(number: str) -> Response:
    """Read a credit note, and get a link to its PDF for somebody without a sign-in."""
    found = note_of(number, stated=True)
    body = shown_note(found)
    if found.ready:
        body["pdf"] |= {"link": file_links.made(number, found.case.ref, reader().organisation)}
    return answer(body)


@group.route(
    "GET",
    "/v1/credit-notes/<number>.pdf",
    query=queries.FileLink,
    answers={200: "The document.", 410: "The link's time has run out."},
    media="application/pdf",
)
def read_credit_note_pdf(number: str) -> Response:
    """Read a credit note as PDF: signed in, or for a quarter of an hour by the link that its reader was given."""
    read_query(queries.FileLink())
    link = file_links.admitted()
    if link is None:
        need_scope(READ)
        note_of(number)
        return pdf(number)
    with reading(engine(), link.organisation) as opened:
        made = pdf_file(number, pdf_of(opened, number))
    made.headers |= {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
    return made


@group.route(
    "GET",
    "/v1/credit-notes/<number>.cii.xml",
    answers={200: "The e-invoice in UN/CEFACT CII, as it is inside the PDF."},
    scope=READ,
    media="application/xml",
)
def read_credit_note_cii(number: str) -> Response:
    """Read a credit note as CII."""
    note_of(number)
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
    note_of(number)
    return xml(number, "ubl")


def note_of(number: str, *, stated: bool = False) -> Listed:
    """Ours, or also (``stated``) another issuer's of which there is no file here."""
    need_partner_or_staff()
    found = listing_notes.read_note(session(), own_sight(), number)
    if found is None and stated:
        found = listing_notes.read_stated(session(), own_sight(), number)
    if found is None or not seen_note(found):
        raise Problem("not-found", "There is no such credit note.")
    return found


def shown_note(found: Listed) -> dict[str, Any]:
    """The note, and whether it still counts; that one person of finance wants it void is finance's matter."""
    directory, finance = own_directory(), reader().staff and Role.FINANCE in reader().actor.roles
    if found.note is None:
        assert found.stated is not None
        body = shown.stated(found.stated, found.case, directory)
    else:
        body = shown.note(found.note, ready=found.ready, einvoice=found.einvoice)
    debit = voiding.debit_note(found.case, found.number)
    return body | {
        "voided_by": debit.number if debit else None,
        "void": voids.standing(found.case, found.number, directory, asked=finance),
    }


def seen_note(found: Listed) -> bool:
    """Whether this reader sees its leg."""
    paper = found.note or found.stated
    return reader().sees_upstream or paper is None or paper.leg is not Leg.UPSTREAM
