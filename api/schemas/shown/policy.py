"""A policy version as the operator's people read it."""

from datetime import datetime
from typing import Any

from api.schemas.shown.plain import instant
from partnerflow.people import Directory
from partnerflow.policy.versions import Version


def version(found: Version, now: datetime, in_force: int, directory: Directory) -> dict[str, Any]:
    """``clocks`` is null unless it was published to move those of open cases."""
    path = f"/v1/policies/{found.version}"
    return {
        "version": found.version,
        "name": found.name,
        "state": found.state(now, in_force).value,
        "note": found.note,
        "author": _person(found.author, directory),
        "created_at": instant(found.created_at),
        "approver": _person(found.approver, directory),
        "published_at": instant(found.published_at),
        "effective_at": instant(found.effective_at),
        "clocks": found.clocks,
        "links": {"self": path, "simulate": f"{path}/actions/simulate", "publish": f"{path}/actions/publish"},
    }


def _person(who: str | None, directory: Directory) -> dict[str, Any] | None:
    """What shipped with the product has no person behind it."""
    if who is None:
        return None
    known = directory.people.get(who)
    return {"name": known.name, "title": known.title, "email": known.email} if known else {"name": who}
