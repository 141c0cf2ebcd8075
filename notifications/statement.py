"""The statement of account of one organisation and period: data first, then paper in its reader's language.

WeasyPrint is imported when a page is made, and ``python -m notifications.statement`` makes one in a process of its
own: JSON in, PDF out. Amounts are minor units; what adds to the debt is positive.
"""

import sys
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from notifications import formats
from notifications.statement_words import language, words

MOST_ROWS: Final = 2_000
"""Rows that are printed; more is a file to work with, not to read."""


@dataclass(frozen=True, slots=True)
class Party:
    code: str
    name: str
    vat_id: str
    address: tuple[str, ...]
    country: str


@dataclass(frozen=True, slots=True)
class Row:
    """``about``: the invoice it corrects or pays, or how a credit was passed on; ``balance`` stands after it."""

    day: date
    kind: str
    number: str
    case_ref: str | None
    order_number: str | None
    about: str | None
    minor: int
    balance: int


@dataclass(frozen=True, slots=True)
class Section:
    """Between the organisation and one other, on one leg and in one currency; ``selling``: the other is its customer,
    and so the one who owes."""

    leg: str
    selling: bool
    other: Party
    currency: str
    opening: int
    closing: int
    rows: tuple[Row, ...]

    @property
    def added(self) -> int:
        return sum(row.minor for row in self.rows if row.minor > 0)

    @property
    def taken_off(self) -> int:
        return -sum(row.minor for row in self.rows if row.minor < 0)


@dataclass(frozen=True, slots=True)
class Statement:
    """``since`` and ``until`` are local days of ``zone``, both included; ``made_on`` is the day it was made."""

    of: Party
    since: date
    until: date
    made_on: date
    zone: str
    locale: str
    sections: tuple[Section, ...]


def statement_html(statement: Statement) -> str:
    """What WeasyPrint sets: every text escaped, words and figures as its reader writes them."""
    return _environment().get_template("statement/statement.html").render(
        s=statement, w=words(statement.locale), language=language(statement.locale), style=_style()
    )  # fmt: skip


def render_statement(statement: Statement) -> bytes:
    """The statement as a tagged PDF; nothing but its own text is read."""
    from weasyprint import HTML

    warnings.filterwarnings("ignore", message=r"unclosed file .*sRGB2014\.icc", category=ResourceWarning)
    html = HTML(string=statement_html(statement), url_fetcher=_nothing)
    return bytes(html.write_pdf(pdf_variant="pdf/ua-1") or b"")


def kind_words(row: Row, locale: str) -> str:
    """``Credit note``; a pass-through says how."""
    w = words(locale)
    return f"{w[row.kind]}: {w[f'how_{row.about}']}" if row.kind == "pass_through" else w[row.kind]


def _nothing(url: str, *_: Any, **__: Any) -> Mapping[str, Any]:
    raise ValueError(f"a statement refers to nothing, not even to {url[:200]!r}")


@lru_cache(maxsize=1)
def _style() -> str:
    loader = _environment().loader
    assert loader is not None
    return loader.get_source(_environment(), "statement/statement.css")[0]


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
        "day": formats.day,
        "short_day": formats.short_day,
        "country": formats.country,
        "kind_words": kind_words,
    }
    return environment


def main() -> None:
    """JSON of a Statement on standard input, its PDF on standard output."""
    import msgspec

    statement = msgspec.json.decode(sys.stdin.buffer.read(), type=Statement)
    sys.stdout.buffer.write(render_statement(statement))


if __name__ == "__main__":
    main()
