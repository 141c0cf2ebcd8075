"""Cases: the list, and the page of one: who has it, what is next, by when, and what is needed of the reader."""

from flask import Blueprint

room = Blueprint("cases", __name__)

from api.portal.cases import acting, explaining, listing, reading  # noqa: E402, F401  the views register themselves
