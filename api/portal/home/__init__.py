"""Home: what needs you, what is moving, what is closing soon."""

from flask import Blueprint, Response, redirect

from api.auth import reader
from api.portal.home.sections import closing_soon, held_orders, moving, needing
from api.portal.me import need_me
from api.portal.page import page

room = Blueprint("home", __name__)


@room.get("/")
def home() -> Response:
    """Where each reader begins."""
    who = need_me()
    if reader().admin_only:
        answer = redirect("/admin")
        assert isinstance(answer, Response)
        return answer
    cases = moving()
    return page(
        "home/home.html",
        held=held_orders(),
        needing=[case for case in cases if needing(case, who)],
        moving=[case for case in cases if not needing(case, who)],
        closing=closing_soon() if who.partner else [],
    )
