"""Setting a page."""

from typing import Any, Final

from flask import Response, current_app, render_template

HTML: Final = "text/html; charset=utf-8"
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self' {live}; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
"""Nothing from elsewhere but what tells a page that it is old, and nothing inline: what a person typed never runs."""


def page(template: str, status: int = 200, **data: Any) -> Response:
    """The template with its data and with what every page knows (``looks``)."""
    made = Response(render_template(template, **data), status, content_type=HTML)
    made.headers["Content-Security-Policy"] = POLICY.format(live=current_app.config["LIVE_URL"])
    return made
