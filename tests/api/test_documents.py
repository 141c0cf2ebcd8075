"""A note's PDF and e-invoices: its own readers get them, once all of it is there, and nobody else does."""

from dataclasses import replace
from datetime import timedelta

import pytest
from lxml import etree

from api import file_links
from notifications.document import make_document
from partnerflow.credits.notes import Note, NoteKind, Party
from partnerflow.orders.model import Leg
from partnerflow.store import documents, notes
from partnerflow.store.database import unit_of_work
from tests.api.calling import World, a_case, ordered, refused
from tests.notifications.einvoice_cases import CASES, HARBOUR, MERIDIAN

ARBOR = Party("arbor", "Arbor Software Ltd", "GB 204 4410 18", ("14 Kingsway Place", "London EC1R 0LU"), "GB")
OLD = "MER-CN-2026-000009"
SUFFIXES = (".pdf", ".cii.xml", ".ubl.xml")


def issued(ref: str) -> tuple[Note, Note, Note]:
    """The credits of both legs and the downstream rebill."""
    mine = replace(CASES["worked example 1"], case_ref=ref, issuer=MERIDIAN, recipient=HARBOUR)
    theirs = replace(mine, number="ARB-CN-2027-000001", leg=Leg.UPSTREAM, issuer=ARBOR, recipient=MERIDIAN)
    rebill = replace(CASES["a rebill"], case_ref=ref, number="MER-INV-2027-000001")
    return mine, theirs, rebill


@pytest.fixture(scope="module")
def ref(world: World) -> str:
    answer = world.reseller.post("/v1/cases", a_case(ordered(world)["id"], 50))
    assert answer.status_code == 201, answer.text
    found = answer.json["ref"]
    made = issued(found)
    # Before the transaction: it may take seconds.
    printed = {note.number: make_document(note) for note in made}
    with unit_of_work(world.app.extensions["engine"]) as session:
        notes.write(session, made, 1, "arbor")
        notes.write(session, [replace(made[0], number=OLD)], 2, "arbor")
        for number, files in printed.items():
            documents.keep(session, number, files.pdf, files.cii, files.ubl)
        documents.keep(session, OLD, b"%PDF of last year")
    return str(found)


def test_both_e_invoices_and_the_pdf_that_has_one_inside_are_there(world: World, ref: str) -> None:
    mine, _, _ = issued(ref)
    path = f"/v1/credit-notes/{mine.number}"
    cii, ubl, pdf = (world.reseller.get(path + suffix) for suffix in (".cii.xml", ".ubl.xml", ".pdf"))
    assert (cii.status_code, ubl.status_code, pdf.status_code) == (200, 200, 200)
    assert cii.mimetype == ubl.mimetype == "application/xml"
    assert cii.headers["Content-Disposition"] == f'inline; filename="{mine.number}.cii.xml"'
    assert etree.QName(etree.fromstring(cii.data)).localname == "CrossIndustryInvoice"
    assert etree.QName(etree.fromstring(ubl.data)).localname == "CreditNote"
    assert world.reseller.get(path + ".cii.xml").data == make_document(mine).cii


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_the_other_leg_and_other_organisations_find_nothing(world: World, ref: str, suffix: str) -> None:
    mine, theirs, _ = issued(ref)
    refused(world.reseller.get(f"/v1/credit-notes/{theirs.number}{suffix}"), 404, "not-found")
    refused(world.other_reseller.get(f"/v1/credit-notes/{mine.number}{suffix}"), 404, "not-found")
    assert world.distributor.get(f"/v1/credit-notes/{theirs.number}{suffix}").status_code == 200
    assert world.finance.get(f"/v1/credit-notes/{mine.number}{suffix}").status_code == 200


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_rebill_is_read_with_its_case_and_no_other_note_through_it(
    world: World, ref: str, suffix: str
) -> None:
    mine, theirs, rebill = issued(ref)
    assert world.reseller.get(f"/v1/cases/{ref}/documents/{rebill.number}{suffix}").status_code == 200
    assert world.reseller.get(f"/v1/cases/{ref}/documents/{mine.number}{suffix}").status_code == 200
    refused(world.reseller.get(f"/v1/cases/{ref}/documents/{theirs.number}{suffix}"), 404, "not-found")
    refused(world.other_reseller.get(f"/v1/cases/{ref}/documents/{rebill.number}{suffix}"), 404, "not-found")
    refused(world.reseller.get(f"/v1/credit-notes/{rebill.number}{suffix}"), 404, "not-found")


