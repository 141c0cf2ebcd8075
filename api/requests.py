"""Reading a request: its form is judged before anybody asks whether there is such a thing.

FAULTS: the order of checks. The body is read once, with the limit of its route; JSON is read strictly.
"""

import hashlib
import json
import math
import re
from typing import Any, Final, NoReturn

from flask import request
from marshmallow import Schema, ValidationError
from werkzeug.exceptions import RequestEntityTooLarge

from api.errors import Problem, Wrong
from api.schemas.faults import problem

SMALL: Final = 64 * 1024
LARGE: Final = 1024 * 1024
"""Bytes of a body: in general, and of orders and invoices."""

VERSIONS: Final = frozenset({"1", "v1"})
VERSION_HEADERS: Final = ("API-Version", "Partnerflow-Version")
_KEY: Final = re.compile(r"[\x21-\x7e]{1,255}")


def check_headers() -> None:
    """What holds for every request: a version we know, an answer in a form the client takes."""
    for name in VERSION_HEADERS:
        if request.headers.get(name, "1").lower() not in VERSIONS:
            raise Problem("unknown-api-version", f"{name}: this is version 1, and there is no other.")


def need_accept(*types: str) -> None:
    """Refuse a client that takes none of these media types."""
    wanted = request.accept_mimetypes
    if wanted and not wanted.best_match(types):
        raise Problem("not-acceptable", f"The answer is {types[0]}; accept that, or */*.")


def idempotency_key() -> str:
    """The key that makes a repetition the same request; required of every POST that records something."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        raise Problem("idempotency-key-missing", "Send an Idempotency-Key, a new one for each new request.")
    return valid_key(key)


def valid_key(key: str | None) -> str:
    """The key of a request, wherever it came."""
    if key is None or not _KEY.fullmatch(key):
        raise Problem("idempotency-key-invalid", "The Idempotency-Key is 1 to 255 visible ASCII characters.")
    return key


def if_match() -> str | None:
    """The version named by If-Match, without quotes; None when it is not sent, or names no version."""
    stated = request.headers.get("If-Match", "").strip()
    return stated.strip('"') or None if stated != "*" else None


def fingerprint() -> bytes:
    """What makes two requests with one key the same request."""
    parts = (request.method, request.path, request.headers.get("If-Match", ""))
    return hashlib.sha256("\n".join(parts).encode() + b"\n" + raw_body()).digest()


def raw_body() -> bytes:
    """The body as it came, read once; ``read_body`` checked its size."""
    return request.get_data(cache=True)


def read_body(schema: Schema, *, limit: int = SMALL, optional: bool = False) -> dict[str, Any]:
    """The JSON object of the body by its schema; Problem says everything that is wrong with it."""
    encoding = request.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding not in ("", "identity"):
        raise Problem("unsupported-encoding", "Send the body as it is, without Content-Encoding.")
    raw = _limited(limit)
    if optional and not raw:
        return {}
    if request.mimetype != "application/json":
        raise Problem("unsupported-media-type", "Send JSON with Content-Type: application/json.")
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    if charset not in ("utf-8", "utf8"):
        raise Problem("unsupported-media-type", "JSON is UTF-8.")
    return _loaded(schema, parse_json(raw), query=False)


def read_query(schema: Schema) -> dict[str, Any]:
    """The address's parameters by their schema; each at most once."""
    repeated = [name for name, values in request.args.lists() if len(values) > 1]
    if repeated:
        said = "Give each parameter once."
        raise Problem("invalid-parameter", said, [Wrong(f"?{name}", said) for name in repeated])
    return _loaded(schema, request.args.to_dict(), query=True)


def _limited(limit: int) -> bytes:
    request.max_content_length = limit
    try:
        return raw_body()
    except RequestEntityTooLarge:
        raise Problem("body-too-large", f"The body may have at most {limit // 1024} KiB here.") from None


def _loaded(schema: Schema, data: Any, *, query: bool) -> dict[str, Any]:
    try:
        loaded: dict[str, Any] = schema.load(data)
    except ValidationError as error:
        raise problem(error, query=query) from None
    return loaded


def parse_json(raw: bytes) -> Any:
    """JSON, strictly: no member twice, no number beyond any; Problem otherwise."""
    try:
        return json.loads(
            raw.decode("utf-8"),
            parse_constant=_no_constant,
            parse_float=_finite,
            object_pairs_hook=_without_repeats,
        )
    except (ValueError, RecursionError):
        raise Problem(
            "malformed-json", "The body is not JSON: check quotes, commas, numbers and its end."
        ) from None


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("beyond any number")
    return number


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Two members of one name: whoever reads only the first sees another request than we do."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a member is there twice")
    return found
