"""Where refusals, faults and bad requests become answers: one table, one shape (RFC 9457 problem+json).

Source of the codes and their statuses: FAULTS, "Bad input".
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec
import psycopg
from flask import Flask, Response, current_app, g, request
from sqlalchemy.exc import InterfaceError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from api.seen import for_reader
from partnerflow.desk import NotRecorded, Outcome, Unavailable
from partnerflow.refusals import Refused

PROBLEM: Final = "application/problem+json"
PAGE: Final = "problem page"
"""Where the portal puts the maker of its page: (code, status, detail) -> answer."""
TYPE: Final = "/problems/"

STATUS: Final[dict[str, int]] = {
    # the request itself
    "unauthenticated": 401,
    "idempotency-key-missing": 400,
    "idempotency-key-invalid": 400,
    "malformed-json": 400,
    "bad-request": 400,
    "unknown-api-version": 400,
    "not-acceptable": 406,
    "method-not-allowed": 405,
    "request-timeout": 408,
    "body-too-large": 413,
    "unsupported-media-type": 415,
    "unsupported-encoding": 415,
    "unknown-member": 422,
    "unknown-parameter": 422,
    "invalid-parameter": 422,
    "invalid-amount": 422,
    "invalid-currency": 422,
    "invalid-quantity": 422,
    "invalid-date": 422,
    "invalid-policy": 422,
    "invalid-email": 422,
    "invalid-text": 422,
    "text-too-long": 422,
    "line-count": 422,
    "file-too-large": 413,
    "file-type-mismatch": 422,
    "file-type-not-allowed": 422,
    "archive-limits": 422,
    "image-too-large": 422,
    "reason-required": 422,
    # whether there is such a thing, and whether this was asked before
    "not-found": 404,
    "precondition-required": 428,
    "idempotency-key-reused": 422,
    "request-in-progress": 409,
    # right, state, version, four eyes
    "forbidden": 403,
    "csrf": 403,
    "token-not-yours": 403,
    "link-expired": 410,
    "case-closed": 409,
    "already-decided": 409,
    "wrong-state": 409,
    "stale-version": 412,
    "four-eyes": 403,
    "limit-exceeded": 403,
    # the rules
    "allocation-mismatch": 422,
    "already-settled": 409,
    "convert-required": 409,
    "exceeds-creditable": 409,
    "fact-disputed": 409,
    "last-fallback": 409,
    "order-exists": 409,
    "tax-mismatch": 422,
    "too-early": 409,
    "unknown-invoice": 422,
    "unknown-line": 422,
    "unknown-sku": 422,
    "window-closed": 409,
    # ourselves
    "rate-limited": 429,
    "unavailable": 503,
    "internal-error": 500,
}
"""The status of every code that any answer can carry."""

BY_STATUS: Final[dict[int, str]] = {
    400: "bad-request",
    401: "unauthenticated",
    403: "forbidden",
    404: "not-found",
    405: "method-not-allowed",
    406: "not-acceptable",
    408: "request-timeout",
    413: "body-too-large",
    415: "unsupported-media-type",
    429: "rate-limited",
    503: "unavailable",
}

RETRY_AFTER: Final = {"request-in-progress": "1", "unavailable": "2", "rate-limited": "1"}
"""Seconds after which the same request may come again."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """One thing that is wrong with a request, and where (a JSON pointer into the body, or ``?name``).

    ``more``: members beside these, such as the line and column of a text."""

    pointer: str
    detail: str
    more: Mapping[str, Any] = field(default_factory=dict)


class Problem(Exception):
    """The request cannot be answered as it is; nothing of it was recorded."""

    def __init__(
        self, code: str, detail: str, errors: Sequence[Wrong] = (), *, retry_after: int | None = None
    ) -> None:
        """``retry_after``: seconds, where they are known better than by the code."""
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.errors = tuple(errors)
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class _Shown:
    code: str
    detail: str
    errors: tuple[Wrong, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)


def register_errors(app: Flask) -> None:
    """Turn everything that a view may raise into a problem."""
    app.register_error_handler(Problem, _refused)
    app.register_error_handler(Refused, lambda r: refusal(r.code, r.detail, r.extra))
    app.register_error_handler(NotRecorded, lambda n: _answer(_Shown(n.code, n.detail)))
    for away in (Unavailable, OperationalError, InterfaceError, PoolTimeout):
        app.register_error_handler(away, _unavailable)
    app.register_error_handler(InternalError, _cut_off)
    app.register_error_handler(HTTPException, of_http)
    app.register_error_handler(Exception, _defect)


def _refused(problem: Problem) -> Response:
    made = _answer(_Shown(problem.code, problem.detail, problem.errors))
    if problem.retry_after is not None:
        made.headers["Retry-After"] = str(problem.retry_after)
    return made


def of_outcome(outcome: Outcome) -> Response:
    """The problem of a stored refusal; the same again for every replay."""
    told = json.loads(outcome.body)
    return refusal(told["code"], told["detail"], told["extra"])


def refusal(code: str, detail: str, extra: Mapping[str, Any]) -> Response:
    """A rule said no; what the reader may not see of the facts that go with it is left out."""
    facts = for_reader(
        dict(extra), upstream=getattr(g, "reader", None) is not None and g.reader.sees_upstream
    )
    pointer, said = facts.pop("pointer", None), facts.pop("errors", ())
    errors = (Wrong(pointer, detail),) if pointer else tuple(Wrong("", "", each) for each in said)
    return _answer(_Shown(code, detail, errors, facts))


def of_http(error: HTTPException) -> Response:
    """What Flask itself refuses: unknown paths, wrong methods, bodies beyond the limit."""
    status = error.code or 500
    if status >= 500:
        return _defect(getattr(error, "original_exception", None) or error)
    if error.response is not None and isinstance(error.response, Response):
        return error.response
    answer = _answer(
        _Shown(BY_STATUS.get(status, "bad-request"), _SENTENCES.get(status, "Read the error's code."))
    )
    for name, value in error.get_headers():
        if name.lower() == "allow":
            answer.headers[name] = value
    return answer


_SENTENCES: Final = {
    404: "There is nothing at this path.",
    405: "This path does not answer this method.",
    413: "The body is larger than this path takes.",
}


def wants_page() -> bool:
    """Whether a person's browser asks, and not for the API."""
    return not request.path.startswith("/v1/") and "text/html" in request.accept_mimetypes.values()


