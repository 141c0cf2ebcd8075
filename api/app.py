"""The web application: composition root of everything HTTP."""

from typing import Final

from flask import Flask, Response, current_app, request
from werkzeug.middleware.proxy_fix import ProxyFix

from api.database import register_database
from api.entrance import register_sign_in
from api.errors import Problem, register_errors
from api.limits import register_limits
from api.openapi import register_api
from api.openapi_page import register_page
from api.portal import register_portal
from api.portal.dossier import paper as dossiers
from api.portal.sign_in.provider import Provider
from api.requests import LARGE
from api.v1 import (
    absences,
    api_keys,
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
    inbound,
    mail_choices,
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
    mail_choices,
    inbound,
    policies,
    organisations,
    people,
    absences,
    coverage,
    api_keys,
    reports,
    reports_statement,
    reports_awaited,
    dossiers,
)

HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
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
        "LIVE_URL": (told.live_url or told.base_url).rstrip("/"),
        "MAX_CONTENT_LENGTH": LARGE,
        "OIDC": _provider(told),
    }
    if told.trusted_proxies:
        # Only what our own proxies say of where a request comes from; links come from BASE_URL all the same.
        hops = told.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=0)  # type: ignore[method-assign]
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


def _provider(told: Settings) -> Provider | None:
    if told.oidc_issuer is None:
        return None
    return Provider(told.oidc_issuer, told.oidc_client_id or "", told.oidc_client_secret or "")


def _refuse_impossible() -> None:
    """PostgreSQL knows no NUL: no address with one leads anywhere."""
    if "\0" in request.path:
        raise Problem("not-found", "There is nothing at this path.")


def _harden(made: Response) -> Response:
    for name, value in HEADERS.items():
        made.headers.setdefault(name, value)
    made.headers.setdefault("Content-Security-Policy", POLICY)
    if current_app.config["SESSION_COOKIE_SECURE"]:
        made.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return made
