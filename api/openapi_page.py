"""The description of the API to read: one page from the same data, without anything from elsewhere."""

from collections.abc import Iterator
from html import escape
from secrets import token_urlsafe
from typing import Any, Final

from flask import Blueprint, Flask, Response, current_app

blueprint = Blueprint("docs", __name__)

STYLE: Final = """
:root { color-scheme: light dark; --line: #8885; --soft: #8881 }
body { font: 1rem/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 62rem; padding: 0 1rem }
h2 { border-bottom: 1px solid var(--line); margin-top: 2.5rem }
details { border: 1px solid var(--line); border-radius: .4rem; margin: .5rem 0; padding: .4rem .8rem }
summary { cursor: pointer } summary b { display: inline-block; min-width: 3.5rem }
table { border-collapse: collapse; margin: .5rem 0; width: 100% }
td, th { border-top: 1px solid var(--line); padding: .25rem .5rem; text-align: left; vertical-align: top }
code { background: var(--soft); border-radius: .2rem; padding: 0 .2rem; overflow-wrap: anywhere }
"""


def register_page(app: Flask) -> None:
    app.register_blueprint(blueprint)


@blueprint.get("/docs")
def docs() -> Response:
    """The page."""
    nonce = token_urlsafe(16)
    made = Response(
        _page(current_app.extensions["openapi"].to_dict(), nonce), content_type="text/html; charset=utf-8"
    )
    made.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'nonce-{nonce}'; frame-ancestors 'none'; base-uri 'none'"
    )
    return made


def _page(spec: dict[str, Any], nonce: str) -> str:
    groups: dict[str, list[str]] = {}
    for path, operations in spec["paths"].items():
        for method, operation in operations.items():
            if isinstance(operation, dict):
                groups.setdefault(operation["tags"][0], []).append(_operation(method, path, operation, spec))
    about = {tag["name"]: tag.get("description", "") for tag in spec.get("tags", [])}
    body = "".join(
        f"<h2>{escape(name.capitalize())}</h2><p>{escape(about.get(name, ''))}</p>{''.join(found)}"
        for name, found in groups.items()
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Partnerflow API</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<style nonce="{nonce}">{STYLE}</style></head><body><h1>Partnerflow API</h1>'
        "<p>Sign in with <code>Authorization: Bearer pf_...</code>. Amounts are text with their currency, "
        "instants are RFC 3339 in UTC. Errors are <code>application/problem+json</code>; their <code>code</code> "
        'says which. The same as data: <a href="/v1/openapi.json">openapi.json</a>.</p>'
        f"{body}</body></html>"
    )


def _operation(method: str, path: str, operation: dict[str, Any], spec: dict[str, Any]) -> str:
    rows = "".join(_parameter(each) for each in operation.get("parameters", ()))
    parameters = f"<table><tr><th>Parameter<th>Where<th>What</tr>{rows}</table>" if rows else ""
    sent = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    body = f"<table><tr><th>Member<th>Form</tr>{''.join(_members(sent, spec, ''))}</table>" if sent else ""
    answers = "".join(
        f"<tr><td>{escape(status)}<td>{escape(found.get('description', ''))}</tr>"
        for status, found in operation["responses"].items()
        if isinstance(found, dict)
    )
    return (
        f"<details><summary><b>{escape(method.upper())}</b> <code>{escape(path)}</code> "
        f"{escape(operation.get('summary', ''))}</summary>{parameters}{body}"
        f"<table><tr><th>Answer<th>What</tr>{answers}</table></details>"
    )


def _parameter(parameter: dict[str, Any]) -> str:
    what = parameter.get("description") or _form(parameter.get("schema", {}))
    return f"<tr><td><code>{escape(parameter['name'])}</code><td>{escape(parameter['in'])}<td>{escape(what)}</tr>"


def _members(schema: dict[str, Any], spec: dict[str, Any], before: str) -> Iterator[str]:
    found = _resolved(schema, spec)
    for name, member in found.get("properties", {}).items():
        needed = "" if name in found.get("required", ()) else "?"
        yield f"<tr><td><code>{escape(before + name + needed)}</code><td>{escape(_form(member))}</tr>"
        inner = member.get("items", member)
        for option in [inner, *inner.get("anyOf", ()), *inner.get("allOf", ())]:
            if "$ref" in option:
                yield from _members(option, spec, f"{before}{name}.")


def _resolved(schema: dict[str, Any], spec: dict[str, Any]) -> dict[str, Any]:
    reference = schema.get("$ref", "").rpartition("/")[2]
    found: dict[str, Any] = spec["components"]["schemas"].get(reference, schema)
    return found


def _form(schema: dict[str, Any]) -> str:
    kind = schema.get("type", "")
    words = " or ".join(kind) if isinstance(kind, list) else str(kind)
    if choices := schema.get("enum"):
        words += f": {', '.join(str(each) for each in choices)}"
    if (example := schema.get("example")) is not None:
        words += f", such as {example}"
    return words or "object"
