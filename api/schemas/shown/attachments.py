"""Files on a case, as its documents list them."""

from typing import Any

from api.auth import Reader
from api.schemas.shown.agreement import name
from api.schemas.shown.plain import instant
from partnerflow.cases.model import Attachment, Case
from partnerflow.people import Directory


def readable(found: Case, reader: Reader) -> tuple[Attachment, ...]:
    """Another organisation's internal file does not exist."""
    return tuple(each for each in found.attachments if each.seen_by(reader.organisation))


def attachments(found: Case, directory: Directory, reader: Reader) -> list[dict[str, Any]]:
    return [attachment(found.ref, each, directory) for each in readable(found, reader)]


def attachment(ref: str, each: Attachment, directory: Directory) -> dict[str, Any]:
    """``number`` is its id, for it has no other; it belongs to no leg."""
    return {
        "kind": "attachment",
        "number": each.id,
        "leg": None,
        "href": href(ref, each.id),
        "ready": True,
        "id": each.id,
        "name": each.name,
        "media_type": each.media_type,
        "size": each.size,
        "sha256": each.sha256,
        "visibility": each.visibility,
        "by": name(each.by, directory),
        "at": instant(each.at),
        "channel": each.channel,
    }


def href(ref: str, attachment_id: str) -> str:
    return f"/v1/cases/{ref}/attachments/{attachment_id}"
