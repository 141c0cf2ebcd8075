"""Admin: people, coverage, calendars, keys, messages, the trail of what was done, and whether all is well.

An admin has no rights over money: no page here shows an amount or a word of a case. Everything that changes something
goes through the desk's own commands, as over the API.
"""

from typing import Any, Final

from flask import Blueprint, Response, flash, request

from api.portal.page import page
from api.portal.words import marked as _
from api.v1.sight import need_admin
from partnerflow import desk

room = Blueprint("admin", __name__)

TABS: Final = (
    (_("Overview"), "/admin"),
    (_("People"), "/admin/people"),
    (_("Coverage"), "/admin/coverage"),
    (_("Calendars"), "/admin/calendars"),
    (_("Keys"), "/admin/keys"),
    (_("Deliveries"), "/admin/deliveries"),
    (_("Mails in"), "/admin/inbound"),
    (_("Audit"), "/admin/audit"),
    (_("Health"), "/admin/health"),
    (_("Policy"), "/policy"),
)


@room.before_request
def _admins_only() -> None:
    """Deny by default: every page of this room is an admin's."""
    need_admin()


def admin_page(name: str, status: int = 200, /, **data: Any) -> Response:
    """A page of this room, below its tabs."""
    inside = [
        path for _label, path in TABS[1:] if request.path == path or request.path.startswith(f"{path}/")
    ]
    return page(f"admin/{name}.html", status, tabs=TABS, tab=inside[0] if inside else "/admin", **data)


def done(outcome: desk.Outcome, said: str) -> desk.Outcome:
    """The outcome, with ``said`` on the next page when it was done."""
    if outcome.state is desk.State.DONE:
        flash(said, "ok")
    return outcome


from api.portal.admin import (  # noqa: E402  the views register themselves
    audit,  # noqa: F401
    calendar_acting,  # noqa: F401
    calendars,  # noqa: F401
    coverage,  # noqa: F401
    deliveries,  # noqa: F401
    health,  # noqa: F401
    inbound,  # noqa: F401
    keys,  # noqa: F401
    overview,  # noqa: F401
    people,  # noqa: F401
    people_acting,  # noqa: F401
)
