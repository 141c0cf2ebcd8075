"""The credit note and the rebill invoice as PDF/A-3a: tagged, self-contained, made of bundled files only.

WeasyPrint is imported on the first rendering (it takes two seconds), so that only the process that renders
pays for it. The same note always gives the same document; nothing is read from the network or the clock.
"""

import hashlib
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from notifications import formats
from notifications.document_words import language, reason_words, words
from notifications.einvoice import allocation_rows, payment_terms
from notifications.einvoice_lines import tax_of, unused
from partnerflow.credits.notes import Note, NoteKind, NoteLine, NoteTax
from partnerflow.money import WHOLE, divide_half_up, part_of_price

CATEGORIES: Final = ("S", "Z", "E", "AE", "K", "G", "O")
"""EN 16931 (UNTDID 5305) category codes that have words of their own."""

BUNDLED: Final = "bundled:///"
"""The only scheme a template may refer to: files beside it, by name."""


@dataclass(frozen=True, slots=True)
class Part:
    """One row of the allocation: where this part of the gross went, in minor units."""

    label: str
    minor: int


def render_note(note: Note) -> bytes:
    """The note as a PDF/A-3a file. A template that asks for what is not bundled fails."""
    from weasyprint import HTML

    # WeasyPrint leaves the colour profile's file to the garbage collector and so warns on every document.
    warnings.filterwarnings("ignore", message=r"unclosed file .*sRGB2014\.icc", category=ResourceWarning)
    html = HTML(string=note_html(note), url_fetcher=bundled_only())
    # The identifier is the note's own, so that two renderings of one note are one document to an archive.
    identifier = hashlib.sha256(note.number.encode()).digest()[:16]
    return bytes(html.write_pdf(pdf_variant="pdf/a-3a", pdf_identifier=identifier) or b"")


def note_html(note: Note) -> str:
    """What WeasyPrint sets: every text of the note escaped, words and figures in the note's locale."""
    w = words(note.locale)
    return _environment().get_template("note/note.html").render(
        note=note,
        w=w,
        language=language(note.locale),
        credit=note.kind is NoteKind.CREDIT_NOTE,
        title=title(note),
        reason=reason_words(note.reason, note.locale),
        parts=[Part(label, minor) for label, minor in allocation_rows(note)],
        partial=any(line.part or line.percent != WHOLE for line in note.lines),
        columns=columns(note),
        lines_net=sum(line.net for line in note.lines),
        own=note.accounting_tax,
        exchange=exchange(note),
        wording=wording(note),
        terms=payment_terms(note),
        created=note.issued_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    )  # fmt: skip


def title(note: Note) -> str:
    """``Credit note``, ``Rechnungskorrektur``, ``Avoir``; ``Invoice`` for a rebill."""
    return words(note.locale)[note.kind.value]


def wording(note: Note) -> str:
    """What this document does to the VAT of both sides."""
    w, dated = words(note.locale), note.preceding or ""
    if note.preceding and note.preceding_date:
        day = formats.day(note.preceding_date, language(note.locale))
        dated = f"{note.preceding} {w['dated'].format(day=day)}"
    tax = f"{note.currency} {formats.amount(note.tax, note.currency, note.locale)}"
    if note.kind is NoteKind.REBILL:
        return w["new_supply"].format(case=note.case_ref)
    if note.kind is NoteKind.DEBIT_NOTE:
        return w["raises"].format(invoice=dated or w["this_order"], tax=tax)
    what = (
        w["adjusts_invoice"].format(invoice=dated)
        if dated
        else w["adjusts_order"].format(order=note.order_number)
    )
    if note.tax:
        return f"{what} {w['lowers'].format(tax=tax)}"
    why = "; ".join(dict.fromkeys(tax_label(row, note.locale) for row in note.taxes))
    return f"{what} {w['lowers_nothing'].format(why=why)}"


def exchange(note: Note) -> str:
    """``at 0.8613 of 4 January 2027``: how the tax was brought into the issuer's own currency."""
    own = note.accounting_tax
    if own is None:
        return ""
    w, rate = words(note.locale), formats.unit_price(own.rate, own.currency, note.locale)
    if own.rate_date is None:
        return w["at_rate"].format(rate=rate)
    return w["at_rate_of"].format(rate=rate, day=formats.day(own.rate_date, language(note.locale)))


@dataclass(frozen=True, slots=True)
class Columns:
    """Millimetres the note's longest figures need, and the decimals all its unit prices share."""

    quantity: int
    price: int
    net: int
    digits: int


def columns(note: Note) -> Columns:
    """Wide enough for this note's figures, so that an ordinary note leaves the room to the descriptions."""
    digits = max((formats.price_digits(line.unit_price) for line in note.lines), default=0)
    quantities = (formats.quantity(line.quantity, note.locale) for line in note.lines)
    prices = (formats.unit_price(line.unit_price, note.currency, note.locale, digits) for line in note.lines)
    nets = (formats.amount(line.net, note.currency, note.locale) for line in note.lines)
    return Columns(_width(quantities, 16), _width(prices, 21), _width(nets, 25), digits)


def _width(figures: Iterable[str], least: int) -> int:
    """Millimetres for the longest figure at the table's 9 pt, its space to the left included."""
    return max([least, *(4 + round(1.75 * len(figure)) for figure in figures)])


def credited(line: NoteLine, locale: str) -> str:
    """``31.7808%``: what part of the price a line got, of its percent and what was left of its term."""
    exact = part_of_price(line.percent, line.part) * WHOLE
    return formats.percent(divide_half_up(exact.numerator, exact.denominator), locale)


def tax_label(tax: NoteTax, locale: str) -> str:
    """``VAT 20%``; a rate of nothing names why (the VAT reason a credit note must carry)."""
    w = words(locale)
    category, _ = tax_of(tax.category, tax.rate)
    name = w[category] if category in CATEGORIES else w["other_tax"].format(category=tax.category)
    if tax.rate:
        return f"{name} {formats.percent(tax.rate, locale)}"
    if not tax.reason or category in ("S", "Z") or tax.reason == w.get(f"why_{category}"):
        return name
    return f"{name} ({tax.reason})" if category in ("E", "L", "M") else f"{w['vat']}, {tax.reason}"


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("notifications"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: formats.plain(value) if type(value) is str else value,
    )
    environment.filters |= {
        "amount": formats.amount,
        "money": formats.money,
        "unit_price": formats.unit_price,
        "percent": formats.percent,
        "credited": credited,
        "unused": unused,
        "quantity": formats.quantity,
        "day": formats.day,
        "country": formats.country,
        "tax_label": tax_label,
    }
    return environment


@lru_cache(maxsize=1)
def bundled_only() -> Any:
    """WeasyPrint's fetcher narrowed to the files in templates/; anything else stops the rendering."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class BundledOnly(URLFetcher):  # type: ignore[misc]  # WeasyPrint ships no types
        def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> Any:  # noqa: ARG002
            name = url.removeprefix(BUNDLED)
            if url == name or name not in BUNDLED_FILES:
                raise ValueError(f"only bundled files are served, not {url[:200]!r}")
            body = files("notifications").joinpath("templates", *name.split("/")).read_bytes()
            return URLFetcherResponse(url, body=body, headers={"Content-Type": BUNDLED_FILES[name]})

    return BundledOnly(fail_on_errors=True)


BUNDLED_FILES: Final[Mapping[str, str]] = {"note/note.css": "text/css"}
"""What the fetcher serves, with its type: the list is closed, so that no name can leave the folder."""
