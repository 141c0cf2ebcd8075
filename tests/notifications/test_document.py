"""The whole document: one PDF/A-3a with the CII inside, and nothing published that the law would not take."""

import io
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pikepdf
import pytest
from lxml import etree

from notifications.document import Document, NotLawful, make_document
from partnerflow.credits.notes import Note
from tests.notifications.einvoice_cases import CASES, HARBOUR, MERIDIAN, line, note

FX = "{urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#}"
PDFAID = "{http://www.aiim.org/pdfa/ns/id/}"
SCHEMA = "{http://www.aiim.org/pdfa/ns/schema#}"
PROPERTY = "{http://www.aiim.org/pdfa/ns/property#}"


@pytest.fixture(scope="module", params=["worked example 1", "reverse charge", "a debit note", "a rebill"])
def case(request: pytest.FixtureRequest) -> Note:
    return CASES[request.param]


@pytest.fixture(scope="module")
def made(case: Note) -> Document:
    return make_document(case)


@pytest.fixture(scope="module")
def pdf(made: Document) -> Iterator[pikepdf.Pdf]:
    with pikepdf.open(io.BytesIO(made.pdf)) as opened:
        yield opened


@pytest.fixture(scope="module")
def xmp(pdf: pikepdf.Pdf) -> Any:
    return etree.fromstring(pdf.Root.Metadata.read_bytes())


def values(xmp: Any, tag: str) -> list[str]:
    return [found.text for found in xmp.iter(tag)]


def test_the_cii_is_inside_exactly_once_as_the_documents_data(pdf: pikepdf.Pdf, made: Document):
    assert len(pdf.Root.AF) == 1
    assert list(pdf.attachments) == ["factur-x.xml"]
    attached = pdf.Root.AF[0]
    assert attached.AFRelationship == "/Data"
    assert attached.objgen == pdf.Root.Names.EmbeddedFiles.Names[1].objgen
    assert attached.EF.F.Subtype == "/text/xml"
    assert attached.EF.F.read_bytes() == made.cii


def test_it_calls_itself_pdf_a_3a_and_factur_x_by_the_extension_schema(xmp: Any):
    assert values(xmp, f"{PDFAID}part") == ["3"]
    assert values(xmp, f"{PDFAID}conformance") == ["A"]
    told = {
        name: values(xmp, FX + name)
        for name in ("DocumentType", "DocumentFileName", "Version", "ConformanceLevel")
    }
    assert told == {
        "DocumentType": ["INVOICE"],
        "DocumentFileName": ["factur-x.xml"],
        "Version": ["1.0"],
        "ConformanceLevel": ["EN 16931"],
    }
    assert values(xmp, f"{SCHEMA}namespaceURI") == [FX.strip("{}")]
    assert values(xmp, f"{SCHEMA}prefix") == ["fx"]
    assert sorted(values(xmp, f"{PROPERTY}name")) == sorted(told)
    assert len(list(xmp.iter("{http://www.w3.org/1999/02/22-rdf-syntax-ns#}RDF"))) == 1


def test_it_is_tagged_has_an_output_intent_and_embeds_every_font(pdf: pikepdf.Pdf, case: Note):
    assert pdf.Root.MarkInfo.Marked
    assert str(pdf.Root.Lang) == case.locale[:2]
    assert pdf.Root.StructTreeRoot.K
    (intent,) = pdf.Root.OutputIntents
    assert intent.S == "/GTS_PDFA1" and intent.DestOutputProfile.read_bytes()
    assert len(pdf.trailer.ID) == 2 and not pdf.is_encrypted
    fonts = [
        found
        for found in pdf.objects
        if getattr(found, "get", None) and found.get("/Type") == "/FontDescriptor"
    ]
    assert fonts
    assert all(set(font.keys()) & {"/FontFile", "/FontFile2", "/FontFile3"} for font in fonts)


def test_no_page_runs_a_script_or_points_outside(pdf: pikepdf.Pdf):
    for forbidden in ("/OpenAction", "/AA", "/AcroForm"):
        assert forbidden not in pdf.Root
    assert not any("/Annots" in page for page in pdf.pages)


def test_what_the_file_says_of_itself_is_what_its_metadata_say(pdf: pikepdf.Pdf, xmp: Any, case: Note):
    info = pdf.docinfo
    assert values(xmp, "{http://ns.adobe.com/pdf/1.3/}Producer") == [str(info["/Producer"])]
    assert values(xmp, "{http://ns.adobe.com/xap/1.0/}CreateDate") == ["2027-01-05T11:20:00+00:00"]
    assert info["/CreationDate"] == info["/ModDate"] == "D:20270105112000+00'00'"
    assert case.number in str(info["/Title"])


def test_one_note_always_gives_the_same_document(made: Document, case: Note):
    assert make_document(case) == made


@pytest.mark.parametrize(
    ("case", "rule"),
    [
        (replace(CASES["worked example 1"], issuer=replace(MERIDIAN, vat_id="")), r"\[BR-S-02\]"),
        (replace(CASES["reverse charge"], recipient=replace(HARBOUR, vat_id="")), r"\[BR-AE-02\]"),
    ],
)
def test_what_the_law_would_not_take_is_not_printed_and_says_which_rule(case: Note, rule: str):
    with pytest.raises(NotLawful, match=rule):
        make_document(case)


def test_a_currency_with_three_decimals_is_a_pdf_only():
    made = make_document(note(line(currency="BHD"), currency="BHD"))
    assert (made.cii, made.ubl) == (None, None)
    with pikepdf.open(io.BytesIO(made.pdf)) as pdf:
        assert "/AF" not in pdf.Root
