"""The money of all cases: what is exposed, awaited, different or stuck, and the books. The API's reports with the
API's rights (``api.v1.reports_rights``), as pages."""

from flask import Blueprint

room = Blueprint("finance", __name__)

from api.portal.finance import ledger, overview, reports  # noqa: E402, F401  the views register themselves
