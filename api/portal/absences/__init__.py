"""Absences: who is away, who stands in and has what meanwhile; one's own, and those of one's people, are recorded
here (FAULTS: "Who may do what")."""

from flask import Blueprint

room = Blueprint("absences", __name__)

from api.portal.absences import listing, recording  # noqa: E402, F401  the views register themselves
