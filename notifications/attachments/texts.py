"""Texts, mails and PDF; and what no file may be beside what it says it is."""

import io
import re
import zipfile
from collections.abc import Iterator
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Final

from notifications.attachments.kinds import Form, Kind, endings_of
from partnerflow.refusals import Refused

_MARKUP: Final = re.compile(
    rb"<(?:!doctype\s+html|html|head|body|script|svg|iframe|object|embed|meta|img|\?php|\?xml)[\s>/!]",
    re.IGNORECASE,
)
_ACTIVE: Final = re.compile(rb"<(?:!doctype\s+html|html|script|svg|iframe|\?php)[\s>/]", re.IGNORECASE)
_PROGRAMS: Final = (b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"#!")
_HEAD, _TAIL = 4_096, 65_536


def check_pdf(content: bytes) -> None:
    """It begins and ends as a PDF, and is nothing else beside."""
    if not content.startswith(b"%PDF-") or b"%%EOF" not in content[-2_048:]:
        raise mismatch("The content is no PDF, or not a whole one.")
    if _ACTIVE.search(content[:1_024]):
        raise mismatch("The file is a PDF and a web page at once.")
    _refuse_archive(content)
    after = content[content.rindex(b"%%EOF") + 5 :]
    if _ACTIVE.search(after) or any(after.lstrip().startswith(mark) for mark in _PROGRAMS):
        raise mismatch("Something else follows the end of the PDF.")


def check_text(kind: Kind, content: bytes) -> None:
    """Characters only, and no web page that calls itself text."""
    text = _decoded(content)
    if text is None or any(content.startswith(mark) for mark in (*_PROGRAMS, b"%PDF-", b"PK\x03\x04")):
        raise mismatch(f"The content is no {kind.shown}.")
    if _MARKUP.match(text.lstrip("\ufeff \t\r\n")[:200].encode()):
        raise mismatch(f"The content is a web page or a drawing, no {kind.shown}.")
    _refuse_archive(content)


def check_mail(content: bytes) -> Iterator[tuple[str, bytes]]:
    """The named files inside a mail; ``file-type-mismatch`` when it is none."""
    if b"\0" in content or any(content.startswith(mark) for mark in _PROGRAMS):
        raise mismatch("The content is no mail.")
    message = BytesParser(EmailMessage, policy=policy.default).parsebytes(content)
    if not (message["From"] and (message["Date"] or message["Message-ID"] or message["Subject"])):
        raise mismatch("The content is no mail: it has no sender, or neither date nor subject.")
    for part in message.walk():
        name = part.get_filename()
        if name and not part.is_multipart():
            payload = part.get_payload(decode=True)
            yield name, payload if isinstance(payload, bytes) else b""


def refuse_second_nature(kind: Kind, content: bytes) -> None:
    """A file that is read as two kinds is none of them: its beginning and its end are looked at."""
    known = endings_of(content)
    if known and not known & set(kind.endings):
        raise mismatch(f"The content is no {kind.shown}.")
    ends = content[:_HEAD], content[-_TAIL:]
    if any(_ACTIVE.search(end) for end in ends) or b"%PDF-" in content[:1_024]:
        raise mismatch(f"The file is a {kind.shown} and something else at once.")
    if kind.form is Form.IMAGE:
        _refuse_archive(content)


def mismatch(said: str) -> Refused:
    return Refused("file-type-mismatch", said, pointer="/file")


def _refuse_archive(content: bytes) -> None:
    if zipfile.is_zipfile(io.BytesIO(content)):
        raise mismatch("The file is an archive beside what its name says.")


def _decoded(content: bytes) -> str | None:
    """UTF-8, UTF-16 with its mark, or Western European; None with characters that no text has."""
    marked = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if marked else ("utf-8", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if re.search(r"[\0-\x08\x0e-\x1a\x1c-\x1f]", text) else text
    return None
