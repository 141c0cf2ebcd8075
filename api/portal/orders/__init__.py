"""Orders: what was found when they came in, and until when each line can be put right by itself."""

from flask import Blueprint

room = Blueprint("orders", __name__)

from api.portal.orders import acting, reading  # noqa: E402, F401  the views register themselves
