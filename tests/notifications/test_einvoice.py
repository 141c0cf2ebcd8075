"""Every note is an e-invoice by the schemas and by the EN 16931 schematron of both syntaxes, to the penny."""

from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from lxml import etree

from notifications import einvoice
from notifications.einvoice_check import Syntax, faults
from notifications.einvoice_lines import unit_price
from partnerflow.credits.notes import Note, NoteKind, NoteTax
from tests.notifications.einvoice_cases import CASES, HARBOUR, MERIDIAN, line, note

NAMES = {
    "ram": "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100",
    "rsm": "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100",
    "udt": "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100",
    "qdt": "urn:un:unece:uncefact:data:standard:QualifiedDataType:100",
    "cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
    "cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
}


def syntax(of: Note) -> Syntax:
    return Syntax.UBL if of.kind is NoteKind.CREDIT_NOTE else Syntax.UBL_INVOICE


def cii(of: Note, path: str) -> list[str]:
    return [found.text for found in etree.fromstring(einvoice.cii(of)).xpath(path, namespaces=NAMES)]


def ubl(of: Note, path: str) -> list[str]:
    return [found.text for found in etree.fromstring(einvoice.ubl(of)).xpath(path, namespaces=NAMES)]


def amounts(rows: list[dict[str, Any]] | None) -> Decimal:
    return sum((Decimal(row["amount"]) for row in rows or ()), Decimal(0))


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_the_cii_breaks_no_rule(case: Note):
    assert faults(einvoice.cii(case), Syntax.CII) == ()


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_the_ubl_breaks_no_rule(case: Note):
    assert faults(einvoice.ubl(case), syntax(case)) == ()


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_lines_and_sums_hold_to_the_penny(case: Note):
    terms, net = einvoice.terms(case), Decimal(0)
    cent = Decimal(terms["BT-109"]).as_tuple().exponent
    for row in terms["BG-25"]:
        gross = Decimal(row["BT-129"]) * Decimal(row["BT-146"]) / Decimal(row["BT-149"])
        gross = gross.quantize(Decimal(1).scaleb(int(cent)), ROUND_HALF_UP)
        assert Decimal(row["BT-131"]) == gross - amounts(row.get("BG-27")) + amounts(row.get("BG-28"))
        net += Decimal(row["BT-131"])
    assert net == Decimal(terms["BT-106"])
    assert net - amounts(terms.get("BG-20")) == Decimal(terms["BT-109"])
    assert sum(Decimal(row["BT-116"]) for row in terms["BG-23"]) == Decimal(terms["BT-109"])
    assert sum(Decimal(row["BT-117"]) for row in terms["BG-23"]) == Decimal(terms["BT-110"])
    assert Decimal(terms["BT-109"]) + Decimal(terms["BT-110"]) == Decimal(terms["BT-112"])


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_one_note_always_gives_the_same_bytes(case: Note):
    assert (einvoice.cii(case), einvoice.ubl(case)) == (einvoice.cii(case), einvoice.ubl(case))


@pytest.mark.parametrize(
    ("name", "code", "root"),
    [
        ("worked example 1", "381", "CreditNote"),
        ("a debit note", "383", "Invoice"),
        ("a rebill", "380", "Invoice"),
    ],
)
def test_each_kind_has_its_type_code_and_its_ubl_document(name: str, code: str, root: str):
    case = CASES[name]
    assert cii(case, "//rsm:ExchangedDocument/ram:TypeCode") == [code]
    assert ubl(case, "/*/cbc:InvoiceTypeCode | /*/cbc:CreditNoteTypeCode") == [code]
    assert etree.QName(etree.fromstring(einvoice.ubl(case))).localname == root


