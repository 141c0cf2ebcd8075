"""Home: what needs you, what is moving, what is closing soon."""

from flask import Blueprint, Response, redirect

from api.portal.me import need_me

room = Blueprint("home", __name__)


@room.get("/")
def home() -> Response:
    """Where each reader begins."""
    need_me()
    answer = redirect("/cases")
    assert isinstance(answer, Response)
    return answer
