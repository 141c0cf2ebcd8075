"""A mail that came in, as data: who says they wrote it, to which address, what they say themselves, what is attached,
and whether a person wrote it at all. Pure: nothing is looked up, nothing is believed.

FAULTS, 50-51; DOMAIN: Timeline ("a reply has the same effect whatever the channel").
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import getaddresses

from notifications.formats import one_line
from notifications.inbound.automatic import Origin, origin
from notifications.inbound.bounces import Bounce, bounce
from notifications.inbound.files import files
from notifications.inbound.quoting import own_words
from notifications.inbound.texts import words
from notifications.reply import Known, read_address, read_message_id

__all__ = ["Bounce", "Incoming", "Origin", "addressee", "digest_of", "parse", "read", "return_path"]


@dataclass(frozen=True, slots=True)
class Incoming:
    """``sender`` is the address of From in small letters (empty unless there is exactly one), ``said`` what was written
    above any quotation, ``answers`` what of ours it answers, newest first."""

    message_id: str
    sender: str
    sender_name: str
    subject: str
    origin: Origin
    because: str
    said: str
    files: tuple[tuple[str, bytes], ...]
    answers: tuple[Known, ...]
    bounce: Bounce | None


def parse(raw: bytes) -> EmailMessage:
    return BytesParser(EmailMessage, policy=policy.default).parsebytes(raw)


def read(message: EmailMessage, envelope_from: str | None, own_address: str) -> Incoming:
    """``envelope_from`` is empty for what no answer may go to, None when it is not known; our own mails come from
    ``own_address``."""
    senders = _addresses(message, "From")
    name, sender = senders[0] if len(senders) == 1 else ("", "")
    bounced = bounce(message)
    kind, because = origin(message, envelope_from, sender, own_address, bounced=bounced is not None)
    plain, marked = words(message)
    return Incoming(
        message_id=header(message, "Message-ID").strip(),
        sender=sender,
        sender_name=one_line(name)[:100],
        subject=one_line(header(message, "Subject"))[:250],
        origin=kind,
        because=because,
        said=own_words(plain, marked),
        files=tuple(files(message)),
        answers=tuple(_answers(message)),
        bounce=bounced,
    )


def header(message: EmailMessage, name: str) -> str:
    """As text; what cannot be read as a header of its kind is empty."""
    try:
        return str(message.get(name, ""))
    except (
        ValueError,
        IndexError,
        AttributeError,
        TypeError,
    ):  # the library's parser, on what is no such header
        return ""


def digest_of(message: EmailMessage, raw: bytes, recipient: str) -> bytes:
    """What makes two mails one: the same id to the same address; without an id the same bytes."""
    stated = header(message, "Message-ID").strip().encode("utf-8", "surrogateescape")
    return hashlib.sha256((stated or raw) + b"\n" + recipient.lower().encode("utf-8", "replace")).digest()


def addressee(message: EmailMessage) -> str:
    """The recipient of a mail fetched from a box: a reply address wherever it stands, else whom it was delivered to."""
    names = ("Delivered-To", "X-Original-To", "Envelope-To", "To", "Cc")
    found = [address for name in names for _, address in _addresses(message, name)]
    return next((each for each in found if read_address(each)), found[0] if found else "")


def return_path(message: EmailMessage) -> str | None:
    """The envelope's sender as the last server noted it; empty for what wants no answer, None when nothing is noted."""
    stated = header(message, "Return-Path").strip()
    return stated.strip("<> ").lower() if stated else None


def _addresses(message: EmailMessage, name: str) -> list[tuple[str, str]]:
    try:
        stated = [str(each) for each in message.get_all(name, [])]
    except (ValueError, IndexError, AttributeError, TypeError):  # as in header
        return []
    return [(shown, address.strip().lower()) for shown, address in getaddresses(stated) if "@" in address]


def _answers(message: EmailMessage) -> Iterable[Known]:
    stated = f"{header(message, 'In-Reply-To')} {' '.join(reversed(header(message, 'References').split()))}"
    found = (read_message_id(each) for each in stated.split())
    return {each.delivery: each for each in found if each}.values()
