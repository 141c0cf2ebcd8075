"""The dossier: a whole case for whoever joins or audits, as a page, on paper, and as one file with all that belongs
to it; each as far as its reader may see."""

from flask import Blueprint

room = Blueprint("dossier", __name__)

from api.portal.dossier import paper, reading  # noqa: E402, F401  the views register themselves
