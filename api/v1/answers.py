"""Writing an answer: JSON by msgspec, ETags, signed cursors, and what the desk decided."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec
from flask import Response, current_app
from itsdangerous import BadSignature, URLSafeSerializer

from api.auth import engine, reader
from api.errors import Problem, Wrong, of_outcome
from api.requests import fingerprint
from partnerflow import desk

JSON: Final = "application/json"
REPLAYED: Final = "Idempotent-Replayed"


def encode(body: Any) -> str:
    """The text of an answer."""
    return msgspec.json.encode(body).decode()


def answer(body: Any, status: int = 200, *, etag: str | None = None, location: str | None = None) -> Response:
    return _response(msgspec.json.encode(body), status, etag, location)


def decide(command: Any, target: str, key: str, told: Callable[[Any], desk.Answer]) -> Response:
    """Hand one command to the desk; its outcome, decided, refused or repeated, is the answer."""
    asked = desk.Request(command, reader().actor, key, target, fingerprint(), told)
    outcome = desk.handle(engine(), asked)
    if outcome.state is desk.State.REFUSED:
        made = of_outcome(outcome)
    else:
        made = _response(outcome.body.encode(), outcome.status or 200, outcome.etag, outcome.location)
    if outcome.replayed:
        made.headers[REPLAYED] = "true"
    return made


def page(
    rows: Sequence[Any],
    limit: int,
    show: Callable[[Any], Mapping[str, Any] | None],
    mark: Callable[[Any], list[Any]],
    name: str,
) -> Response:
    """One page of a list: ``rows`` has one more than ``limit`` when there is another.

    ``show`` is None for what this reader does not get; ``mark`` says where the page ends.
    """
    here = rows[:limit]
    following = cursor(name, mark(here[-1])) if len(rows) > limit else None
    items = [shown for row in here if (shown := show(row)) is not None]
    return answer({"items": items, "next_cursor": following})


def cursor(name: str, mark: list[Any]) -> str:
    """A place in a list that only we can have made; ``name`` is the list's."""
    plain = [each.isoformat() if isinstance(each, datetime) else each for each in mark]
    return str(_signer(name).dumps(plain))


def place(name: str, text: str | None) -> list[Any] | None:
    """What ``cursor`` made; Problem for anything else."""
    if text is None:
        return None
    try:
        found = _signer(name).loads(text)
    except BadSignature:
        said = "This cursor is not from this list; start again without one."
        raise Problem("invalid-parameter", said, [Wrong("?cursor", said)]) from None
    assert isinstance(found, list)
    return found


def payment_id(key: str) -> str:
    """A payment's id comes from who sent it under which key: the same request is the same payment."""
    return hashlib.sha256(f"{reader().actor.principal} {key}".encode()).hexdigest()[:24]


def quoted(etag: str | int | None) -> str | None:
    return None if etag is None else f'"{etag}"'


def _signer(name: str) -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt=f"cursor {name}")


def _response(body: bytes, status: int, etag: str | None, location: str | None) -> Response:
    made = Response(body, status, content_type=JSON)
    if etag is not None:
        made.headers["ETag"] = etag
    if location is not None:
        made.headers["Location"] = location
    return made