def _unavailable(_: Exception) -> Response:
    return _answer(_Shown("unavailable", "Nothing was recorded; send the same request again shortly."))


def _cut_off(error: InternalError) -> Response:
    """The server ended our transaction because we were too slow in it."""
    timed_out = isinstance(error.orig, psycopg.errors.IdleInTransactionSessionTimeout)
    return _unavailable(error) if timed_out else _defect(error)


def _defect(error: Exception) -> Response:
    current_app.logger.error("a request failed", exc_info=error)
    return _answer(_Shown("internal-error", "The request failed on our side; nothing was recorded."))


def _answer(shown: _Shown) -> Response:
    status = STATUS[shown.code]
    if wants_page() and PAGE in current_app.extensions:
        made: Response = current_app.extensions[PAGE](shown.code, status, shown.detail)
        return made
    body = {
        "type": TYPE + shown.code,
        "title": shown.code.replace("-", " ").capitalize(),
        "status": status,
        "detail": shown.detail,
        "code": shown.code,
        "errors": [
            {"pointer": wrong.pointer, "detail": wrong.detail, **wrong.more} for wrong in shown.errors
        ],
    }
    answer = Response(msgspec.json.encode(dict(shown.extra) | body), status, content_type=PROBLEM)
    if shown.code in RETRY_AFTER:
        answer.headers["Retry-After"] = RETRY_AFTER[shown.code]
    if status == 401:
        answer.headers["WWW-Authenticate"] = 'Bearer realm="partnerflow"'
    return answer
