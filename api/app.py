"""The web application: composition root of everything HTTP."""

from typing import Final

from flask import Flask, Response, request

from api.database import register_database
from api.entrance import register_sign_in
from api.errors import Problem, register_errors
from api.limits import register_limits
from api.openapi import register_api
from api.openapi_page import register_page
from api.portal import register_portal
from api.requests import LARGE
from api.v1 import (
    absences,
    approvals,
    attachments,
    case_actions,
    cases,
    clocks,
    contacts,
    coverage,
    credit_notes,
    deliveries,
    explanations,
    imports,
    money_actions,
    orders,
    organisations,
    people,
    policies,
    precedents,
    reports,
    reports_awaited,
    reports_statement,
)
from api.v1.health import register_health
from partnerflow.settings import Settings, read_settings

REQUESTS_PER_SECOND: Final = 1_000
"""Of one organisation, in one process."""

GROUPS: Final = (
    orders,
    cases,
    clocks,
    explanations,
    precedents,
    case_actions,
    attachments,
    money_actions,
    approvals,
    credit_notes,
    contacts,
    deliveries,
    imports,
    policies,
    organisations,
    people,
    absences,
    coverage,
    reports,
    reports_statement,
    reports_awaited,
)

HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
POLICY: Final = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"


def create_app(settings: Settings | None = None, *, rate: float = REQUESTS_PER_SECOND) -> Flask:
    """Make the application; granian calls this once per process. ``settings``: the environment's by default."""
    told = settings or read_settings()
    app = Flask(__name__, static_folder=None)
    app.config |= {
        "SECRET_KEY": told.secret_key,
        "BASE_URL": told.base_url.rstrip("/"),
        "MAX_CONTENT_LENGTH": LARGE,
    }
    app.url_map.strict_slashes = False
    register_database(app, told.database_url, told.database_pool_size)
    register_errors(app)
    register_health(app)
    app.before_request(_refuse_impossible)
    register_sign_in(app)
    register_limits(app, rate)
    register_api(app, [each.group for each in GROUPS])
    register_page(app)
    register_portal(app)
    app.after_request(_harden)
    return app


def _refuse_impossible() -> None:
    """PostgreSQL knows no NUL: no address with one leads anywhere."""
    if "\0" in request.path:
        raise Problem("not-found", "There is nothing at this path.")


def _harden(made: Response) -> Response:
    for name, value in HEADERS.items():
        made.headers.setdefault(name, value)
    made.headers.setdefault("Content-Security-Policy", POLICY)
    return made
