"""Setting a page."""

from typing import Any, Final

from flask import Response, render_template

HTML: Final = "text/html; charset=utf-8"
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
"""Nothing from elsewhere, and nothing inline: what a person typed can never run."""


def page(template: str, status: int = 200, **data: Any) -> Response:
    """The template with its data and with what every page knows (``looks``)."""
    made = Response(render_template(template, **data), status, content_type=HTML)
    made.headers["Content-Security-Policy"] = POLICY
    return made
