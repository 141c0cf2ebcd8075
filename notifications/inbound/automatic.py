"""What no person wrote: absence notes, lists, what another program sends, and our own mails coming back.

RFC 3834 and what mail programs did before it.
"""

import re
from email.message import EmailMessage
from enum import StrEnum
from typing import Final

from notifications.reply import MAIL_DOMAIN


class Origin(StrEnum):
    PERSON = "person"
    AUTOMATIC = "automatic"
    LOOP = "loop"
    BOUNCE = "bounce"


_PRECEDENCE: Final = frozenset({"bulk", "junk", "list", "auto_reply", "auto-reply"})
_MARKS: Final = (
    "X-Autoreply",
    "X-Autorespond",
    "X-Autoresponder",
    "X-Auto-Reply",
    "List-Id",
    "List-Unsubscribe",
)
_SUBJECT: Final = re.compile(
    r"\s*(?:(?:re|aw|antw|sv|rv)\s*:\s*)*(?:"
    r"auto(?:matic|matische|matisch)?[ -]?(?:reply|antwort|response|respons|svar)\b|automatische antwort|"
    r"out of (?:the )?office|on (?:annual leave|vacation|holiday)\b|abwesenheits(?:notiz|benachrichtigung|assistent)|"
    r"ich bin (?:bis|vom|derzeit|nicht)\b.{0,60}(?:abwesend|erreichbar|büro)|"
    r"r[ée]ponse automatique|absen(?:t|ce) du bureau|message d['’]absence|"
    r"risposta automatica|respuesta autom[áa]tica|fuera de la oficina|afwezig)",
    re.IGNORECASE,
)


def origin(
    message: EmailMessage, envelope_from: str | None, sender: str, own_address: str, *, bounced: bool
) -> tuple[Origin, str]:
    """(who wrote it, what shows it); the first that fits."""
    if bounced:
        return Origin.BOUNCE, "a delivery report"
    if _is_ours(message, sender, own_address):
        return Origin.LOOP, "our own mail has come back"
    because = _automatic(message, envelope_from)
    return (Origin.AUTOMATIC, because) if because else (Origin.PERSON, "")


def _is_ours(message: EmailMessage, sender: str, own_address: str) -> bool:
    if sender and sender == own_address.lower():
        return True
    if message.get("X-Partnerflow-Ref") or message.get("X-Partnerflow-Event"):
        return True
    return f"@{MAIL_DOMAIN}>" in str(message.get("Message-ID", ""))


def _automatic(message: EmailMessage, envelope_from: str | None) -> str:
    stated = str(message.get("Auto-Submitted", "no")).partition(";")[0].strip().lower()
    if stated not in ("", "no"):
        return f"Auto-Submitted: {stated[:40]}"
    if str(message.get("Precedence", "")).strip().lower() in _PRECEDENCE:
        return "Precedence"
    marks = [name for name in _MARKS if message.get(name)]
    if marks:
        return marks[0]
    if envelope_from == "" or str(message.get("Return-Path", "")).strip() == "<>":
        return "no return path"
    return "its subject" if _SUBJECT.match(str(message.get("Subject", ""))[:200]) else ""
