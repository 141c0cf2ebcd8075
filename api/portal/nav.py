"""The ways through the portal: which of them a reader is offered, in which order.

What a reader may see is decided by the views; here only what is of use to them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from flask import current_app

from api.portal.me import Me
from api.portal.words import marked as _


@dataclass(frozen=True, slots=True)
class Way:
    """A page at ``path`` by ``endpoint``: it is offered once there is such a view, and where ``when`` says so."""

    label: str
    path: str
    endpoint: str
    when: Callable[[Me], bool]


@dataclass(frozen=True, slots=True)
class Entry:
    label: str
    path: str
    here: bool


def _partner(me: Me) -> bool:
    return me.partner


def _staff(me: Me) -> bool:
    return me.reader.staff


def _works(me: Me) -> bool:
    return me.partner or me.reader.staff


def _finance(me: Me) -> bool:
    return me.has("desk") or (me.reader.staff and me.has("finance", "executive", "channel_manager"))


def _admin(me: Me) -> bool:
    return me.reader.operator and me.has("admin")


WAYS: Final = (
    Way(_("Home"), "/", "home.home", _works),
    Way(_("To decide"), "/inbox", "inbox.inbox", _staff),
    Way(_("Orders"), "/orders", "orders.orders", _works),
    Way(_("Cases"), "/cases", "cases.cases", _works),
    Way(_("Board"), "/board", "board.board", _staff),
    Way(_("To confirm"), "/pass-through", "pass_through.pass_through", lambda me: me.has("desk")),
    Way(_("Who handles what"), "/contacts", "contacts.contacts", _works),
    Way(_("Statements"), "/statements", "statements.statements", _partner),
    Way(_("Finance"), "/finance", "finance.finance", _finance),
    Way(_("Policy"), "/policy", "policy.policy", _staff),
    Way(_("Admin"), "/admin", "admin.admin", _admin),
)


def entries(who: Me | None, path: str) -> list[Entry]:
    """What the bar at the top offers this reader; ``here`` marks the room they are in."""
    if who is None:
        return []
    views = current_app.view_functions
    return [
        Entry(way.label, way.path, _inside(path, way.path))
        for way in WAYS
        if f"portal.{way.endpoint}" in views and way.when(who)
    ]


def _inside(path: str, way: str) -> bool:
    return path == way or (way != "/" and path.startswith(f"{way}/"))
