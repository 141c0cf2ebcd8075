"""The statement on paper: what its reader finds, in which language, and that nothing in it is more than text."""

import io
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from pypdf import PdfReader

from notifications import statement
from notifications.statement import Row, Statement, kind_words, render_statement, statement_html
from notifications.statement_words import ENGLISH, LANGUAGES, language, words

EXAMPLE = Path(statement.__file__).parent / "templates" / "statement" / "example.json"
KINDS = (
    "invoice", "rebill", "payment", "payment_returned", "credit_note", "debit_note", "settled_outside", "pass_through",
)  # fmt: skip


def example() -> Statement:
    return msgspec.json.decode(EXAMPLE.read_bytes(), type=Statement)


def text(made: Statement) -> str:
    pages = PdfReader(io.BytesIO(render_statement(made))).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def first_row(**changes: object) -> Statement:
    """The example with its first section's first row changed."""
    made = example()
    head, *rest = made.sections
    rows = (replace(head.rows[0], **changes), *head.rows[1:])  # type: ignore[arg-type]
    return replace(made, sections=(replace(head, rows=rows), *rest))


def test_every_row_has_its_number_case_and_the_balance_after_it() -> None:
    shown = text(example())
    for expected in (
        "Statement of account", "Meridian Distribution plc", "VAT id GB 731 2206 54", "1 January 2027",
        "31 January 2027", "Made on 1 February 2027", "Your sales to Harbour IT Ltd", "what Harbour IT Ltd owes you",
        "MER-CN-2027-000001", "for M-D-8841", "PF-2027-000123", "2,880.00", "-1,080.00", "642.24",
        "Your purchases from Arbor Software Ltd", "what you owe Arbor Software Ltd", "1,620.84", "Page 1 of 1",
    ):  # fmt: skip
        assert expected in shown, expected


def test_the_example_adds_up() -> None:
    for section in example().sections:
        balance = section.opening
        for row in section.rows:
            balance += row.minor
            assert row.balance == balance
        assert section.closing == balance == section.opening + section.added - section.taken_off


@pytest.mark.parametrize(
    ("locale", "title", "closing", "figure"),
    [
        ("de_DE", "Kontoauszug", "Saldo am 31. Januar 2027", "2.880,00"),
        ("fr_FR", "Relevé de compte", "Solde au 31 janvier 2027", "880,00"),
        ("nl_NL", "Statement of account", "Balance on 31 January 2027", "2.880,00"),
    ],
)
def test_it_speaks_its_readers_language(locale: str, title: str, closing: str, figure: str) -> None:
    shown = text(replace(example(), locale=locale))
    for expected in (title, closing, figure):
        assert expected in shown


def test_every_language_has_the_same_words_and_one_for_every_kind() -> None:
    assert all(set(table) == set(ENGLISH) for table in LANGUAGES.values())
    assert set(KINDS) <= set(ENGLISH)
    assert (language("de-AT"), language("xx")) == ("de", "en")
    for locale in LANGUAGES:
        assert all(words(locale).values())


def test_a_pass_through_says_how() -> None:
    row = Row(example().since, "pass_through", "A-1", None, None, "refund", 0, 0)
    assert kind_words(row, "en") == "Passed on: refund"


def test_a_period_without_anything_says_so() -> None:
    made = example()
    empty = tuple(replace(section, rows=(), opening=0, closing=0) for section in made.sections)
    assert "Nothing happened in this period." in text(replace(made, sections=empty))
    assert "There is no account in this period." in text(replace(made, sections=()))


@pytest.mark.parametrize("words_", ["<script>alert(1)</script>", "{{7*7}}", '<img src="file:///etc/passwd">'])
def test_what_others_wrote_is_text_and_nothing_else(words_: str) -> None:
    html = statement_html(first_row(number=words_))
    assert words_ not in html or "<" not in words_
    shown = text(first_row(number=words_)).replace(" ", "")
    assert words_.replace(" ", "") in shown


def test_a_long_statement_runs_over_pages_and_counts_them() -> None:
    made = example()
    head = made.sections[0]
    long = replace(made, sections=(replace(head, rows=head.rows * 60),))
    pages = PdfReader(io.BytesIO(render_statement(long))).pages
    assert len(pages) > 5
    for number, page in enumerate(pages, start=1):
        shown = " ".join(page.extract_text().split())
        assert f"Page {number} of {len(pages)}" in shown
        assert "Takes off" in shown, "the head of the table is on every page"


def test_the_process_that_prints_reads_data_and_writes_a_pdf() -> None:
    command = [sys.executable, "-m", "notifications.statement"]
    done = subprocess.run(command, input=EXAMPLE.read_bytes(), capture_output=True, check=True, timeout=60)
    assert done.stdout.startswith(b"%PDF-")
