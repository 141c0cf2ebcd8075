"""The guided dispute: choose orders, say what is wrong and wanted, see what comes of it, then send.

Verdict, amounts, deciders and times are shown before anything is sent. What is typed is kept as a draft.
"""

from flask import Blueprint

room = Blueprint("dispute", __name__)

from api.portal.dispute import choosing, sending, writing  # noqa: E402, F401  the views register themselves
