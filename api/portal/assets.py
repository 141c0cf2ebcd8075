"""Style, script and icon: few, small, kept by browsers for a year under the hash of their content."""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from flask import Blueprint, Response, abort, request

room = Blueprint("assets", __name__)

HERE: Final = Path(__file__).parent / "static"
_FOR_A_YEAR: Final = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Asset:
    """A file, also packed; ``version`` changes with its content."""

    plain: bytes
    packed: bytes
    version: str
    media: str


@cache
def _asset(name: str) -> Asset | None:
    path = HERE / name
    if path.parent != HERE or not path.is_file():
        return None
    plain = path.read_bytes()
    version = hashlib.sha256(plain).hexdigest()[:12]
    media = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return Asset(plain, gzip.compress(plain, mtime=0), version, media)


def address(name: str) -> str:
    """Where a file is served; KeyError for one that is not there."""
    found = _asset(name)
    if found is None:
        raise KeyError(name)
    return f"/static/{found.version}/{name}"


@room.get("/static/<version>/<name>")
def static(version: str, name: str) -> Response:
    """One file; an old version is answered with the present one."""
    found = _asset(name)
    if found is None:
        abort(404)
    packed = request.accept_encodings.quality("gzip") > 0
    made = Response(found.packed if packed else found.plain, content_type=found.media)
    if packed:
        made.headers["Content-Encoding"] = "gzip"
    made.headers["Vary"] = "Accept-Encoding"
    made.headers["Cache-Control"] = _FOR_A_YEAR if version == found.version else "no-cache"
    return made
