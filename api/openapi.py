"""The description of the API: every view is registered through ``route``, which is where it is written down.

OpenAPI 3.1 at /v1/openapi.json by flask-smorest; the schemas of bodies and parameters are those that are enforced.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, Final, TypeVar

import flask_smorest
from flask import Flask, Response
from marshmallow import Schema, fields

from api.auth import need_scope
from api.requests import check_headers, need_accept, read_query
from api.schemas.queries import Nothing

View = TypeVar("View", bound=Callable[..., Response])

JSON: Final = "application/json"
PROBLEM: Final = "application/problem+json"


class WrongSchema(Schema):
    pointer = fields.String()
    detail = fields.String()


class ProblemSchema(Schema):
    """RFC 9457."""

    type = fields.String()
    title = fields.String()
    status = fields.Integer()
    detail = fields.String()
    code = fields.String()
    errors = fields.List(fields.Nested(WrongSchema))


class Api(flask_smorest.Api):  # type: ignore[misc]  # it ships no types
    """flask-smorest for the description alone: errors are answered by api.errors."""

    ERROR_SCHEMA = ProblemSchema
    DEFAULT_RESPONSE_CONTENT_TYPE = "application/json"

    def _register_error_handlers(self) -> None:
        """Ours are registered already."""


@dataclass(slots=True)
class Group:
    """The views of one subject, and their description."""

    name: str
    about: str
    blueprint: Any = field(init=False)

    def __post_init__(self) -> None:
        self.blueprint = flask_smorest.Blueprint(self.name, __name__, description=self.about)

    def route(
        self,
        method: str,
        path: str,
        *,
        body: type[Schema] | None = None,
        form: dict[str, Any] | None = None,
        query: type[Schema] | None = None,
        answers: dict[int, str],
        scope: str | None = None,
        keyed: bool = False,
        matched: bool = False,
        media: str = JSON,
    ) -> Callable[[View], View]:
        """Register a view, and check what is the same for all before it is called.

        ``scope``: what a key must be made for; ``keyed``: it wants an Idempotency-Key; ``matched``: an
        If-Match; ``form`` describes what an upload is
        made of; without ``query`` it takes no parameters. With one the view reads it.
        """

        def register(view: View) -> View:
            @wraps(view)
            def checked(*args: Any, **kwargs: Any) -> Response:
                check_headers()
                need_accept(media, PROBLEM) if media == JSON else need_accept(media)
                if scope is not None:
                    need_scope(scope)
                if query is None:
                    read_query(Nothing())
                return view(*args, **kwargs)

            described = {
                "parameters": _headers(keyed=keyed, matched=matched) + _parameters(query),
                "responses": _responses(answers, media),
            }
            if body is not None:
                described["requestBody"] = {
                    "required": True,
                    "content": {"application/json": {"schema": body}},
                }
            if form is not None:
                described["requestBody"] = {
                    "required": True,
                    "content": {"multipart/form-data": {"schema": form}},
                }
            wrapped = self.blueprint.doc(**described)(checked)
            self.blueprint.route(path, methods=[method], endpoint=view.__name__)(wrapped)
            return view

        return register


def register_api(app: Flask, groups: list[Group]) -> None:
    app.config |= {
        "API_TITLE": "Partnerflow",
        "API_VERSION": "v1",
        "OPENAPI_VERSION": "3.1.0",
        "OPENAPI_URL_PREFIX": "/v1",
        "OPENAPI_JSON_PATH": "openapi.json",
        "API_SPEC_OPTIONS": {
            "info": {"description": "The desk where a wrong order in the IT channel gets put right."},
            "security": [{"key": []}],
        },
    }
    api = Api(app)
    api.spec.components.security_scheme(
        "key", {"type": "http", "scheme": "bearer", "description": "Authorization: Bearer pf_..."}
    )
    for group in groups:
        api.register_blueprint(group.blueprint)
    app.extensions["openapi"] = api.spec


def _headers(*, keyed: bool, matched: bool) -> list[dict[str, Any]]:
    wanted = []
    if keyed:
        wanted.append(
            ("Idempotency-Key", "1 to 255 visible ASCII characters; the same key is the same request.")
        )
    if matched:
        wanted.append(("If-Match", "The version that was read; an older one is refused as stale-version."))
    return [
        {"in": "header", "name": name, "required": True, "description": about, "schema": {"type": "string"}}
        for name, about in wanted
    ]


def _parameters(query: type[Schema] | None) -> list[Any]:
    return [{"in": "query", "schema": query}] if query else []


def _responses(answers: dict[int, str], media: str) -> dict[str, Any]:
    form = {"type": "object"} if media == JSON else {"type": "string", "format": "binary"}
    found: dict[str, Any] = {
        str(status): {"description": about, "content": {media: {"schema": form}}}
        for status, about in answers.items()
    }
    refused = {"content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}}
    return found | {"default": {"description": "A problem; its code says which."} | refused}
