"""A credit note as data; its PDF is the document."""

from typing import Any

from notifications.note_data import note_data
from partnerflow.credits.notes import Note


def note(found: Note, *, ready: bool) -> dict[str, Any]:
    return note_data(found) | {"pdf": {"href": f"/v1/credit-notes/{found.number}.pdf", "ready": ready}}
