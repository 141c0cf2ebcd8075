"""The credit note and the rebill invoice as PDF/A-3a: tagged, self-contained, made of bundled files only.

WeasyPrint is imported on the first rendering (it takes two seconds), so that only the process that renders
pays for it. The same note always gives the same document; nothing is read from the network or the clock.
"""

import hashlib
import re
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from notifications import formats
from partnerflow.credits.notes import Allocation, Note, NoteKind, NoteTax
from partnerflow.money import WHOLE

BUNDLED: Final = "bundled:///"
"""The only scheme a template may refer to: files beside it, by name."""

# EN 16931 (UNTDID 5305) category codes in the words a reader files them under.
CATEGORIES: Final[Mapping[str, str]] = {
    "S": "VAT",
    "Z": "VAT, zero rated",
    "E": "VAT, exempt",
    "AE": "VAT, reverse charge: the recipient accounts for it",
    "K": "VAT, exempt intra-community supply",
    "G": "VAT, export outside the tax territory",
    "O": "Outside the scope of VAT",
}

_CODE = re.compile(r"[a-z]+(_[a-z]+)*", re.ASCII)


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
    html = HTML(string=note_html(note), url_fetcher=_bundled_only())
    # The identifier is the note's own, so that two renderings of one note are one document to an archive.
    identifier = hashlib.sha256(note.number.encode()).digest()[:16]
    return bytes(html.write_pdf(pdf_variant="pdf/a-3a", pdf_identifier=identifier) or b"")


def note_html(note: Note) -> str:
    """What WeasyPrint sets: every text of the note escaped, every figure in the note's locale."""
    return _environment().get_template("note/note.html").render(
        note=note,
        credit=note.kind is NoteKind.CREDIT_NOTE,
        title="Credit note" if note.kind is NoteKind.CREDIT_NOTE else "Invoice",
        reason=reason_words(note.reason),
        parts=allocation_parts(note),
        partial=any(line.percent != WHOLE for line in note.lines),
        columns=columns(note),
        created=note.issued_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    )  # fmt: skip


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


def reason_words(reason: str) -> str:
    """``wrong_item_ordered`` -> ``Wrong item ordered``; a sentence stays as written."""
    return reason.replace("_", " ").capitalize() if _CODE.fullmatch(reason) else reason


def allocation_parts(note: Note) -> tuple[Part, ...]:
    """Where the gross went (DOMAIN: Identity), without the parts that are nothing."""
    if note.allocation is None:
        return ()
    rows = _allocation_rows(note.allocation, note.preceding or "this order")
    return tuple(row for row in rows if row.minor)


def _allocation_rows(allocation: Allocation, invoice: str) -> tuple[Part, ...]:
    return (
        Part(f"Reduces what is open on {invoice}", allocation.unpaid_reduced),
        Part("Refunded to you", allocation.refund),
        Part("To your account", allocation.account_credit),
        Part("Settled outside this document", allocation.settled_outside),
    )


def tax_label(tax: NoteTax, locale: str) -> str:
    """``VAT 20%``; a rate of nothing names why (the VAT reason a credit note must carry)."""
    words = CATEGORIES.get(tax.category, f"VAT {tax.category}")
    return f"{words} {formats.percent(tax.rate, locale)}" if tax.rate else words


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
        "quantity": formats.quantity,
        "day": formats.day,
        "country": formats.country,
        "tax_label": tax_label,
    }
    return environment


@lru_cache(maxsize=1)
def _bundled_only() -> Any:
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
