"""Bulk: an upload is staged as it streams in, and booked row by row by its driver."""

import hashlib
from collections.abc import Iterator
from itertools import chain, islice
from typing import Any, Final
from uuid import uuid4

from flask import Response, request

from api.auth import engine, reader, session
from api.errors import Problem, of_outcome
from api.openapi import Group
from api.requests import idempotency_key, read_query
from api.schemas.imports import ImportQuery, body_of, read_row
from api.sheets import sheet
from api.v1 import uploads
from api.v1.answers import REPLAYED, answer, encode
from partnerflow import desk
from partnerflow.desk.staged import may_import
from partnerflow.imports.commands import StartImport
from partnerflow.imports.mappings import MAPPINGS
from partnerflow.imports.staged import CANCELLATIONS
from partnerflow.store import imports
from partnerflow.store.database import unit_of_work
from partnerflow.store.imports import Progress

group = Group("imports", "Many orders, invoices or corrections at once, each row with its own outcome.")
SCOPE: Final = "imports:write"
BATCH: Final = 500
SHOWN: Final = 1_000
"""Bad rows in an answer; errors.csv has all of them."""


@group.route(
    "POST",
    "/v1/imports",
    query=ImportQuery,
    answers={202: "The import; its rows are booked from now on."},
    scope=SCOPE,
    keyed=True,
)
def post_import() -> Response:
    """Import rows from a CSV or NDJSON body."""
    key, kind = idempotency_key(), read_query(ImportQuery())["kind"]
    mimetype = _mimetype()
    if not may_import(kind, reader().actor):
        raise Problem("forbidden", f"You may not import {kind}.")
    request.max_content_length = None
    import_id, body = str(uuid4()), uploads.Body(request.stream)
    try:
        return _staged(import_id, kind, mimetype, key, body)
    except BaseException:
        _discard(import_id)
        raise


def _mimetype() -> str:
    if request.headers.get("Content-Encoding", "identity").strip().lower() not in ("", "identity"):
        raise Problem("unsupported-encoding", "Send the body as it is, without Content-Encoding.")
    if request.mimetype not in uploads.TYPES:
        raise Problem("unsupported-media-type", f"Send {' or '.join(uploads.TYPES)}.")
    return request.mimetype


def _staged(import_id: str, kind: str, mimetype: str, key: str, body: uploads.Body) -> Response:
    """Stage under an id of its own, then ask the desk: a repeated request is answered by the first one's import."""
    rows, rejected = _stage(import_id, kind, mimetype, body)
    if not rows:
        raise Problem("invalid-parameter", "There is no row in the body.")
    told = Progress(import_id, kind, "running", reader().organisation, reader().person, rows, 0, rejected, 0)
    with unit_of_work(engine()) as opened:
        errors = imports.listed(opened, import_id, limit=SHOWN)
    location = f"/v1/imports/{import_id}"
    made = desk.Answer(202, encode(shown(told, [_error(row) for row in errors])), None, location)
    asked = desk.Request(
        StartImport(import_id),
        reader().actor,
        key,
        f"import/{import_id}",
        _fingerprint(body.digest),
        lambda _booked: made,
    )
    outcome = desk.handle(engine(), asked)
    if outcome.replayed or outcome.state is desk.State.REFUSED:
        _discard(import_id)
    if outcome.state is desk.State.REFUSED:
        response = of_outcome(outcome)
    else:
        response = Response(outcome.body, outcome.status, content_type="application/json")
        response.headers["Location"] = outcome.location or location
    if outcome.replayed:
        response.headers[REPLAYED] = "true"
    return response


def _stage(import_id: str, kind: str, mimetype: str, body: uploads.Body) -> tuple[int, int]:
    """(rows, of which cannot be read). Committed in batches, so that no upload holds a transaction open."""
    who = reader()
    schema = body_of(kind, sees_upstream=who.sees_upstream)
    sent = uploads.rows(body, mimetype, numbered=kind != CANCELLATIONS)
    found = uploads.staged(sent, schema, lambda document: read_row(kind, document, who.organisation))
    rows = rejected = 0
    for batch in _batches(found):
        with unit_of_work(engine()) as opened:
            if not rows:
                imports.begin(
                    opened,
                    id=import_id,
                    kind=kind,
                    state="staging",
                    organisation=who.organisation,
                    person=who.person,
                    rows=0,
                )
            imports.stage(opened, import_id, batch)
        rows += len(batch)
        rejected += sum(row["code"] is not None for row in batch)
    return rows, rejected


def _batches(rows: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    for first in rows:
        yield [*islice(chain((first,), rows), BATCH)]


def _fingerprint(digest: bytes) -> bytes:
    """The body streamed by, so its hash stands for it."""
    return hashlib.sha256(f"{request.method}\n{request.full_path}\n".encode() + digest).digest()


def _discard(import_id: str) -> None:
    with unit_of_work(engine()) as opened:
        imports.discard(opened, import_id)


@group.route(
    "GET",
    "/v1/imports/<import_id>",
    answers={200: "Progress, counts, and the bad rows."},
    scope="imports:read",
)
def read_import(import_id: str) -> Response:
    """Read an import."""
    found = _own(import_id)
    return answer(shown(found, [_error(row) for row in imports.listed(session(), import_id, limit=SHOWN)]))


@group.route(
    "GET",
    "/v1/imports/<import_id>/errors.csv",
    answers={200: "Every bad row with its reason."},
    scope="imports:read",
    media="text/csv",
)
def read_import_errors(import_id: str) -> Response:
    """Download every bad row; no cell can become a formula."""
    found = _own(import_id)
    text = "".join(sheet(_all(found.id), _columns(found.kind)))
    made = Response(text, content_type="text/csv; charset=utf-8")
    made.headers["Content-Disposition"] = f'attachment; filename="import-{found.id}-errors.csv"'
    return made


def _columns(kind: str) -> tuple[str, ...]:
    """What a bad row said: an upload's as it was sent, a feed's by its own columns."""
    return MAPPINGS[kind].columns if kind in MAPPINGS else ("number", "sent")


def _all(import_id: str) -> Iterator[Any]:
    after = 0
    while page := imports.listed(session(), import_id, after):
        yield from page
        after = page[-1].no


def _own(import_id: str) -> Progress:
    """The import, if it is of the reader's organisation; the operator's people see every one."""
    found = imports.read(session(), import_id)
    if found is None or not (found.organisation == reader().organisation or reader().staff):
        raise Problem("not-found", "There is no such import.")
    if reader().admin_only:
        raise Problem("forbidden", "Your role does not read this.")
    return found


def shown(found: Progress, errors: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "id": found.id,
        "kind": found.kind,
        "state": found.state,
        "rows": found.rows,
        "booked": found.booked,
        "rejected": found.rejected,
        "position": found.position,
        "errors": errors,
        "links": {"self": f"/v1/imports/{found.id}", "errors": f"/v1/imports/{found.id}/errors.csv"},
    }


def _error(row: Any) -> dict[str, Any]:
    return {"row": row.no, "code": row.code, "text": row.text}
