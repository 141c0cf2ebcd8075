"""Files on a case: what is kept of them in its history; their bytes are kept beside it.

DOMAIN: Timeline (documents), Exception and Facts (evidence).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from partnerflow.refusals import Refused

MOST: Final = 200
"""Files on one case."""

PUBLIC, INTERNAL = "public", "internal"


@dataclass(frozen=True, slots=True)
class Attachment:
    """``id`` is random, ``name`` cleaned, ``size`` in bytes, ``sha256`` in hex; ``visibility`` is ``public``, or
    ``internal`` to ``organisation``; ``channel`` is ``upload`` or ``mail``."""

    id: str
    name: str
    media_type: str
    size: int
    sha256: str
    visibility: str
    organisation: str
    by: str
    at: datetime
    channel: str = "upload"

    def seen_by(self, organisation: str) -> bool:
        return self.visibility == PUBLIC or self.organisation == organisation


@dataclass(frozen=True, slots=True)
class AddAttachment:
    """A checked file; ``content`` is stored under ``id``, and is no part of the case's history."""

    id: str
    name: str
    media_type: str
    sha256: str
    content: bytes
    visibility: str = PUBLIC
    channel: str = "upload"


def refuse_unknown(known: Iterable[Attachment], ids: Iterable[str], pointer: str) -> None:
    """Evidence is a file of the case that both sides can read."""
    readable = {each.id for each in known if each.visibility == PUBLIC}
    for stated in ids:
        if stated not in readable:
            said = f"The case has no attachment {stated!r} that everybody on it can read: add it to the case first."
            raise Refused("invalid-parameter", said, pointer=pointer)