def test_what_was_printed_before_there_were_e_invoices_stays_a_pdf(world: World, ref: str) -> None:
    assert world.reseller.get(f"/v1/credit-notes/{OLD}").json["pdf"]["ready"] is True
    assert world.reseller.get(f"/v1/credit-notes/{OLD}.pdf").data == b"%PDF of last year"
    refused(world.reseller.get(f"/v1/credit-notes/{OLD}.cii.xml"), 404, "not-found")


def test_a_note_and_its_case_say_where_every_file_is(world: World, ref: str) -> None:
    mine, _, rebill = issued(ref)
    note = world.reseller.get(f"/v1/credit-notes/{mine.number}").json
    here = f"/v1/credit-notes/{mine.number}"
    assert (note["external"], note["voided_by"]) == (False, None)
    assert note["cii"] == {"href": f"{here}.cii.xml", "ready": True}
    assert note["ubl"] == {"href": f"{here}.ubl.xml", "ready": True}
    old = world.reseller.get(f"/v1/credit-notes/{OLD}").json
    assert (old["pdf"]["ready"], old["cii"]["ready"], old["ubl"]["ready"]) == (True, False, False)
    assert [item["number"] for item in world.reseller.get(f"/v1/credit-notes?case={ref}").json["items"]] == [
        OLD,
        mine.number,
    ]
    assert rebill.number not in world.reseller.get("/v1/credit-notes").text


def link(world: World, number: str) -> str:
    """Made for whoever reads the note now, as a path."""
    shown = world.reseller.get(f"/v1/credit-notes/{number}").json["pdf"]["link"]
    assert shown["href"].startswith("https://desk.example/v1/")
    return str(shown["href"].removeprefix("https://desk.example"))


def test_a_link_opens_its_one_file_without_a_sign_in_as_often_as_it_is_asked(world: World, ref: str) -> None:
    mine, _, _ = issued(ref)
    path = link(world, mine.number)
    for _ in range(3):
        answer = world.nobody.get(path)
        assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
        assert answer.data == world.reseller.get(f"/v1/credit-notes/{mine.number}.pdf").data
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_link_opens_nothing_else(world: World, ref: str) -> None:
    mine, theirs, _ = issued(ref)
    path, _, token = link(world, mine.number).partition("?")
    for other in (theirs.number, OLD, "MER-CN-2027-999999"):
        refused(world.nobody.get(f"/v1/credit-notes/{other}.pdf?{token}"), 401, "unauthenticated")
    for forged in (token[:-2], "token=", "token=x.y.z", f"{token}A"):
        refused(world.nobody.get(f"{path}?{forged}"), 401, "unauthenticated")
    for elsewhere in (
        f"/v1/credit-notes/{mine.number}",
        f"{path.removesuffix('.pdf')}.cii.xml",
        "/v1/credit-notes",
    ):
        refused(world.nobody.get(f"{elsewhere}?{token}"), 401, "unauthenticated")
    refused(world.nobody.get(path), 401, "unauthenticated")


def test_a_link_of_yesterday_says_where_to_go_on(
    world: World, ref: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = link(world, issued(ref)[0].number)
    monkeypatch.setattr(file_links, "LIVES", timedelta(seconds=-1))
    problem = refused(world.nobody.get(path), 410, "link-expired")
    assert f"https://desk.example/cases/{ref}" in problem["detail"]


def test_a_link_shows_what_the_organisation_it_was_made_for_may_read(world: World, ref: str) -> None:
    """The walls of the record hold for its bearer too: signed for another organisation it finds nothing."""
    mine, _, _ = issued(ref)
    with world.app.test_request_context():
        href = file_links.made(mine.number, ref, "quayside")["href"]
    refused(world.nobody.get(href.removeprefix("https://desk.example")), 404, "not-found")


def test_nothing_is_there_before_all_of_it_is_stored(world: World, ref: str) -> None:
    waiting = replace(issued(ref)[0], number="MER-CN-2027-000099", kind=NoteKind.CREDIT_NOTE)
    with unit_of_work(world.app.extensions["engine"]) as session:
        notes.write(session, [waiting], 3, "arbor")
    assert world.reseller.get(f"/v1/credit-notes/{waiting.number}").json["pdf"]["ready"] is False
    for suffix in SUFFIXES:
        refused(world.reseller.get(f"/v1/credit-notes/{waiting.number}{suffix}"), 404, "not-found")