def test_a_credit_note_names_the_invoice_it_corrects_and_its_date():
    case = CASES["worked example 1"]
    assert cii(case, "//ram:InvoiceReferencedDocument/ram:IssuerAssignedID") == ["INV-7731"]
    assert cii(case, "//ram:InvoiceReferencedDocument//qdt:DateTimeString") == ["20270104"]
    assert ubl(case, "//cac:BillingReference//cbc:ID") == ["INV-7731"]
    assert ubl(case, "//cac:BillingReference//cbc:IssueDate") == ["2027-01-04"]
    assert cii(CASES["a debit note"], "//ram:InvoiceReferencedDocument/ram:IssuerAssignedID") == [
        "MER-CN-2027-000001",
        "INV-7731",
    ]
    assert "INV-7731" in einvoice.payment_terms(CASES["a debit note"])
    assert cii(CASES["a rebill"], "//ram:InvoiceReferencedDocument/*") == []


def test_what_half_a_price_leaves_is_an_allowance_with_base_and_rate():
    _, half = einvoice.terms(CASES["worked example 1"])["BG-25"]
    assert (half["BT-129"], half["BT-146"], half["BT-131"]) == ("4", "50.00", "100.00")
    assert half["BG-27"] == [
        {
            "amount": "100.00",
            "reason": "Credited at 50%",
            "reason_code": "95",
            "base_amount": "200.00",
            "rate": "50",
        }
    ]


def test_discount_percent_and_fee_are_three_allowances_that_leave_the_net():
    (row,) = einvoice.terms(CASES["85 % of a price with a discount and a restocking fee"])["BG-25"]
    told = [(part["amount"], part["reason"]) for part in row["BG-27"]]
    assert told == [("10.00", "Discount"), ("28.50", "Credited at 85%"), ("5.00", "Restocking fee")]
    assert row["BT-131"] == "156.50"


def test_a_penny_of_cumulative_rounding_is_a_charge_or_an_allowance_by_that_name():
    (up,) = einvoice.terms(CASES["a unit of three that gets the penny"])["BG-25"]
    (down,) = einvoice.terms(CASES["a unit of three that does not"])["BG-25"]
    assert up["BG-28"] == down["BG-27"] == [{"amount": "0.01", "reason": "Rounding difference"}]


@pytest.mark.parametrize(
    ("micros", "shown"),
    [
        (50_000_000, ("50.00", "1")),
        (1_125_000, ("1.125", "1")),
        (12_300, ("0.0123", "1")),
        (12_345, ("1.2345", "100")),
        (333_333_333, ("33333.3333", "100")),
        (0, ("0.00", "1")),
    ],
)
def test_a_price_has_four_decimals_at_most_and_more_are_stated_for_a_hundred(
    micros: int, shown: tuple[str, str]
):
    assert unit_price(micros) == shown


@pytest.mark.parametrize(
    ("name", "category", "reason", "code"),
    [
        ("zero rate", "Z", [], []),
        ("a standard rate of nothing is the zero rate", "Z", [], []),
        ("exempt, with the law's own words", "E", ["Exempt: education, VATA 1994 Sch 9 Group 6"], []),
        ("exempt without words", "E", ["Exempt from VAT"], []),
        ("reverse charge", "AE", ["Steuerschuldnerschaft des Leistungsempfängers"], ["VATEX-EU-AE"]),
        ("export", "G", ["Export outside the tax territory"], ["VATEX-EU-G"]),
        ("within the Union", "K", ["Livraison intracommunautaire exonérée"], ["VATEX-EU-IC"]),
        ("outside the scope", "O", ["Not subject to VAT"], ["VATEX-EU-O"]),
    ],
)
def test_no_vat_says_why_in_the_readers_language(
    name: str, category: str, reason: list[str], code: list[str]
):
    case, row = CASES[name], "//ram:ApplicableHeaderTradeSettlement/ram:ApplicableTradeTax"
    assert cii(case, f"{row}/ram:CategoryCode") == [category]
    assert cii(case, f"{row}/ram:ExemptionReason") == ubl(case, "//cbc:TaxExemptionReason") == reason
    assert cii(case, f"{row}/ram:ExemptionReasonCode") == ubl(case, "//cbc:TaxExemptionReasonCode") == code


