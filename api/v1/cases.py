"""Cases: what opening one would give, opening one, and reading it with its parts."""

from collections.abc import Iterable
from typing import Literal

from flask import Response, current_app

from api.auth import engine, own_reading, reader, session
from api.errors import Problem, Wrong
from api.openapi import Group
from api.requests import idempotency_key, read_body, read_query
from api.schemas import cases as bodies
from api.schemas import queries
from api.schemas.shown import agreement, attachments, people, preview, timeline
from api.schemas.shown import case as shown
from api.v1.answers import answer, decide, encode, page, place, quoted
from api.v1.precedents import beside
from api.v1.sight import need_partner_or_staff, own_directory, own_sight, seen_case
from partnerflow import desk
from partnerflow.cases import status
from partnerflow.cases.commands import OpenCase
from partnerflow.cases.model import Stage
from partnerflow.money import Money
from partnerflow.orders.model import Leg
from partnerflow.store import listing, listing_notes, listing_parts
from partnerflow.store.codec import instant
from partnerflow.store.documents import cii_of, pdf_of, ubl_of

group = Group("cases", "A wrong order, put right: who has it, what is next, and by when.")
READ, WRITE = "cases:read", "cases:write"
UNDECIDED = (Stage.ASSESSMENT, Stage.APPROVAL)
"""While a case is here, whoever works on it reads beside it how similar ones were decided."""


def told(decided: desk.Decided) -> desk.Answer:
    """The case as it stands now."""
    found = decided.case
    assert found is not None
    seen = shown.Shown(reader(), decided.at, current_app.config["BASE_URL"])
    body = encode(shown.case(found, decided.view, seen))
    return desk.Answer(
        201 if decided.created else 200,
        body,
        quoted(found.version),
        f"/v1/cases/{found.ref}" if decided.created else None,
    )


def need_currency(
    amounts: Iterable[Money], *, order: str | None = None, case: str | None = None, leg: Leg = Leg.DOWNSTREAM
) -> None:
    """Amounts are of the record's currency; who sees no such record does not learn which that is."""
    stated = {amount.currency for amount in amounts}
    if not stated:
        return
    with own_reading() as opened:
        wanted = listing.currency_of(opened, order=order, case=case, leg=leg)
    if wanted is None:
        raise Problem("not-found", "There is no such order." if order else "There is no such case.")
    if stated != {wanted}:
        said = f"The order is in {wanted}." if leg is Leg.DOWNSTREAM else f"That leg is in {wanted}."
        raise Problem("invalid-currency", said, [Wrong("/lines", said)])


def _opening() -> OpenCase:
    hidden = () if reader().sees_upstream else bodies.UPSTREAM
    sent = read_body(bodies.CaseBody(exclude=hidden))
    need_currency(bodies.amounts(sent), order=sent["order_id"])
    return bodies.opening(sent)


@group.route(
    "POST",
    "/v1/cases/preview",
    body=bodies.CaseBody,
    answers={200: "What opening it would give."},
    scope=READ,
)
def preview_case() -> Response:
    """Preview a case; records nothing."""
    draft = desk.preview(engine(), _opening(), reader().actor)
    return answer(preview.preview(draft, reader()))


@group.route(
    "POST",
    "/v1/cases",
    body=bodies.CaseBody,
    answers={201: "The case, with its owner."},
    scope=WRITE,
    keyed=True,
)
def open_case() -> Response:
    """Open a case."""
    key = idempotency_key()
    command = _opening()
    return decide(command, f"order/{command.order_id}", key, told)


@group.route(
    "GET", "/v1/cases", query=queries.CaseList, answers={200: "A page of cases, newest first."}, scope=READ
)
def list_cases() -> Response:
    """List cases."""
    asked = read_query(queries.CaseList())
    if not reader().admin_only:
        need_partner_or_staff()
    mark = place("cases", asked["cursor"])
    after = listing.Place(instant(mark[0]), mark[1]) if mark else None
    limit = asked["limit"]
    directory = own_directory()
    holder = directory.named(asked["owner"]) if asked["owner"] else None
    asked["owner"] = holder.id if holder else asked["owner"]
    wanted = listing.CaseFilter(**{n: v for n, v in asked.items() if n not in ("limit", "cursor")})
    rows = listing.list_cases(session(), own_sight(), wanted, after, limit)
    return page(
        rows,
        limit,
        lambda row: shown.summary(row[0], directory, row[1], reader()),
        lambda row: [row[0].opened_at, row[0].ref],
        "cases",
    )


@group.route("GET", "/v1/cases/<ref>", answers={200: "The case."}, scope=READ)
def read_case(ref: str) -> Response:
    """Read a case: the status."""
    found, view, at = seen_case(ref)
    seen = shown.Shown(reader(), at, current_app.config["BASE_URL"])
    body = shown.case(found, view, seen)
    if reader().staff and found.stage in UNDECIDED:
        body["precedents"] = beside(found, view, at)
    return answer(body, etag=quoted(found.version))


