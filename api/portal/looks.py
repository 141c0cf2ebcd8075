"""How pages are set: the template environment, the reader's language and zone, and what every page knows."""

from secrets import token_urlsafe
from typing import Any

from flask import Flask, current_app, g, has_request_context, request
from markupsafe import Markup

from api.portal import assets, catalogue, nav, words
from api.portal.me import me


def register(app: Flask) -> None:
    """Prepare the templates; pages stand in ``templates`` beside this file."""
    app.jinja_loader = _loader()
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.add_extension("jinja2.ext.do")
    words.install(app.jinja_env)
    app.context_processor(_known)


def _loader() -> Any:
    from jinja2 import PackageLoader

    return PackageLoader("api.portal", "templates")


def _known() -> dict[str, Any]:
    who = me() if has_request_context() else None
    return {
        "me": who,
        "nav": nav.entries(who, request.path),
        "asset": assets.address,
        "key_field": _key_field,
        "csrf_field": _csrf_field,
        "kept": _kept,
        "live": f"{current_app.config['LIVE_URL']}/live",
        "lang": catalogue.tag(),
        "languages": catalogue.offered(),
        "this_page": request.full_path.rstrip("?") if request.method == "GET" else "/",
    }


def _key_field() -> Markup:
    """What makes a form that is sent twice one request."""
    return Markup('<input type="hidden" name="key" value="{}">').format(token_urlsafe(18))


def _csrf_field() -> Markup:
    make: Any = current_app.jinja_env.globals.get("csrf_token")
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(make()) if make else Markup("")


def _kept(name: str, otherwise: str = "") -> str:
    """What was typed into a field of a form that was refused: nobody types twice."""
    return request.form.get(name, otherwise) if g.get("refused") else otherwise
