"""Policy: what holds, who wrote it and who published it; drafting, trying and publishing another version."""

from flask import Blueprint

room = Blueprint("policy", __name__)

from api.portal.policy import drafting, publishing, reading, trying  # noqa: E402, F401  the views register themselves
