"""A whole case for whoever joins or audits: on a page, on paper, and as one file with all that belongs to it."""

import io
import json
import zipfile
from typing import Any

import pypdf
import pytest

from partnerflow.store import history
from partnerflow.store.database import unit_of_work
from tests.api.calling import World, attached, opened, ordered
from tests.portal.browsing import Browser

ELLIE, KARL, OWEN = "ellie.marsh@harbour.example", "karl.jensen@quayside.example", "owen.clarke@arbor.example"
SECRETS = ("27.45", "549.00", "Vendor → distributor", "They always do this.", "May the credit change VAT?")


@pytest.fixture(scope="module")
def case(world: World) -> dict[str, Any]:
    found = opened(world, ordered(world), 20)
    here = f"/v1/cases/{found['ref']}"
    said = {"text": "They always do this.", "visibility": "internal"}
    assert world.person(OWEN).post(f"{here}/actions/note", said).status_code == 200
    assert attached(world.reseller, here, "../list of keys.txt", b"four keys\n").status_code == 201
    return found


def test_a_dossier_tells_each_reader_what_they_may_know(world: World, case: dict[str, Any]) -> None:
    seen = {}
    for who in (ELLIE, OWEN):
        browser = Browser(world.app)
        browser.sign_in(who)
        page = browser.get(f"/cases/{case['ref']}/dossier")
        assert page.status_code == 200, page.text
        seen[who] = page.text
        for said in (
            "Too many: 50 × LIC-STD ordered, 30 wanted",
            "Fewer were needed.",
            "list of keys.txt",
            "624.00",
        ):
            assert said in page.text, said
    for secret in SECRETS:
        assert secret not in seen[ELLIE], secret
    for inside in ("Vendor → distributor", "They always do this.", "May the credit change VAT?"):
        assert inside in seen[OWEN], inside


def test_its_hash_is_that_of_the_history(world: World, browser: Browser, case: dict[str, Any]) -> None:
    with unit_of_work(world.app.extensions["engine"]) as session:
        version, digest = history.head_of(session, case["ref"])
        assert history.hash_at(session, case["ref"], version) == digest
    browser.sign_in(ELLIE)
    page = browser.get(f"/cases/{case['ref']}/dossier").text
    assert digest in page
    assert f"partnerflow verify --case {case['ref']} --event {version}" in page


def test_the_paper_says_what_the_page_says(world: World, case: dict[str, Any]) -> None:
    answer = world.reseller.get(f"/v1/cases/{case['ref']}/dossier.pdf")
    assert (answer.status_code, answer.content_type) == (200, "application/pdf")
    read = " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(answer.data)).pages)
    assert case["ref"] in read and "Fewer were needed." in read
    for secret in SECRETS:
        assert secret not in read, secret


def test_a_whole_case_is_one_file_with_names_that_stay(
    world: World, browser: Browser, case: dict[str, Any]
) -> None:
    browser.sign_in(ELLIE)
    answer = browser.get(f"/cases/{case['ref']}/export")
    assert answer.content_type == "application/zip"
    archive = zipfile.ZipFile(io.BytesIO(answer.data))
    ref = case["ref"]
    assert archive.namelist() == [
        f"{ref}/dossier.pdf",
        f"{ref}/case.json",
        f"{ref}/timeline.json",
        f"{ref}/attachments/001-list_of_keys.txt",
    ]
    assert archive.read(f"{ref}/attachments/001-list_of_keys.txt") == b"four keys\n"
    told = json.loads(archive.read(f"{ref}/timeline.json"))
    assert told["head"]["seq"] >= len(told["items"]) > 0
    everything = archive.read(f"{ref}/case.json") + archive.read(f"{ref}/timeline.json")
    assert b"upstream" not in everything and b"They always do this." not in everything


def test_nobody_else_gets_it(world: World, browser: Browser, case: dict[str, Any]) -> None:
    assert world.other_reseller.get(f"/v1/cases/{case['ref']}/dossier.pdf").status_code == 404
    assert world.admin.get(f"/v1/cases/{case['ref']}/dossier.pdf").status_code == 403
    browser.sign_in(KARL)
    for part in ("dossier", "export"):
        assert browser.get(f"/cases/{case['ref']}/{part}").status_code == 404
