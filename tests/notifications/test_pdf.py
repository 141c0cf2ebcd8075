"""The note as a document: what a finance department reads in it, not its bytes."""

import io
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from pypdf import PdfReader

from notifications import pdf
from notifications.document_words import reason_words
from notifications.pdf import note_html, render_note
from partnerflow.credits.notes import Allocation, Note, NoteKind, NoteTax

EXAMPLE = Path(pdf.__file__).parent / "templates" / "note" / "example.json"


def example() -> Note:
    """Worked example 1, the leg distributor -> reseller."""
    return msgspec.json.decode(EXAMPLE.read_bytes(), type=Note)


def rebill() -> Note:
    note = example()
    line = replace(note.lines[0], sku="LIC-STD", unit_price=31_200_000, net=143520)
    tax = NoteTax("S", 200000, 143520, 28704)
    return replace(
        note, kind=NoteKind.REBILL, number="MER-INV-2027-000001", preceding=None, preceding_date=None,
        lines=(line,), taxes=(tax,), net=143520, tax=28704, gross=172224, allocation=None,
    )  # fmt: skip


def read(note: Note) -> PdfReader:
    return PdfReader(io.BytesIO(render_note(note)))


def text(note: Note) -> str:
    """All pages' text, blanks run together."""
    return " ".join(" ".join(page.extract_text() for page in read(note).pages).split())


def test_a_credit_note_says_what_it_is_what_it_corrects_and_whose_it_is():
    shown = text(example())
    for expected in (
        "Credit note", "MER-CN-2027-000001", "381 credit note", "Issue date 5 January 2027",
        "Corrects invoice INV-7731 of 4 January 2027", "Order D-8841", "Your purchase order H-2291",
        "Case PF-2027-000123", "Meridian Distribution Ltd", "Unit 7, Harlequin Park", "VAT id GB 987 6543 21",
        "Harbour IT Ltd", "14 Quay Street", "VAT id GB 123 4567 89", "United Kingdom", "Wrong item ordered",
    ):  # fmt: skip
        assert expected in shown


def test_its_lines_show_quantity_price_and_percent_and_its_sums_add_up():
    shown = text(example())
    assert "46 50.00 100% 20% 2,300.00" in shown
    assert "4 50.00 50% 20% 100.00" in shown
    assert "Net 2,400.00" in shown
    assert "VAT 20% on 2,400.00 480.00" in shown
    assert "Credit in all GBP 2,880.00" in shown


def test_it_says_where_the_credit_goes_and_leaves_out_what_is_nothing():
    shown = text(example())
    assert "Reduces what is open on INV-7731: 1,800.00 To your account: 1,080.00" in shown
    assert "Refunded" not in shown
    everywhere = replace(example(), allocation=Allocation(1, 2, 3, 4))
    assert "Refunded to you: 0.02 To your account: 0.03 Settled outside this document: 0.04" in text(
        everywhere
    )


def test_it_states_the_vat_adjustment_to_both_sides():
    assert "lowers the VAT charged there by GBP 480.00" in text(example())


def test_a_rebill_is_an_invoice_without_reference_or_allocation():
    shown = text(rebill())
    assert "Invoice MER-INV-2027-000001" in shown
    assert "380 invoice" in shown
    assert "Invoice total GBP 1,722.24" in shown
    assert "Credit note MER" not in shown
    assert "Corrects" not in shown
    assert "Where this credit goes" not in shown


def test_figures_follow_the_locale_and_dates_stay_unmistakable():
    assert "GBP 2.880,00" in text(replace(example(), locale="de_DE"))
    assert "5 January 2027" in text(replace(example(), locale="en_US"))


def test_a_currency_without_decimals_shows_none():
    assert "JPY 288,000" in text(replace(example(), currency="JPY"))


def test_unit_prices_keep_all_their_decimals_and_share_them_in_one_document():
    first, second = example().lines
    shown = text(replace(example(), lines=(replace(first, unit_price=1_125_000), second)))
    assert " 1.125 " in shown
    assert " 50.000 " in shown


def test_a_credit_by_amount_claims_no_quantity():
    line = replace(example().lines[0], quantity=0, percent=0)
    assert "credited by amount 20% 2,300.00" in text(replace(example(), lines=(line,)))


def test_vat_of_every_rate_and_the_reason_for_none_are_shown():
    taxes = (
        NoteTax("S", 200000, 100000, 20000),
        NoteTax("S", 50000, 100000, 5000),
        NoteTax("AE", 0, 40000, 0),
    )
    shown = text(replace(example(), taxes=taxes, tax=25000, gross=265000))
    assert "VAT 5% on 1,000.00 50.00" in shown
    assert "reverse charge" in shown
    assert "VAT in all 250.00" in shown


def test_three_hundred_lines_run_over_pages_that_repeat_the_head_and_count_themselves():
    line = example().lines[0]
    lines = tuple(replace(line, line_no=n, sku=f"SKU-{n:03}") for n in range(1, 301))
    pages = [" ".join(page.extract_text().split()) for page in read(replace(example(), lines=lines)).pages]
    assert 8 <= len(pages) <= 12
    for number, page in enumerate(pages, start=1):
        assert f"Page {number} of {len(pages)}" in page
        assert "Unit price" in page
        assert "MER-CN-2027-000001" in page
    assert [n for n in range(1, 301) if f"SKU-{n:03}" not in "".join(pages)] == []
    assert "Credit in all" in pages[-1]


def test_one_page_stays_one_page():
    assert len(read(example()).pages) == 1


@pytest.mark.parametrize(
    "hostile", ["<script>alert(1)</script>", "{{7*7}}", "<img src=x onerror=alert(1)>", "{% raw %}"]
)
def test_text_of_people_is_shown_as_text(hostile: str):
    note = replace(example(), reason=hostile, recipient=replace(example().recipient, name=hostile))
    shown = text(note)
    assert shown.count(hostile) == 2
    assert "49" not in shown


def test_control_characters_and_reading_direction_overrides_are_not_shown():
    assert "Harbour IT" in note_html(replace(example(), po_number="Har\x00bour\u202e IT\x07"))


def test_a_reference_in_a_text_fetches_nothing_and_a_foreign_one_in_a_template_stops_the_rendering():
    fetch = pdf.bundled_only()
    for url in ("https://example.org/x.css", "file:///etc/passwd", "bundled:///../pdf.py", "note/note.css"):
        with pytest.raises(ValueError, match="only bundled files"):
            fetch(url)
    assert fetch("bundled:///note/note.css").read().startswith(b"/*")


def test_names_of_any_length_stay_on_the_paper():
    note = replace(example(), po_number="9" * 300, recipient=replace(example().recipient, name="W" * 500))
    assert text(note).replace(" ", "").count("W" * 500) == 1


def test_the_document_is_tagged_archivable_and_always_the_same():
    reader = read(example())
    catalog = reader.trailer["/Root"].get_object()
    assert catalog["/MarkInfo"]["/Marked"]
    assert catalog["/Lang"] == "en"
    assert b'pdfaid:part="3"' in reader.xmp_metadata.stream.get_data()
    assert b'pdfaid:conformance="A"' in reader.xmp_metadata.stream.get_data()
    assert reader.metadata is not None
    assert reader.metadata.title == "Credit note MER-CN-2027-000001"
    assert render_note(example()) == render_note(example())


def test_a_reason_code_reads_as_words_and_a_sentence_stays():
    assert reason_words("no_longer_needed") == "No longer needed"
    assert reason_words("Ordered twice, see D-8840.") == "Ordered twice, see D-8840."
