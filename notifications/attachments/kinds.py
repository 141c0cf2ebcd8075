"""The kinds of files that are taken, and what content says it is."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import puremagic

_WORD: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_SHEET: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Form(StrEnum):
    IMAGE = "image"
    PDF = "pdf"
    TEXT = "text"
    MAIL = "mail"
    OFFICE = "office"
    ZIP = "zip"


@dataclass(frozen=True, slots=True)
class Kind:
    """``endings`` without dot, the usual one first; ``shown`` in sentences; ``member``: what its archive holds."""

    endings: tuple[str, ...]
    media_type: str
    form: Form
    shown: str
    member: str = ""


ALL: Final = (
    Kind(("pdf",), "application/pdf", Form.PDF, "PDF"),
    Kind(("png",), "image/png", Form.IMAGE, "PNG"),
    Kind(("jpg", "jpeg"), "image/jpeg", Form.IMAGE, "JPEG"),
    Kind(("gif",), "image/gif", Form.IMAGE, "GIF"),
    Kind(("webp",), "image/webp", Form.IMAGE, "WEBP"),
    Kind(("docx",), _WORD, Form.OFFICE, "Word", "word/document.xml"),
    Kind(("xlsx",), _SHEET, Form.OFFICE, "Excel", "xl/workbook.xml"),
    Kind(("odt",), "application/vnd.oasis.opendocument.text", Form.OFFICE, "OpenDocument", "content.xml"),
    Kind(
        ("ods",), "application/vnd.oasis.opendocument.spreadsheet", Form.OFFICE, "OpenDocument", "content.xml"
    ),
    Kind(("zip",), "application/zip", Form.ZIP, "ZIP"),
    Kind(("txt", "log"), "text/plain", Form.TEXT, "text"),
    Kind(("csv",), "text/csv", Form.TEXT, "CSV"),
    Kind(("eml",), "message/rfc822", Form.MAIL, "mail"),
)
KINDS: Final = {ending: kind for kind in ALL for ending in kind.endings}


def endings_of(content: bytes) -> frozenset[str]:
    """Every ending that fits how the content begins, without dot; empty when nothing is known to begin like that."""
    try:
        found = puremagic.magic_string(content)
    except (puremagic.PureError, ValueError):
        return frozenset()
    return frozenset(match.extension.removeprefix(".").lower() for match in found)


def sniffed(content: bytes) -> Kind | None:
    """The kind of a file whose name has no ending; text, where nothing speaks against it."""
    known = endings_of(content)
    for kind in ALL:
        if known & set(kind.endings) and kind.form in (Form.PDF, Form.IMAGE, Form.MAIL):
            return kind
    return None if known else KINDS["txt"]
