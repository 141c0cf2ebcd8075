"""The dossier of a case on paper: everything its reader may know of it, already in their words, set as a tagged PDF.

WeasyPrint is imported when a page is made, and ``python -m notifications.dossier`` makes one in a process of its own:
JSON in, PDF out.
"""

import sys
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from notifications import formats


@dataclass(frozen=True, slots=True)
class Table:
    """``figures`` are the columns, from 0, whose cells are numbers."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    figures: tuple[int, ...] = ()
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """``id`` is its place on the page; pairs are a label and what it says."""

    id: str
    title: str
    pairs: tuple[tuple[str, str], ...] = ()
    paragraphs: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()


@dataclass(frozen=True, slots=True)
class Dossier:
    """``language`` is that of its words; ``made`` says for whom and when; ``page`` and ``of`` number its pages."""

    ref: str
    title: str
    headline: str
    made: str
    language: str
    page: str
    of: str
    sections: tuple[Section, ...]


def dossier_html(dossier: Dossier) -> str:
    """What WeasyPrint sets: every text escaped."""
    return _environment().get_template("dossier/dossier.html").render(d=dossier, style=_style())


def render_dossier(dossier: Dossier) -> bytes:
    """The dossier as a tagged PDF; nothing but its own text is read."""
    from weasyprint import HTML

    warnings.filterwarnings("ignore", message=r"unclosed file .*sRGB2014\.icc", category=ResourceWarning)
    html = HTML(string=dossier_html(dossier), url_fetcher=_nothing)
    return bytes(html.write_pdf(pdf_variant="pdf/ua-1") or b"")


def _nothing(url: str, *_: Any, **__: Any) -> Mapping[str, Any]:
    raise ValueError(f"a dossier refers to nothing, not even to {url[:200]!r}")


@lru_cache(maxsize=1)
def _style() -> str:
    loader = _environment().loader
    assert loader is not None
    return loader.get_source(_environment(), "dossier/dossier.css")[0]


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("notifications"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: formats.plain(value) if type(value) is str else value,
    )


def main() -> None:
    """JSON of a Dossier on standard input, its PDF on standard output."""
    import msgspec

    dossier = msgspec.json.decode(sys.stdin.buffer.read(), type=Dossier)
    sys.stdout.buffer.write(render_dossier(dossier))


if __name__ == "__main__":
    main()
