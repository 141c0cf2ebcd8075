"""The address a reply goes to, and the id a mail is known by: both name case and person, and only we can make them.

The same signature stands in both, so that a reply is known by its address, or by what it answers. Small letters and
digits alone: some mail servers write addresses anew.
"""

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass
from typing import Final

from itsdangerous import Signer

MAIL_DOMAIN: Final = "partnerflow.mail"
"""The right side of our message ids; no mail goes there."""

_LENGTH: Final = 20
_ADDRESS: Final = re.compile(r"reply\+(pf-\d{4}-\d{6,9})\.([a-z2-7]{20})@(.+)", re.IGNORECASE | re.ASCII)
_MESSAGE_ID: Final = re.compile(
    r"<?((PF-\d{4}-\d{6,9})\.\d+\.[A-Za-z0-9._-]+)\.([a-z2-7]{20})@partnerflow\.mail>?", re.ASCII
)


@dataclass(frozen=True, slots=True)
class Known:
    """What an address or an id says; ``signature`` is to be held against the person who wrote. ``delivery`` is the mail
    that is answered, where that is known."""

    ref: str
    signature: str
    delivery: str | None = None


def signature(secret: str, ref: str, person: str) -> str:
    """100 bits over case and person."""
    signed = Signer(
        secret, salt="reply to a mail", key_derivation="hmac", digest_method=hashlib.sha256
    ).get_signature(f"{ref} {person}")
    return base64.b32encode(hashlib.sha256(signed).digest()).decode().lower()[:_LENGTH]


def fits(known: Known, secret: str, person: str) -> bool:
    """Whether it was given to this person."""
    return hmac.compare_digest(known.signature, signature(secret, known.ref, person))


def address(secret: str, domain: str, ref: str, person: str) -> str:
    """``reply+pf-2027-000123.k3...@domain``; at most 64 characters before the @."""
    return f"reply+{ref.lower()}.{signature(secret, ref, person)}@{domain}"


def read_ref(text: str) -> str | None:
    """A case's reference, and nothing else."""
    return text if re.fullmatch(r"PF-\d{4}-\d{6,9}", text, re.ASCII) else None


def read_address(text: str) -> Known | None:
    found = _ADDRESS.fullmatch(text.strip().strip("<>"))
    return Known(found[1].upper(), found[2].lower()) if found else None


def message_id(secret: str, unsigned: str, ref: str, person: str) -> str:
    """The id of one mail to one person, with its signature; the same at every attempt."""
    left, _, right = unsigned.rpartition("@")
    return f"{left}.{signature(secret, ref, person)}@{right}"


def read_message_id(text: str) -> Known | None:
    found = _MESSAGE_ID.fullmatch(text.strip())
    return Known(found[2], found[3], found[1]) if found else None
