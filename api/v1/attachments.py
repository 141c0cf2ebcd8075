"""Files on a case: added with what they are told by their content, given out as downloads only."""

import hashlib
import io
import unicodedata
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote
from uuid import uuid4

from flask import Response, request
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

from api.auth import engine, reader, session
from api.errors import Problem, Wrong, of_outcome
from api.openapi import Group
from api.requests import idempotency_key
from api.schemas.shown import attachments as shown
from api.v1.answers import REPLAYED, encode, quoted
from api.v1.sight import seen_case
from partnerflow import desk
from partnerflow.cases.attachments import INTERNAL, PUBLIC, AddAttachment
from partnerflow.store.attachments import content_of

group = Group("attachments", "Evidence: files on a case.")

MOST_READ: Final = 16 * 1024 * 1024
"""Bytes of a body that are read to its end, so that the sender gets the refusal; more is cut off."""

FORM: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["file"],
    "properties": {
        "file": {"type": "string", "format": "binary"},
        "visibility": {"type": "string", "enum": [PUBLIC, INTERNAL], "default": PUBLIC},
    },
}


@dataclass(frozen=True, slots=True)
class Sent:
    name: str
    content: bytes
    visibility: str

    @property
    def fingerprint(self) -> bytes:
        """Of what is sent, not of its envelope: each attempt draws another boundary."""
        digest = hashlib.sha256(self.content).hexdigest()
        parts = (request.method, request.path, self.name, self.visibility, digest)
        return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).digest()


@group.route(
    "POST",
    "/v1/cases/<ref>/attachments",
    form=FORM,
    answers={201: "The file, as the case's documents list it."},
    scope="cases:write",
    keyed=True,
)
def add_attachment(ref: str) -> Response:
    """Add a file to a case."""
    from notifications.attachments import check

    key, sent = idempotency_key(), _read()
    checked = check(sent.name, sent.content)
    command = AddAttachment(
        str(uuid4()), checked.name, checked.media_type, checked.sha256, checked.content, sent.visibility
    )
    asked = desk.Request(command, reader().actor, key, f"case/{ref}", sent.fingerprint, _told)
    outcome = desk.handle(engine(), asked)
    if outcome.state is desk.State.REFUSED:
        made = of_outcome(outcome)
    else:
        made = Response(outcome.body, outcome.status, content_type="application/json")
        made.headers["Location"] = outcome.location or ""
        made.headers["ETag"] = outcome.etag or ""
    if outcome.replayed:
        made.headers[REPLAYED] = "true"
    return made


def _told(decided: desk.Decided) -> desk.Answer:
    found = decided.case
    assert found is not None
    added = found.attachments[-1]
    body = encode(shown.attachment(found.ref, added, decided.view.directory))
    return desk.Answer(201, body, quoted(found.version), shown.href(found.ref, added.id))


@group.route(
    "GET",
    "/v1/cases/<ref>/attachments/<attachment_id>",
    answers={200: "The file, to save."},
    scope="cases:read",
    media="*/*",
)
def read_attachment(ref: str, attachment_id: str) -> Response:
    """Download a file of a case."""
    found, _, _ = seen_case(ref)
    if reader().admin_only:
        raise Problem("forbidden", "An admin has no business with documents.")
    described = next((a for a in shown.readable(found, reader()) if a.id == attachment_id), None)
    content = content_of(session(), found.ref, attachment_id) if described else None
    if described is None or content is None:
        raise Problem("not-found", "There is no such file.")
    made = Response(content, 200, content_type=described.media_type)
    made.headers.set("Content-Disposition", "attachment", **_file_names(described.name))
    made.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return made


def _file_names(name: str) -> dict[str, str]:
    """The name for every client: in ASCII as far as it goes, and in full (RFC 6266)."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return {"filename": plain or "file"} | (
        {} if plain == name else {"filename*": f"UTF-8''{quote(name, safe='')}"}
    )


def _read() -> Sent:
    """The one file of the form, whatever its part is called, and who may read it; nothing else is taken."""
    if request.headers.get("Content-Encoding", "identity").strip().lower() not in ("", "identity"):
        raise Problem("unsupported-encoding", "Send the body as it is, without Content-Encoding.")
    if request.mimetype != "multipart/form-data":
        raise Problem("unsupported-media-type", "Send multipart/form-data with one part named file.")
    form, files = _parts()
    _refuse_others(form, files)
    (file,) = files.values()
    visibility = form.get("visibility", PUBLIC)
    if visibility not in (PUBLIC, INTERNAL):
        raise _wrong("invalid-parameter", "/visibility", "Say public or internal.")
    return Sent(file.filename or "", file.stream.read(), visibility)


def _parts() -> tuple[MultiDict[str, str], MultiDict[str, FileStorage]]:
    request.max_content_length = MOST_READ
    parser = FormDataParser(
        stream_factory=lambda *_, **__: io.BytesIO(),
        max_form_memory_size=64 * 1024,
        max_form_parts=10,
        silent=False,
    )
    try:
        _, form, files = parser.parse(
            request.stream, request.mimetype, request.content_length, request.mimetype_params
        )
    except RequestEntityTooLarge:
        raise _wrong("file-too-large", "/file", "A file may have at most 10 MiB.") from None
    except (ValueError, ClientDisconnected):
        raise Problem(
            "bad-request", "The upload ends before its end, or is no form; send it again."
        ) from None
    return form, files


def _refuse_others(form: MultiDict[str, str], files: MultiDict[str, FileStorage]) -> None:
    for name in form:
        if name != "visibility":
            raise _wrong("unknown-member", f"/{name}", "This member is not known here.")
    if sum(1 for _ in files.items(multi=True)) != 1 or len(form.getlist("visibility")) > 1:
        raise _wrong("invalid-parameter", "/file", "Send one file.")


def _wrong(code: str, pointer: str, said: str) -> Problem:
    return Problem(code, said, [Wrong(pointer, said)])
