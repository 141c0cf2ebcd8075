"""Rendering in a process of its own."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from partnerflow.credits.notes import Note, NoteKind, NoteLine, NoteTax, Party
from partnerflow.orders.model import Leg
from workflows.activities import press as room
from workflows.activities.press import NotPrinted, NotPublished, Press
from workflows.options import PRINTING

ISSUER = Party("meridian", "Meridian Distribution plc", "GB1", ("1 Quay", "Bristol"), "GB")
RECIPIENT = Party("harbour", "Harbour IT Ltd", "GB2", ("2 Dock", "Southampton"), "GB")
NOTE = Note(
    kind=NoteKind.CREDIT_NOTE,
    number="MER-CN-2027-000001",
    leg=Leg.DOWNSTREAM,
    issuer=ISSUER,
    recipient=RECIPIENT,
    issued_at=datetime(2027, 1, 5, 12, tzinfo=UTC),
    issue_date=date(2027, 1, 5),
    currency="GBP",
    case_ref="PF-2027-000001",
    order_number="D-8841",
    po_number=None,
    preceding="M-1",
    preceding_date=date(2027, 1, 4),
    reason="wrong_item_ordered",
    lines=(NoteLine(1, "LIC-PRO", "Licence Pro", 1, 50_000_000, 1_000_000, 5_000, "S", 200_000),),
    taxes=(NoteTax("S", 200_000, 5_000, 1_000),),
    net=5_000,
    tax=1_000,
    gross=6_000,
)


@pytest.fixture(scope="module")
def press() -> Iterator[Press]:
    """One for all: each test leaves it able to print the next note."""
    press = Press()
    yield press
    press.close()


def test_a_note_becomes_a_pdf_and_two_e_invoices_and_so_does_the_next_one(press: Press) -> None:
    for note in (NOTE, replace(NOTE, number="MER-CN-2027-000002")):
        made = press.render(note)
        assert made.pdf.startswith(b"%PDF")
        assert made.cii is not None and note.number.encode() in made.cii
        assert made.ubl is not None and b"<CreditNote" in made.ubl


def test_what_would_not_be_lawful_is_not_published_and_names_the_rule(press: Press) -> None:
    press.render(NOTE)
    process = press._process
    with pytest.raises(NotPublished, match=r"MER-CN-2027-000001 is not published: .*\[BR-S-02\]"):
        press.render(replace(NOTE, issuer=replace(ISSUER, vat_id="")))
    assert press.render(NOTE).pdf.startswith(b"%PDF")
    assert press._process is process


def test_what_would_not_be_lawful_is_not_tried_six_times() -> None:
    assert PRINTING["retry_policy"].non_retryable_error_types == [NotPublished.__name__]


def test_what_cannot_be_rendered_says_why_and_the_next_one_can(press: Press) -> None:
    with pytest.raises(NotPrinted, match="MER-CN-2027-000001 cannot be rendered"):
        press.render(replace(NOTE, currency="nonsense"))
    assert press.render(NOTE).pdf.startswith(b"%PDF")


def test_a_renderer_that_is_killed_is_replaced(press: Press) -> None:
    press.render(NOTE)
    killed = press._process
    press.close()
    assert press.render(NOTE).pdf.startswith(b"%PDF")
    assert press._process is not killed


def test_a_renderer_that_hangs_is_ended(press: Press, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "SECONDS", 0.01)
    with pytest.raises(NotPrinted, match="took more than"):
        press.render(NOTE)
    monkeypatch.setattr(room, "SECONDS", 60)
    assert press.render(NOTE).pdf.startswith(b"%PDF")


def test_an_idle_renderer_ends(press: Press, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "IDLE_SECONDS", 0.05)
    press.render(NOTE)
    press._idle.join()
    assert press._process is None
