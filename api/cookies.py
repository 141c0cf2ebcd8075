"""The cookie of a session: a random token that nobody else can read, set, or send from another site's page.

Over https its name says ``__Host-``: browsers then take it from this very host alone, never from a neighbour.
"""

import secrets
from typing import Final

from flask import Flask, Response, current_app, request

from partnerflow.store.sessions import LIFETIME

NAME: Final = "partnerflow"
_FORM: Final = "partnerflow-form"
_LONGEST: Final = 100


def register_cookies(app: Flask) -> None:
    """Name and guard both cookies: the session's, and that of forms, which holds what their token is checked by."""
    https = app.config["BASE_URL"].startswith("https://")
    prefix = "__Host-" if https else ""
    app.config |= {
        "SIGN_IN_COOKIE": name_of(app.config["BASE_URL"]),
        "SESSION_COOKIE_NAME": prefix + _FORM,
        "SESSION_COOKIE_SECURE": https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_PATH": "/",
    }


def name_of(base_url: str) -> str:
    """What the session's cookie is called on an installation."""
    return f"__Host-{NAME}" if base_url.startswith("https://") else NAME


def new_token() -> str:
    """32 random bytes."""
    return secrets.token_urlsafe(32)


def token() -> str | None:
    """What this request's browser was given; anything that cannot be one is nothing."""
    found = request.cookies.get(current_app.config["SIGN_IN_COOKIE"], "")
    return found if found and len(found) <= _LONGEST else None


def keep(answer: Response, given: str) -> None:
    """Have the browser keep a session's token as long as the session can last."""
    answer.set_cookie(
        current_app.config["SIGN_IN_COOKIE"],
        given,
        max_age=int(LIFETIME.total_seconds()),
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
        path="/",
    )


def drop(answer: Response) -> None:
    """Have the browser forget it."""
    answer.delete_cookie(
        current_app.config["SIGN_IN_COOKIE"],
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
        path="/",
    )