@group.route(
    "GET",
    "/v1/cases/<ref>/timeline",
    query=queries.Page,
    answers={200: "What happened, in order."},
    scope=READ,
)
def read_timeline(ref: str) -> Response:
    """Read a case's history."""
    asked = read_query(queries.Page())
    found, view, at = seen_case(ref)
    mark = place(f"timeline {ref}", asked["cursor"])
    limit = asked["limit"]
    rows = listing_parts.history(session(), found.ref, mark[0] if mark else 0, limit)
    words = timeline.telling(view.directory, found.currency, reader(), at, found.upstream_currency)
    return page(
        rows,
        limit,
        lambda row: timeline.item(row, words, reader()),
        lambda row: [row.seq],
        f"timeline {ref}",
    )


@group.route("GET", "/v1/cases/<ref>/contacts", answers={200: "Who has it, by name."}, scope=READ)
def read_contacts(ref: str) -> Response:
    """Read a case's named contacts."""
    found, view, at = seen_case(ref)
    return answer(people.contacts(status.contacts(found, view.policy, view.directory, at)))


@group.route("GET", "/v1/cases/<ref>/facts", answers={200: "What the decision rests on."}, scope=READ)
def read_facts(ref: str) -> Response:
    """Read a case's facts: what is stated, by whom, and who confirmed it."""
    found, view, _ = seen_case(ref)
    _refuse_admin()
    return answer({"items": agreement.facts(found, view.directory), "next_cursor": None})


@group.route("GET", "/v1/cases/<ref>/documents", answers={200: "Its documents."}, scope=READ)
def read_documents(ref: str) -> Response:
    """List a case's documents."""
    found, view, _ = seen_case(ref)
    _refuse_admin()
    papers = shown.documents(found, listing_notes.with_einvoice(session(), ref))
    items = [d for d in papers if reader().sees_upstream or d["leg"] != "upstream"]
    items += attachments.attachments(found, view.directory, reader())
    return answer({"items": items, "next_cursor": None})


@group.route(
    "GET",
    "/v1/cases/<ref>/documents/<number>.pdf",
    answers={200: "The document."},
    scope=READ,
    media="application/pdf",
)
def read_document(ref: str, number: str) -> Response:
    """Read one of a case's documents as PDF."""
    _find_document(ref, number)
    return pdf(number)


@group.route(
    "GET",
    "/v1/cases/<ref>/documents/<number>.cii.xml",
    answers={200: "The e-invoice in UN/CEFACT CII, as it is inside the PDF."},
    scope=READ,
    media="application/xml",
)
def read_document_cii(ref: str, number: str) -> Response:
    """Read one of a case's documents as CII."""
    _find_document(ref, number)
    return xml(number, "cii")


@group.route(
    "GET",
    "/v1/cases/<ref>/documents/<number>.ubl.xml",
    answers={200: "The e-invoice in UBL 2.1."},
    scope=READ,
    media="application/xml",
)
def read_document_ubl(ref: str, number: str) -> Response:
    """Read one of a case's documents as UBL."""
    _find_document(ref, number)
    return xml(number, "ubl")


def pdf(number: str) -> Response:
    """A stored rendering; 404 until it is there."""
    return pdf_file(number, pdf_of(session(), number))


def pdf_file(number: str, stored: bytes | None) -> Response:
    """As ``pdf``, of what was read already."""
    if stored is None:
        raise Problem("not-found", "The document is not ready yet.")
    made = Response(stored, 200, content_type="application/pdf")
    made.headers["Content-Disposition"] = f'inline; filename="{number}.pdf"'
    return made


def xml(number: str, syntax: Literal["cii", "ubl"]) -> Response:
    """A stored e-invoice; 404 until it is there, and where the document has none."""
    stored = cii_of(session(), number) if syntax == "cii" else ubl_of(session(), number)
    if stored is None:
        raise Problem("not-found", "There is no e-invoice of this document, or not yet.")
    made = Response(stored, 200, content_type="application/xml")
    made.headers["Content-Disposition"] = f'inline; filename="{number}.{syntax}.xml"'
    return made


def _find_document(ref: str, number: str) -> None:
    found, _, _ = seen_case(ref)
    _refuse_admin()
    seen = listing_notes.read_note(session(), own_sight(), number, listing_notes.EVERY_KIND)
    if seen is None or seen.case.ref != found.ref:
        raise Problem("not-found", "There is no such document.")


def _refuse_admin() -> None:
    if reader().admin_only:
        raise Problem("forbidden", "An admin has no business with documents.")
