"""The files that came with a mail: those that may be kept join the case, the others are named in its words."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import uuid4

from sqlalchemy import Engine

from notifications.attachments import check
from notifications.attachments.names import cleaned
from notifications.inbound.files import MOST
from partnerflow import desk
from partnerflow.cases.attachments import AddAttachment
from partnerflow.people import Actor
from partnerflow.refusals import Refused

ROOM: Final = 800
"""Characters that the names of files may take in a note."""


@dataclass(frozen=True, slots=True)
class Enclosures:
    """Names of the files that are on the case now, and of those that are not with the reason."""

    taken: tuple[str, ...]
    refused: tuple[str, ...]


def put(
    engine: Engine,
    mail_id: str,
    ref: str,
    actor: Actor,
    files: Sequence[tuple[str, bytes]],
    visibility: str,
) -> Enclosures:
    """Each under a key of its own, so that a mail worked on twice brings its files once."""
    taken, refused = [], [f"{cleaned(name)} (too many files)" for name, _ in files[MOST:]]
    for number, (name, content) in enumerate(files[:MOST]):
        try:
            checked = check(name, content)
        except Refused as no:
            refused.append(f"{cleaned(name)} ({no.code.replace('-', ' ')})")
            continue
        command = AddAttachment(
            str(uuid4()), checked.name, checked.media_type, checked.sha256, content, visibility, "mail"
        )
        key = f"mail:{mail_id}:file:{number}"
        outcome = desk.handle(engine, desk.Request(command, actor, key, f"case/{ref}"))
        if outcome.state is desk.State.REFUSED:
            refused.append(f"{checked.name} ({(outcome.code or '').replace('-', ' ')})")
        else:
            taken.append(checked.name)
    return Enclosures(tuple(taken), tuple(refused))


def composed(said: str, files: Enclosures) -> str:
    """What was written, then the files by name."""
    parts = [said] if said else []
    if files.taken:
        parts.append(f"Files: {', '.join(files.taken)}"[:ROOM])
    if files.refused:
        parts.append(f"Not taken: {', '.join(files.refused)}"[:ROOM])
    return "\n\n".join(parts) or "(An empty mail.)"
