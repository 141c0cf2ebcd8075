"""The board: every open case by its stage and age, and the load of those who have them."""

from flask import Blueprint

room = Blueprint("board", __name__)

from api.portal.board import showing  # noqa: E402, F401  the view registers itself
