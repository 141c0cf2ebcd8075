"""Files that come in, by upload or by mail: what they are is read from their content, never believed.

A file is kept as it came, shown under a cleaned name and given out only as a download. FAULTS: Bad input, 52-57.
"""

import hashlib
from dataclasses import dataclass
from typing import Final

from notifications.attachments.archives import Budget, check_zip
from notifications.attachments.images import check_image
from notifications.attachments.kinds import KINDS, Form, Kind, sniffed
from notifications.attachments.names import cleaned, extension_of, without_last
from notifications.attachments.texts import check_mail, check_pdf, check_text
from partnerflow.refusals import Refused

__all__ = ["LARGEST", "Checked", "check", "check_size"]

LARGEST: Final = 10 * 1024 * 1024
"""Bytes of one file (FAULTS: Limits)."""

DEEPEST: Final = 2
"""Files in files: a mail or a zip, and an office document inside it."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A file that may be kept: ``name`` as it is shown, ``media_type`` as its content says, ``sha256`` in hex."""

    name: str
    media_type: str
    content: bytes
    sha256: str

    @property
    def size(self) -> int:
        return len(self.content)


def check_size(size: int) -> None:
    """``file-too-large`` beyond 10 MiB."""
    if size > LARGEST:
        raise Refused("file-too-large", f"A file may have at most {LARGEST // 2**20} MiB.", pointer="/file")


def check(name: str, content: bytes) -> Checked:
    """The file as it may be kept.

    Refused: ``invalid-parameter`` (empty), ``file-too-large``, ``file-type-not-allowed`` (a kind that is not taken,
    macros, a password), ``file-type-mismatch`` (the content is not what the name says, or two things at once),
    ``archive-limits``, ``image-too-large``.
    """
    check_size(len(content))
    if not content:
        raise Refused("invalid-parameter", "The file is empty.", pointer="/file")
    shown, kind = _kind(cleaned(name), content)
    _check_form(kind, content, Budget(), 0)
    return Checked(shown, kind.media_type, content, hashlib.sha256(content).hexdigest())


def _kind(shown: str, content: bytes) -> tuple[str, Kind]:
    """The name to show and what it promises. No ending: the content gives one; a second one behind a known one, as in
    ``order.pdf.exe``, is dropped, and then the content has to be what is left."""
    ending = extension_of(shown)
    if ending in KINDS:
        return shown, KINDS[ending]
    shorter = without_last(shown)
    if extension_of(shorter) in KINDS:
        return shorter, KINDS[extension_of(shorter)]
    found = sniffed(content) if not ending else None
    if found is None:
        taken = ", ".join(sorted(KINDS))
        raise Refused(
            "file-type-not-allowed",
            f"{shown}: files of this kind are not taken. Send {taken}.",
            pointer="/file",
        )
    return f"{shown}.{found.endings[0]}", found


def _check_form(kind: Kind, content: bytes, budget: Budget, depth: int) -> None:
    match kind.form:
        case Form.IMAGE:
            check_image(kind, content)
        case Form.PDF:
            check_pdf(content)
        case Form.TEXT:
            check_text(kind, content)
        case Form.OFFICE | Form.ZIP:
            check_zip(kind, content, budget, lambda name, inner: _check_inner(name, inner, budget, depth + 1))
        case Form.MAIL:
            for name, inner in check_mail(content):
                _check_inner(name, inner, budget, depth + 1)


def _check_inner(name: str, content: bytes, budget: Budget, depth: int) -> None:
    """A file inside another is judged as if it came alone."""
    if not content:
        return
    shown, kind = _kind(cleaned(name), content)
    if depth > DEEPEST or kind.form is Form.ZIP:
        raise Refused("archive-limits", f"{shown}: too many files inside each other.", pointer="/file")
    _check_form(kind, content, budget, depth)
