"""The note as an e-invoice: one table of EN 16931 terms, from which both syntaxes are written.

CII (UN/CEFACT, the XML inside a Factur-X PDF, profile EN 16931) and UBL 2.1: a credit note (381) is a
``<CreditNote>``; a debit note (383) and a rebill (380) are an ``<Invoice>`` there, as the standard's code lists
ask. Amounts are positive; nothing is read from the clock, so one note always gives the same bytes.
"""

from typing import Any, Final

from notifications import formats
from notifications.document_words import reason_words, words
from notifications.einvoice_lines import line_terms, tax_of
from partnerflow.credits.notes import Note, NoteKind, NoteTax, Party
from partnerflow.money import decimals, format_minor

# The VAT exemption reason codes of the CEF list; an exemption of its own (E) has as many as there are laws.
VATEX: Final = {"AE": "VATEX-EU-AE", "K": "VATEX-EU-IC", "G": "VATEX-EU-G", "O": "VATEX-EU-O"}

UNTAXED: Final = ("E", "AE", "K", "G", "O")
"""Categories that must say why (BR-E-10 and its like); the zero rate must not."""

MOST_DECIMALS: Final = 2
"""EN 16931 knows no third decimal (BR-DEC): a note in such a currency is a PDF only."""


def can_be_einvoice(note: Note) -> bool:
    """False for the currencies with three decimals, whose amounts the standard cannot write."""
    return decimals(note.currency) <= MOST_DECIMALS


def cii(note: Note) -> bytes:
    """The note in UN/CEFACT CII; ValueError or a library's own error where a required term is missing."""
    from facturx.generate_xml import generate_cii_xml

    return bytes(generate_cii_xml(terms(note), level="en16931", check_xsd=False, check_schematron=None))


def ubl(note: Note) -> bytes:
    """The note in UBL 2.1."""
    from facturx.generate_xml import generate_ubl_xml

    return bytes(generate_ubl_xml(terms(note), level="en16931", check_xsd=False, check_schematron=None))


def terms(note: Note) -> dict[str, Any]:
    """The business terms (BT) and groups (BG) of EN 16931; a new dict each time, since the library writes
    into it."""
    outside = any(tax.category == "O" for tax in note.taxes)
    found: dict[str, Any] = {
        "BT-1": note.number,
        "BT-2": note.issue_date,
        "BT-3": note.kind.type_code,
        "BT-5": note.currency,
        "BT-14": formats.one_line(note.order_number),
        "BT-20": payment_terms(note),
        "BG-1": _notes(note),
        "BG-4": _party(note.issuer, seller=True, outside=outside),
        "BG-7": _party(note.recipient, seller=False, outside=outside),
        "BG-23": [_breakdown(note, tax) for tax in merged(note.taxes)],
        "BG-25": [line_terms(note, number, line) for number, line in enumerate(note.lines, start=1)],
    }
    return found | _sums(note) | _references(note) | _delivery(note) | _own_currency(note)


def payment_terms(note: Note) -> str:
    """BT-20: where the gross goes (DOMAIN: Identity), or how it is to be paid, in the reader's language."""
    w = words(note.locale)
    rows = allocation_rows(note)
    if not rows:
        key = f"terms_{note.kind.value}"
        said = {"invoice": note.preceding or w["this_order"], "original": note.original or w["this_order"]}
        return w[key].format(issuer=note.issuer.name, **said)
    shown = (f"{label}: {note.currency} {format_minor(minor, note.currency)}" for label, minor in rows)
    return "; ".join(shown) + "."


def allocation_rows(note: Note) -> tuple[tuple[str, int], ...]:
    """Where the gross went, in words and minor units, without the parts that are nothing."""
    w, allocation = words(note.locale), note.allocation
    if allocation is None:
        return ()
    rows = (
        (w["unpaid_reduced"].format(invoice=note.preceding or w["this_order"]), allocation.unpaid_reduced),
        (w["refund"], allocation.refund),
        (w["account_credit"], allocation.account_credit),
        (w["settled_outside"], allocation.settled_outside),
    )
    return tuple(row for row in rows if row[1])


def merged(taxes: tuple[NoteTax, ...]) -> tuple[NoteTax, ...]:
    """One row per category and rate as the standard files them, in the order of first appearance."""
    rows: dict[tuple[str, int], NoteTax] = {}
    for tax in taxes:
        key = (tax_of(tax.category, tax.rate)[0], tax.rate)
        old = rows.get(key) or NoteTax(*key, 0, 0, tax.reason, tax.reason_code)
        rows[key] = NoteTax(*key, old.net + tax.net, old.tax + tax.tax, old.reason, old.reason_code)
    return tuple(rows.values())


