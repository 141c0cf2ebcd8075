"""What the remedy really issues, not only what a test builds by hand, is an e-invoice that breaks no rule."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from notifications import einvoice
from notifications.einvoice_check import Syntax, faults
from notifications.pdf import note_html
from partnerflow.cases.commands import OpenCase
from partnerflow.cases.model import RemedyState, Stage
from partnerflow.cases.money_commands import VoidNote
from partnerflow.cases.view import View
from partnerflow.credits.daily_rates import DailyRates
from partnerflow.credits.notes import Note, NoteKind
from partnerflow.orders.model import Leg, Line
from tests.domain.builders_cases import PaperDesk, a_request, jan, story_order, the_exchange
from tests.domain.builders_people import AMARA, person

INVOICED = date(2027, 1, 4)


class Desk(PaperDesk):
    """With a rate of the day the invoices were issued on: a euro is 0.8613 pounds."""

    known = DailyRates("GBP", {("EUR", INVOICED): 861_300})

    def view(self, ref: str = "") -> View:
        return replace(super().view(ref), daily=self.known)


def taxed(category: str, rate: int = 0) -> Line:
    return Line(1, "LIC-PRO", "Arbor Pro", 50, 50_000_000, category, rate, upstream_price=44_000_000)


def desk_of(line: Line, currency: str = "GBP", **organisations: dict[str, Any]) -> Desk:
    order = story_order(line, currency=currency) if currency == "GBP" else in_euros(line)
    desk = Desk(order=order)
    known = dict(desk.directory.organisations)
    for code, changes in organisations.items():
        known[code] = replace(known[code], **changes)
    desk.directory = replace(desk.directory, organisations=known)
    return desk


def in_euros(line: Line) -> Any:
    return replace(story_order(line, paid=0), currency="EUR")


def carried_out(desk: Desk, asked: OpenCase) -> dict[tuple[str, str], Note]:
    desk.open(asked)
    case = desk.cases["PF-2027-000001"]
    while case.step is not None:
        case = desk.decide(person(case.step.deciders[0]), jan(4, 10))
    assert case.stage is Stage.REMEDY
    desk.remedy(jan(4, 11))
    return {(note.kind.value, note.leg.value): note for note in desk.notes}


def lawful(note: Note) -> None:
    root = Syntax.UBL if note.kind is NoteKind.CREDIT_NOTE else Syntax.UBL_INVOICE
    assert faults(einvoice.cii(note), Syntax.CII) == ()
    assert faults(einvoice.ubl(note), root) == ()


GERMAN = {"country": "DE", "locale": "de_DE", "vat_id": "DE 811907980"}
FRENCH = {"country": "FR", "locale": "fr_FR", "vat_id": "FR 40303265045"}


@pytest.mark.parametrize(
    ("category", "parties", "words", "code"),
    [
        ("AE", {"harbour": GERMAN}, "Steuerschuldnerschaft des Leistungsempfängers", ""),
        ("AE", {"meridian": GERMAN, "harbour": FRENCH}, "Autoliquidation : article 196", "VATEX-EU-AE"),
        ("K", {"meridian": FRENCH, "harbour": GERMAN}, "Steuerfreie innergemeinschaftliche", "VATEX-EU-IC"),
        ("G", {"meridian": GERMAN, "harbour": {"country": "US"}}, "Export outside the Union", "VATEX-EU-G"),
        ("Z", {}, "Zero rated", ""),
        ("E", {}, "Exempt from VAT", ""),
        ("O", {"harbour": FRENCH}, "Hors champ de la TVA", ""),
    ],
)
def test_a_note_without_vat_is_issued_with_its_reason_and_breaks_no_rule(
    category: str, parties: dict[str, dict[str, Any]], words: str, code: str
) -> None:
    note = carried_out(desk_of(taxed(category), **parties), a_request(20))["credit_note", "downstream"]
    (row,) = note.taxes
    assert row.reason.startswith(words)
    assert row.reason_code == code
    lawful(note)
    printed = {"Z": "VAT, zero rated", "E": "VAT, exempt"}.get(category, row.reason)
    assert printed in note_html(note)


def test_a_rebill_and_a_debit_note_say_the_same_reason() -> None:
    desk = desk_of(taxed("AE"), meridian=GERMAN, harbour=FRENCH)
    notes = carried_out(desk, the_exchange())
    number = notes["credit_note", "downstream"].number
    for who in (AMARA, person("lucy-pemberton")):
        desk.do(VoidNote(number, "Wrong."), who, jan(4, 12))
    debit = next(note for note in desk.notes if note.kind is NoteKind.DEBIT_NOTE)
    assert (debit.preceding, debit.original) == (number, "downstream-1")
    for note in (notes["rebill", "downstream"], debit):
        assert note.taxes[0].reason.startswith("Autoliquidation")
        lawful(note)


def test_a_note_in_another_currency_states_its_tax_in_the_issuers_at_the_invoices_day() -> None:
    notes = carried_out(desk_of(taxed("S", 200_000), "EUR"), a_request(20))
    note = notes["credit_note", "downstream"]
    own = note.accounting_tax
    assert own is not None
    assert (note.currency, note.tax) == ("EUR", 20_000)
    assert (own.currency, own.tax, own.rate, own.rate_date) == ("GBP", 17_226, 861_300, INVOICED)
    lawful(note)
    assert "172.26" in note_html(note)


def test_without_that_rate_nothing_is_issued_and_the_owner_has_it() -> None:
    desk = desk_of(taxed("S", 200_000), "EUR")
    desk.known = DailyRates("GBP")  # type: ignore[misc]
    desk.open(a_request(20))
    case = desk.cases["PF-2027-000001"]
    while case.step is not None:
        case = desk.decide(person(case.step.deciders[0]), jan(4, 10))
    case = desk.remedy(jan(4, 11), "check", "cancel_upstream", "issue")
    assert case.remedy is not None
    assert (case.stage, case.remedy.state) == (Stage.ASSESSMENT, RemedyState.COMPENSATED)
    assert "no rate of EUR is recorded for 04.01.2027" in (case.remedy.failed_because or "")
    assert (desk.notes, desk.counters) == ([], {})
    assert Leg.DOWNSTREAM in case.held
