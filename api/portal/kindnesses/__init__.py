"""Small kindnesses: a case watched, a deadline in one's calendar, a call back, duplicates put together, one's side
handed to a colleague, and one's own choices on the account's page."""

from flask import Blueprint

room = Blueprint("kindnesses", __name__)

from api.portal.kindnesses import account, calendar, duplicates, on_case  # noqa: E402, F401  they register themselves
