"""A document in its reader's language: every word of it, dates and figures."""

import io
import string
from dataclasses import replace

import pytest
from pypdf import PdfReader

from notifications.document_words import ENGLISH, LANGUAGES, language, reason_words
from notifications.pdf import render_note
from partnerflow.credits.notes import AccountingTax, NoteKind
from tests.notifications.einvoice_cases import CASES, line, note


def text(of: object) -> str:
    pages = PdfReader(io.BytesIO(render_note(of))).pages  # type: ignore[arg-type]
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def blanks(words: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(words) if name}


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_language_has_every_word_with_the_same_blanks(code: str):
    words = LANGUAGES[code]
    assert words.keys() == ENGLISH.keys()
    assert {key: blanks(words[key]) for key in words} == {key: blanks(ENGLISH[key]) for key in ENGLISH}
    assert all(words.values())


@pytest.mark.parametrize("kind", NoteKind)
def test_every_kind_of_note_has_its_words(kind: NoteKind):
    for prefix in ("", "type_", "total_", "terms_"):
        assert ENGLISH[prefix + kind]


@pytest.mark.parametrize(
    ("locale", "found"), [("de_AT", "de"), ("fr_CA", "fr"), ("en_US", "en"), ("pl_PL", "en"), ("", "en")]
)
def test_a_locale_reads_its_own_language_or_english(locale: str, found: str):
    assert language(locale) == found


def test_a_german_reader_finds_a_rechnungskorrektur():
    shown = text(replace(CASES["worked example 1"], locale="de_DE"))
    for expected in (
        "Rechnungskorrektur", "381 Rechnungskorrektur", "Ausstellungsdatum 5. Januar 2027",
        "Berichtigt Rechnung INV-7731 vom 4. Januar 2027", "Vereinigtes Königreich", "Falscher Artikel bestellt",
        "46 50,00 100 % 20 % 2.300,00", "USt 20 % auf 2.400,00 480,00", "Gutschriftbetrag GBP 2.880,00",
        "Mindert den offenen Betrag von INV-7731: 1.440,00", "Umsatzsteuerberichtigung", "Seite 1 von 1",
    ):  # fmt: skip
        assert expected in shown
    assert "Credit" not in shown


def test_a_french_reader_finds_an_avoir():
    shown = text(CASES["in French"])
    for expected in (
        "Avoir", "381 avoir", "Date d’émission 5 janvier 2027", "Rectifie la facture INV-7731 du 4 janvier 2027",
        "Royaume-Uni", "Mauvais article commandé", "Total de l’avoir TTC GBP 2 880,00", "TVA 20 % sur 2 400,00 480,00",
        "Réduit le solde ouvert de INV-7731 : 1 440,00", "Régularisation de TVA", "Page 1 sur 1",
    ):  # fmt: skip
        assert expected in shown
    assert "Credit" not in shown


def test_reverse_charge_is_said_where_the_tax_would_be_and_in_the_wording():
    shown = text(CASES["reverse charge"])
    assert shown.count("Steuerschuldnerschaft des Leistungsempfängers") == 2
    assert "mindert den dort berechneten Betrag ohne Umsatzsteuer" in shown


def test_an_exemption_is_shown_in_the_laws_own_words():
    assert "VAT, exempt (Exempt: education, VATA 1994 Sch 9 Group 6)" in text(
        CASES["exempt, with the law's own words"]
    )


def test_discounts_and_fees_are_shown_where_they_lower_something():
    shown = text(CASES["85 % of a price with a discount and a restocking fee"])
    assert "less discount 10.00" in shown and "less restocking fee 5.00" in shown
    shown = text(CASES["discounts on the document"])
    assert "Lines in all 700.00 Spring campaign -25.00 Discount -0.99 Net 674.01" in shown


def test_the_tax_in_the_issuers_currency_says_its_rate_and_day():
    case = CASES["foreign currency with the tax in the issuer's own"]
    assert "USt in GBP zum Kurs 0,8613 vom 4. Januar 2027 86,13" in text(case)
    undated = replace(case, locale="en_GB", accounting_tax=AccountingTax("GBP", 8613, 861_300))
    assert "VAT in GBP at 0.8613 86.13" in text(undated)


def test_a_debit_note_takes_a_credit_note_back():
    shown = text(CASES["a debit note"])
    assert "Takes back MER-CN-2027-000001" in shown
    assert "raises the VAT by GBP 460.00" in shown
    assert "Falls due again" in shown


def test_a_description_without_blanks_breaks_and_sixty_lines_run_over_pages():
    rows = (line(n, description="Ü" * 140 if n % 20 == 0 else "Arbor Pro", number=n) for n in range(1, 61))
    pages = [
        page.extract_text() for page in PdfReader(io.BytesIO(render_note(note(*rows, locale="de_DE")))).pages
    ]
    assert len(pages) == 3
    for number, page in enumerate(pages, start=1):
        assert f"Seite {number} von 3" in " ".join(page.split())
        assert "Einzelpreis" in page
    assert "".join("".join(pages).split()).count("Ü" * 20) >= 3 * 7


@pytest.mark.parametrize(
    ("locale", "shown"),
    [
        ("en_GB", "Wrong item ordered: order D-8841 corrected in case PF-2027-000123."),
        ("de_DE", "Falscher Artikel bestellt: Auftrag D-8841, berichtigt im Vorgang PF-2027-000123."),
        ("fr_FR", "Mauvais article commandé : commande D-8841, rectifiée dans le dossier PF-2027-000123."),
    ],
)
def test_the_desks_own_sentence_is_read_in_the_readers_language(locale: str, shown: str):
    sentence = "Wrong item ordered: order D-8841 corrected in case PF-2027-000123."
    assert reason_words(sentence, locale) == shown


def test_any_other_text_stays_as_a_person_wrote_it():
    assert reason_words("Ordered twice, see D-8840.", "de_DE") == "Ordered twice, see D-8840."
    assert reason_words("other: order of yesterday", "fr_FR") == "other: order of yesterday"
