"""What went wrong, as a page: what happened, and the way on."""

from typing import Final

from flask import Flask, Response, g

from api.errors import PAGE
from api.portal.page import page
from api.portal.words import marked as _

WAYS_ON: Final[dict[str, tuple[str, str]]] = {
    "not-found": (
        _("There is nothing here for you"),
        _("It may have another address, or it is not yours to see."),
    ),
    "forbidden": (
        _("This is not yours to see"),
        _("Your role does not read this. Your admin can tell who does."),
    ),
    "unauthenticated": (_("Please sign in"), _("Your session is over, or you were not signed in yet.")),
    "rate-limited": (_("Too much at once"), _("Wait a second, then try again.")),
    "unavailable": (_("We cannot answer just now"), _("Nothing was recorded. Try the same again shortly.")),
    "internal-error": (
        _("This failed on our side"),
        _("Nothing was recorded. Try again; if it stays, tell us."),
    ),
}
"""By code: the headline and what to do. What has none says its own sentence."""

UNREAD: Final = frozenset({"unavailable", "internal-error"})
"""What went wrong may be the record itself: these pages are set without asking it who reads them."""


def register(app: Flask) -> None:
    app.extensions[PAGE] = _problem


def _problem(code: str, status: int, detail: str) -> Response:
    if code in UNREAD:
        g.pop("reader", None)
    headline, hint = WAYS_ON.get(code, (detail, ""))
    return page("problem.html", status, code=code, headline=headline, hint=hint, detail=detail)
