"""Delivery reports (RFC 3464): whom a mail of ours did not reach, for good or for now, and which mail it was."""

import re
from dataclasses import dataclass
from email.message import EmailMessage, Message
from email.parser import HeaderParser
from typing import Any

from notifications.formats import one_line
from notifications.reply import Known, read_message_id


@dataclass(frozen=True, slots=True)
class Bounce:
    """``address`` in small letters; ``hard``: it will never arrive. ``of`` is our mail, where the report returns its
    headers: without it anybody may have written the report."""

    address: str
    status: str
    hard: bool
    reason: str
    of: Known | None


def bounce(message: EmailMessage) -> Bounce | None:
    """The first recipient that a report says has failed; None for what is no report of a failure."""
    reported = message.get_content_type() == "multipart/report"
    if not reported or "delivery-status" not in str(message.get("Content-Type", "")).lower():
        return None
    for part in message.walk():
        if part.get_content_type() == "message/delivery-status":
            failed = [found for found in _blocks(part) if found.get("Action", "").strip().lower() == "failed"]
            if failed:
                return _of(failed[0], message)
    return None


def _blocks(part: "Message[Any, Any]") -> "list[Message[Any, Any]]":
    payload = part.get_payload()
    return [each for each in payload if isinstance(each, Message)] if isinstance(payload, list) else []


def _of(block: "Message[Any, Any]", message: EmailMessage) -> Bounce:
    stated = str(block.get("Original-Recipient") or block.get("Final-Recipient") or "")
    status = re.search(r"\b[245]\.\d{1,3}\.\d{1,3}\b", str(block.get("Status", "")))
    found = status[0] if status else "5.0.0"
    said = one_line(str(block.get("Diagnostic-Code", ""))).partition(";")[2].strip()
    return Bounce(
        stated.rpartition(";")[2].strip().strip("<>").lower(),
        found,
        found.startswith("5"),
        f"{found} {said}".strip()[:300],
        _returned(message),
    )


def _returned(message: EmailMessage) -> Known | None:
    """Our mail's id, from the headers that the report returns."""
    for part in message.walk():
        kind = part.get_content_type()
        if kind == "text/rfc822-headers":
            headers: Message[Any, Any] = HeaderParser().parsestr(str(part.get_payload()))
        elif kind == "message/rfc822" and isinstance(payload := part.get_payload(), list) and payload:
            headers = payload[0]  # type: ignore[assignment]  # a message in a message is one entry
        else:
            continue
        if known := read_message_id(str(headers.get("Message-ID", ""))):
            return known
    return None
