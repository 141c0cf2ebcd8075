"""To decide: what waits for this reader, by due instant, with everything a decision needs on one page."""

from flask import Blueprint

room = Blueprint("inbox", __name__)

from api.portal.inbox import deciding, reading  # noqa: E402, F401  the views register themselves