def test_the_tax_in_the_issuers_own_currency_stands_beside_the_documents():
    case = CASES["foreign currency with the tax in the issuer's own"]
    assert ubl(case, "/*/cbc:TaxCurrencyCode") == ["GBP"]
    totals = etree.fromstring(einvoice.ubl(case)).xpath("/*/cac:TaxTotal/cbc:TaxAmount", namespaces=NAMES)
    assert [(total.get("currencyID"), total.text) for total in totals] == [
        ("EUR", "100.00"),
        ("GBP", "86.13"),
    ]
    same = replace(case, accounting_tax=replace(case.accounting_tax, currency="EUR"))  # type: ignore[type-var]
    assert ubl(same, "/*/cbc:TaxCurrencyCode") == []


def test_where_the_credit_goes_is_in_the_payment_terms():
    assert cii(CASES["worked example 1"], "//ram:SpecifiedTradePaymentTerms/ram:Description") == [
        "Reduces what is open on INV-7731: GBP 1440.00; To your account: GBP 1440.00."
    ]
    assert ubl(CASES["in French"], "//cac:PaymentTerms/cbc:Note") == [
        "Réduit le solde ouvert de INV-7731: GBP 1440.00; Porté à votre compte: GBP 1440.00."
    ]
    assert ubl(CASES["a debit note"], "//cac:PaymentTerms/cbc:Note") == [
        "Falls due again under the terms of INV-7731; MER-CN-2027-000001 is taken back."
    ]


def test_vat_ids_lose_their_blanks_and_get_the_country_they_lack():
    assert einvoice.vat_id(MERIDIAN) == "GB987654321"
    assert einvoice.vat_id(replace(HARBOUR, vat_id="123 4567 89")) == "GB123456789"
    assert einvoice.vat_id(replace(HARBOUR, vat_id="094259216", country="GR")) == "EL094259216"
    assert einvoice.vat_id(replace(HARBOUR, vat_id=" ")) == ""


def test_three_decimals_are_no_e_invoice():
    assert not einvoice.can_be_einvoice(note(line(currency="BHD"), currency="BHD"))
    assert einvoice.can_be_einvoice(note(line(currency="JPY"), currency="JPY"))


GOOD = CASES["worked example 1"]
BROKEN = {
    "BR-S-02": replace(GOOD, issuer=replace(MERIDIAN, vat_id="")),
    "BR-CO-09": replace(GOOD, issuer=replace(MERIDIAN, vat_id="XX1")),
    "BR-CO-13": replace(GOOD, net=GOOD.net + 1),
    "BR-CO-15": replace(GOOD, gross=GOOD.gross + 1),
    "BR-CO-14": replace(GOOD, tax=GOOD.tax + 1),
    "BR-CO-17": replace(GOOD, taxes=(NoteTax("S", 200_000, GOOD.net, GOOD.tax + 200),)),
    "BR-S-08": replace(GOOD, taxes=(NoteTax("S", 200_000, GOOD.net - 200, GOOD.tax),)),
    "BR-AE-02": replace(note(line(category="AE", rate=0)), recipient=replace(HARBOUR, vat_id="")),
    "BR-Z-05": note(line(category="Z", rate=200_000)),
}


@pytest.mark.parametrize(("rule", "case"), BROKEN.items(), ids=BROKEN.keys())
def test_a_broken_rule_is_found_in_both_syntaxes_and_named(rule: str, case: Note):
    for_factur_x, for_ubl = faults(einvoice.cii(case), Syntax.CII), faults(einvoice.ubl(case), Syntax.UBL)
    assert any(rule in found for found in for_factur_x), for_factur_x
    assert any(rule in found for found in for_ubl), for_ubl


def test_what_the_schema_forbids_is_found_before_the_schematron_is_asked():
    xml = einvoice.cii(GOOD)
    (found,) = faults(
        xml.replace(b"<ram:TypeCode>381</ram:TypeCode>", b"<ram:Code>381</ram:Code>"), Syntax.CII
    )
    assert "ram" in found or "Code" in found
    assert faults(einvoice.ubl(GOOD), Syntax.UBL_INVOICE)


def test_what_the_profile_has_no_place_for_is_broken_too():
    xml = einvoice.cii(GOOD)
    extra = b"<ram:Name>CREDIT NOTE</ram:Name>"
    found = faults(xml.replace(b"<ram:TypeCode>381<", extra + b"<ram:TypeCode>381<"), Syntax.CII)
    assert found
