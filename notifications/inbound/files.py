"""The files that came with a mail; logos and other small pictures of a signature are none."""

from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any, Final

MOST: Final = 20
DECORATION: Final = 20 * 1024
"""Bytes below which a picture inside the text is taken for a part of the signature."""

_SIGNATURES: Final = (
    "application/pkcs7-signature",
    "application/x-pkcs7-signature",
    "application/pgp-signature",
)
_ENDINGS: Final = {"image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "application/pdf": "pdf"}


def files(message: EmailMessage) -> Iterator[tuple[str, bytes]]:
    """(name, content) of each; a mail in the mail is one file."""
    body = {id(part) for part in (_body(message, "plain"), _body(message, "html")) if part is not None}
    stack = [message]
    while stack:
        part = stack.pop()
        kind = part.get_content_type()
        if kind == "message/rfc822":
            yield part.get_filename() or "mail.eml", _inner(part)
        elif part.is_multipart():
            stack += reversed([each for each in part.iter_parts() if isinstance(each, EmailMessage)])
        elif id(part) not in body and kind not in _SIGNATURES:
            content = part.get_payload(decode=True)
            if isinstance(content, bytes) and content and not _decoration(part, kind, content):
                name = part.get_filename()
                if name or kind in _ENDINGS:
                    yield name or f"file.{_ENDINGS[kind]}", content


def _body(message: EmailMessage, kind: str) -> object:
    return message.get_body(preferencelist=(kind,))


def _inner(part: EmailMessage) -> bytes:
    payload: Any = part.get_payload()
    return bytes(payload[0].as_bytes()) if isinstance(payload, list) and payload else b""


def _decoration(part: EmailMessage, kind: str, content: bytes) -> bool:
    inside = bool(part.get("Content-ID")) and part.get_content_disposition() != "attachment"
    return inside and kind.startswith("image/") and len(content) < DECORATION
