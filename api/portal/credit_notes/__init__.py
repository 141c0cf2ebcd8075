"""Credit notes: the list, and each with its lines, taxes, how it was given back, its papers, and taking it back."""

from flask import Blueprint

room = Blueprint("credit_notes", __name__)

from api.portal.credit_notes import reading, voiding  # noqa: E402, F401  the views register themselves
