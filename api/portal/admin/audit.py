"""Audit: events, commands and sign-ins by actor, kind, record and time. Metadata alone: an admin reads that something
happened, not what it says or comes to."""

from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from flask import Response

from api.auth import session
from api.portal.admin import admin_page, room
from api.portal.admin.asking import asked_for
from api.portal.me import need_me
from api.portal.paging import paged
from api.schemas.fields import Name
from api.schemas.queries import Page, Word
from api.schemas.reports import Day
from partnerflow.store import audit
from partnerflow.store.codec import instant

TRAILS: Final = ("events", "commands", "sign-ins")


class AuditList(Page):
    trail = Word(TRAILS, load_default="events")
    actor = Name(load_default=None)
    kind = Name(load_default=None)
    record = Name(load_default=None)
    since = Day(load_default=None)
    until = Day(load_default=None)
    text = Name(load_default=None)


@room.get("/admin/audit", endpoint="audit")
def listed() -> Response:
    """The newest first."""
    asked = asked_for(AuditList())
    looked = audit.Asked(
        actor=_actor(asked["actor"]),
        kind=asked["kind"],
        record=asked["record"],
        since=_midnight(asked["since"]),
        until=_midnight(asked["until"], days=1),
        text=asked["text"],
    )

    def read(mark: list[Any] | None, limit: int) -> list[dict[str, Any]]:
        after = (instant(mark[0]), str(mark[1]), int(mark[2])) if mark else None
        return audit.found(session(), asked["trail"], looked, after, limit)

    found = paged(
        f"audit {asked['trail']}", asked, read, _row, lambda row: [row["at"], row["record"] or "", row["seq"]]
    )
    return admin_page("audit", found=found, asked=asked, trails=TRAILS)


def _actor(stated: str | None) -> str | None:
    """A person by id or address; a service by its name."""
    known = need_me().directory.named(stated) if stated else None
    return known.id if known else stated


def _midnight(day: date | None, days: int = 0) -> datetime | None:
    """Where that day begins for the reader; ``days`` later."""
    if day is None:
        return None
    begins = datetime.combine(day, datetime.min.time(), ZoneInfo(need_me().zone)) + timedelta(days=days)
    return begins.astimezone(UTC)


def _row(row: dict[str, Any]) -> dict[str, Any]:
    """With the person's name, and a case's page where there is one."""
    record = row["record"] or ""
    ref = record.removeprefix("case/")
    known = need_me().directory.people.get(row["actor"])
    return row | {
        "name": known.name if known else row["actor"] or "–",
        "person": known.id if known else None,
        "href": f"/cases/{ref}" if ref.startswith("PF-") else None,
    }