def why_untaxed(tax: NoteTax, locale: str) -> str:
    """The reason that no VAT is charged, "" where the category needs none."""
    if tax.category not in UNTAXED:
        return ""
    return formats.one_line(tax.reason) or words(locale)[f"why_{tax.category}"]


def _breakdown(note: Note, tax: NoteTax) -> dict[str, Any]:
    category, rate = tax_of(tax.category, tax.rate)
    row = {
        "BT-116": format_minor(tax.net, note.currency),
        "BT-117": format_minor(tax.tax, note.currency),
        "BT-118": category,
    }
    if rate is not None:
        row["BT-119"] = rate
    if why := why_untaxed(tax, note.locale):
        row["BT-120"] = why
        known = tax.reason_code or ("" if tax.reason else VATEX.get(category, ""))
        row |= {"BT-121": known} if known else {}
    return row


def _sums(note: Note) -> dict[str, Any]:
    lines, off = sum(line.net for line in note.lines), sum(row.amount for row in note.discounts)
    minor = {
        "BT-106": lines, "BT-109": note.net, "BT-110": note.tax, "BT-112": note.gross, "BT-115": note.gross,
    } | ({"BT-107": off} if off else {})  # fmt: skip
    found: dict[str, Any] = {term: format_minor(value, note.currency) for term, value in minor.items()}
    if off:
        found["BG-20"] = [
            _discount(note, row.amount, row.category, row.rate, row.reason) for row in note.discounts
        ]
    return found


def _discount(note: Note, amount: int, category: str, rate: int, reason: str) -> dict[str, Any]:
    filed, shown = tax_of(category, rate)
    row = {
        "amount": format_minor(amount, note.currency),
        "reason": formats.one_line(reason) or words(note.locale)["discount"],
        "reason_code": "95",
        "vat_category_code": filed,
    }
    return row | ({"vat_rate": shown} if shown is not None else {})


def _references(note: Note) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if note.po_number:
        found["BT-13"] = formats.one_line(note.po_number)
    papers = ((note.preceding, note.preceding_date), (note.original, note.original_date))
    rows = [{"BT-25": formats.one_line(no)} | ({"BT-26": day} if day else {}) for no, day in papers if no]
    return found | ({"BG-3": rows} if rows else {})


def _notes(note: Note) -> list[dict[str, str]]:
    w = words(note.locale)
    reason = formats.one_line(reason_words(note.reason, note.locale))
    rows = [{"BT-21": "AAI", "BT-22": f"{w['reason']}: {reason}"}] if reason else []
    return [*rows, {"BT-21": "AAI", "BT-22": f"{w['case']}: {formats.one_line(note.case_ref)}"}]


def _delivery(note: Note) -> dict[str, Any]:
    """Where it was supplied: to the recipient. When: on a rebill, and within the Union (BR-IC-11)."""
    found: dict[str, Any] = {
        "BG-13": {"name": formats.one_line(note.recipient.name), "country_code": note.recipient.country}
    }
    if note.kind is NoteKind.REBILL:
        return found | {"BT-72": note.issue_date}
    within = any(tax.category == "K" for tax in note.taxes)
    return found | ({"BT-72": note.preceding_date or note.issue_date} if within else {})


def _own_currency(note: Note) -> dict[str, Any]:
    own = note.accounting_tax
    if own is None or own.currency == note.currency:
        return {}
    return {"BT-6": own.currency, "BT-111": format_minor(own.tax, own.currency)}


def _party(party: Party, *, seller: bool, outside: bool) -> dict[str, Any]:
    """Where VAT does not apply at all, VAT ids are forbidden (BR-O-02): the seller's is its tax number then."""
    found: dict[str, Any] = {
        "name": formats.one_line(party.name),
        "identifiers": {None: party.code},
        "country_code": party.country,
    } | _address(party.address)
    number = vat_id(party)
    if number and not outside:
        found["vat_identifier"] = number
    elif number and seller:
        found["tax_identifier"] = number
    return found


def vat_id(party: Party) -> str:
    """Without blanks, and with its country in front as BR-CO-09 asks: ``123 4567 89`` of GB ->
    ``GB123456789``."""
    number = "".join(formats.plain(party.vat_id).split())
    prefix = {"GR": "EL"}.get(party.country, party.country)
    return number if not number or number[:2].isalpha() else prefix + number


def _address(rows: tuple[str, ...]) -> dict[str, str]:
    """The record keeps lines, not parts; a fourth and more join the third."""
    lines = [line for row in rows if (line := formats.one_line(row))]
    shown = [*lines[:2], ", ".join(lines[2:])]
    return {f"addr_l{no}": line for no, line in enumerate(shown, start=1) if line}
