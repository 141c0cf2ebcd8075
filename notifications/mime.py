"""One mail as data, and as the MIME message that goes over the wire.

The standard library's folding of address headers loses the quotes of long display names (a name with a comma
then reads as several recipients) and encodes long message ids; both headers are therefore folded here.
"""

import re
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime, formataddr, parseaddr
from typing import Any, Final

from notifications.formats import one_line, plain

_ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]\\]{1,64}@[^\s@<>,;:\"()\[\]\\]{1,253}")
_ADDRESS_HEADERS: Final = frozenset({"from", "to", "reply-to"})
_ID_HEADERS: Final = frozenset({"message-id", "in-reply-to", "references"})
_OWN_HEADER = re.compile(r"X-[A-Za-z0-9-]{1,60}", re.ASCII)
_NAME_LIMIT = 100
_SUBJECT_LIMIT = 250
_THREAD_LIMIT = 20


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail to one recipient. An attachment is (file name, media type, content).

    ``message_id`` and ``references`` (oldest first) come with or without angle brackets; ``headers`` are own
    ones (``X-...``); ``at`` is the instant in the Date header, None the moment of sending.
    """

    to_name: str
    to_address: str
    subject: str
    text: str
    html: str
    message_id: str
    references: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    reply_to: str | None = None
    attachments: tuple[tuple[str, str, bytes], ...] = ()
    at: datetime | None = None


class MailPolicy(EmailPolicy):
    """SMTP's line ends and limits; addresses and message ids folded so that they read back as they were."""

    def fold(self, name: str, value: Any) -> str:
        if name.lower() in _ADDRESS_HEADERS and hasattr(value, "addresses"):
            return f"{name}: {', '.join(_mailbox(address) for address in value.addresses)}{self.linesep}"
        if name.lower() in _ID_HEADERS:
            return f"{name}: {f'{self.linesep} '.join(str(value).split())}{self.linesep}"
        if name.lower() == "subject" and str(value).isascii():
            # The library would start a long one on the next line; programs that unfold by hand show the blank.
            words = textwrap.wrap(f"{name}: {value}", 76, break_long_words=False, break_on_hyphens=False)
            return f"{self.linesep} ".join(words) + self.linesep
        return str(super().fold(name, value))

    def fold_binary(self, name: str, value: Any) -> bytes:
        return self.fold(name, value).encode("ascii", "surrogateescape")


POLICY: Final = MailPolicy(linesep="\r\n", cte_type="7bit")


def build(mail: Mail, mail_from: str) -> EmailMessage:
    """The MIME message: text with its HTML alternative, then attachments.

    ``mail_from`` is ``desk@host`` or ``Name <desk@host>``. Raises ValueError for an address, an id or a
    header's name that is none; names, subjects and header values are brought onto one line instead.
    """
    message = EmailMessage(policy=POLICY)
    message["From"] = _address(*parseaddr(mail_from))
    message["To"] = _address(mail.to_name, mail.to_address)
    if mail.reply_to:
        message["Reply-To"] = _address("", mail.reply_to)
    message["Subject"] = _header(mail.subject)[:_SUBJECT_LIMIT]
    message["Date"] = format_datetime((mail.at or datetime.now(UTC)).astimezone(UTC))
    message["Message-ID"] = _id(mail.message_id)
    _thread(message, mail.references)
    _own_headers(message, mail.headers)
    message.set_content(plain(mail.text))
    message.add_alternative(mail.html, subtype="html")
    for name, media_type, content in mail.attachments:
        main, _, sub = media_type.partition("/")
        message.add_attachment(content, maintype=main, subtype=sub, filename=_file_name(name))
    return message


def _thread(message: EmailMessage, references: tuple[str, ...]) -> None:
    """The root and the newest of a long thread: what mail programs group by, within a header's length."""
    ids = [_id(reference) for reference in references]
    if ids:
        message["In-Reply-To"] = ids[-1]
        message["References"] = " ".join(dict.fromkeys([ids[0], *ids[-_THREAD_LIMIT:]]))


def _own_headers(message: EmailMessage, headers: Mapping[str, str]) -> None:
    # RFC 3834: an absence note must not answer the desk, nor two desks each other.
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    for name, value in headers.items():
        if not _OWN_HEADER.fullmatch(name):
            raise ValueError(f"{one_line(name)[:60]!r} is not a header of our own")
        message[name] = _header(value)


def _address(name: str, address: str) -> Address:
    """Both parts checked: an address that is none raises ValueError; its domain goes out in ASCII (IDNA)."""
    if not _ADDRESS.fullmatch(address):
        raise ValueError(f"{one_line(address)[:100]!r} is not one e-mail address")
    local, _, domain = address.rpartition("@")
    return Address(_header(name)[:_NAME_LIMIT].rstrip(), local, domain.encode("idna").decode("ascii"))


def _mailbox(address: Address) -> str:
    """``"Khan, Amira" <amira@host>``: quoted by the library, or in encoded words of at most 75 characters."""
    if address.display_name.isascii():
        return formataddr((address.display_name, address.addr_spec))
    words = Header(address.display_name, "utf-8", header_name="Reply-To").encode(linesep="\r\n")
    return f"{words}\r\n <{address.addr_spec}>"


def _header(text: str) -> str:
    """One line, and no ``=?``: the library would read an encoded word in it and let out what it hides."""
    return one_line(text).replace("=?", "= ?")


def _id(message_id: str) -> str:
    bare = message_id.strip().removeprefix("<").removesuffix(">")
    if not re.fullmatch(r"[!-;=?-~]+@[!-;=?-~]+", bare) or len(bare) > 250:
        raise ValueError(f"{one_line(message_id)[:100]!r} is not a message id")
    return f"<{bare}>"


def _file_name(name: str) -> str:
    """The last part of a path, on one line: what a recipient's program may safely offer to save."""
    last = re.split(r"[\\/]", one_line(name))[-1].lstrip(".")
    return re.sub(r"[\"<>|:*?]", "_", last)[-_NAME_LIMIT:] or "attachment"
