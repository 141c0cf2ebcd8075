"""Requests that another site's page makes a browser send (FAULTS, row 71): refused as csrf, before anything is read.

Only what comes with a cookie needs this: a key is never sent by a browser of its own accord. A form carries the token
in ``csrf_token``, JSON in the header ``X-CSRFToken``; the token is bound to a cookie of its own (Flask-WTF).
"""

from typing import Final
from urllib.parse import urlsplit

from flask import Flask, current_app, request
from flask_wtf.csrf import CSRFProtect, validate_csrf

from api.errors import Problem

HEADER: Final = "X-CSRFToken"
FIELD: Final = "csrf_token"
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_AT_HOME: Final = frozenset({"same-origin", "none"})


def register_csrf(app: Flask) -> None:
    """Give templates ``csrf_token()``; who checks it, and when, is the sign-in's to say."""
    app.config |= {
        "WTF_CSRF_CHECK_DEFAULT": False,  # the sign-in calls need_own_page once it knows that a cookie signs in
        "WTF_CSRF_TIME_LIMIT": None,  # as long as the session: a form may lie open over lunch
        "WTF_CSRF_SSL_STRICT": False,  # it wants a Referer, and our pages send none; Origin is checked here
    }
    CSRFProtect(app)


def need_own_page(*, form: bool) -> None:
    """Refuse with csrf what no page of ours sent. ``form``: the token may be a field, else it is the header alone."""
    if request.method in SAFE:
        return
    if _foreign():
        raise Problem("csrf", "This came from another site's page; open Partnerflow itself and do it there.")
    sent = request.headers.get(HEADER) or (request.form.get(FIELD) if form else None)
    try:
        validate_csrf(sent)
    except ValueError:
        where = f"field {FIELD}" if form else f"header {HEADER}"
        raise Problem("csrf", f"The {where} is missing or old: load the page again, then send it.") from None


def _foreign() -> bool:
    """Whether the browser says so. A page without a Referer sends the origin ``null``: then only the token tells."""
    if request.headers.get("Sec-Fetch-Site", "none") not in _AT_HOME:
        return True
    origin = request.headers.get("Origin", "null")
    return origin != "null" and urlsplit(origin).netloc not in _hosts()


def _hosts() -> tuple[str, str]:
    return (request.host, urlsplit(current_app.config["BASE_URL"]).netloc)
