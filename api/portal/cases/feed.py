"""The timeline of a case's page: newest first, one kind of thing at a time if wanted, older ones behind a link."""

from dataclasses import dataclass
from typing import Any, Final

from api.auth import reader, session
from api.portal.me import need_me
from api.portal.words import marked as _
from api.schemas.shown import timeline
from api.schemas.shown.telling import Telling
from partnerflow.cases.model import Case
from partnerflow.store import listing_parts

HISTORY: Final = 200
"""Events that are read for one page of it."""
SHOWS: Final = (
    ("", _("Everything")),
    ("messages", _("Messages")),
    ("decisions", _("Decisions")),
    ("documents", _("Documents")),
    ("clocks", _("Clocks and handing on")),
)
GROUPS: Final = {
    "case.opened": "messages",
    "case.note_added": "messages",
    "case.info_requested": "messages",
    "case.info_received": "messages",
    "case.already_told": "messages",
    "case.fact_changed": "messages",
    "case.fact_disputed": "messages",
    "case.proposed": "decisions",
    "case.proposal_lowered": "decisions",
    "case.revised": "decisions",
    "case.approved": "decisions",
    "case.approved_in_part": "decisions",
    "case.declined": "decisions",
    "case.step_decided": "decisions",
    "case.appealed": "decisions",
    "case.recalled": "decisions",
    "case.withdrawn": "decisions",
    "case.cancelled": "decisions",
    "case.exception_requested": "decisions",
    "case.document_added": "documents",
    "credit_note.issued": "documents",
    "credit_note.void_asked": "documents",
    "credit_note.voided": "documents",
    "rebill.issued": "documents",
    "case.passed_on": "documents",
    "case.owner_changed": "clocks",
    "case.step_handed_on": "clocks",
    "case.escalated": "clocks",
    "case.approval_step_started": "clocks",
}
CLOCKS: Final = ("case.clock", "case.round_")


@dataclass(frozen=True, slots=True)
class Feed:
    """``older``: the number before which the next page begins; None at the beginning of the case."""

    items: tuple[dict[str, Any], ...]
    older: int | None


def feed(case: Case, words: Telling, show: str = "", before: int | None = None) -> Feed:
    """One page before event ``before``; windows are read until one of them has something of what is wanted."""
    end = min(before or case.version + 1, case.version + 1)
    found: list[dict[str, Any]] = []
    while end > 1 and not found:
        since = max(0, end - 1 - HISTORY)
        found = [each for each in _window(case, words, since, end) if show in ("", each["group"])]
        end = since + 1
    return Feed(tuple(found), end if end > 1 else None)


def _window(case: Case, words: Telling, since: int, end: int) -> list[dict[str, Any]]:
    rows = listing_parts.history(session(), case.ref, since, end - since - 1)
    own = need_me().person.name
    seen = (timeline.item(row, words, reader()) for row in rows if row.seq < end)
    return [_shown(item, own) for item in reversed([each for each in seen if each is not None])]


def _shown(item: dict[str, Any], own: str) -> dict[str, Any]:
    return item | {"group": group(item["event"]), "own": item["actor"] == own}


def group(event: str) -> str:
    """Which filter shows it; what is in none of them is shown with everything."""
    return GROUPS.get(event) or ("clocks" if event.startswith(CLOCKS) else "other")
