"""A double of a system that owns the numbers of credit notes: it numbers what it is told, once per key, on disk.

PUT /credit-notes/<key>   number the note; again under the same key gives the same answer
GET /credit-notes/<key>   {"number", "issued_at", "net", "tax", "gross", "clearance_id"} or 404

``silent``: so many answers it cuts off after acting, as a system that times out; ``pending``: so many it gives as 202.
"""

import hashlib
import json
import threading
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from api.embedded.double import Served, store

_PREFIX = "/credit-notes/"
_NOT_FOUND = (404, {"detail": "No such credit note."})


class IssuerDouble(Served):
    """The service on threads of its own, one file per key in ``directory``; dated as it was told."""

    def __init__(self, directory: Path, port: int) -> None:
        """Take a free port and a directory, which is made when missing."""
        directory.mkdir(parents=True, exist_ok=True)
        self.directory = directory
        self.silent = self.pending = 0
        self.asked: list[str] = []
        self._lock = threading.Lock()
        super().__init__(port, _Handler)

    def read(self, key: str) -> dict[str, Any] | None:
        """What was issued under a key, with the request it answered."""
        path = self._path(key)
        return json.loads(path.read_text()) if path.exists() else None

    def issue(self, key: str, told: dict[str, Any]) -> dict[str, Any]:
        """Number a note, by the request that came first."""
        with self._lock:
            if known := self.read(key):
                return known
            number = len(list(self.directory.glob("*.json"))) + 1
            country, at = told["issuer"]["country"], told["instructed_at"]
            answer = {
                "number": f"EXT-{at[:4]}-{number:06}",
                "issued_at": at,
                "clearance_id": f"{country}-{hashlib.sha256(key.encode()).hexdigest()[:12].upper()}",
            } | {name: told[name] for name in ("net", "tax", "gross")}
            return self._write(key, answer)

    def _path(self, key: str) -> Path:
        return self.directory / f"{hashlib.sha256(key.encode()).hexdigest()[:32]}.json"

    def _write(self, key: str, issued: dict[str, Any]) -> dict[str, Any]:
        path = self._path(key)
        return store(path, issued)


class _Handler(BaseHTTPRequestHandler):
    double: IssuerDouble
    protocol_version = "HTTP/1.1"
    timeout = 30

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        key = self._key("PUT")
        try:
            told = json.loads(body)
            found = (200, self.double.issue(key, told)) if key else _NOT_FOUND
        except (ValueError, KeyError, TypeError):
            return self._answer(400, {"detail": "The body is not a credit note."})
        if self.double.silent:
            self.double.silent -= 1
            self.close_connection = True
            return None
        return self._answer(*found)

    def do_GET(self) -> None:
        key = self._key("GET")
        known = self.double.read(key) if key else None
        if known and self.double.pending:
            self.double.pending -= 1
            return self._answer(202, {"detail": "The platform has not answered yet."})
        return self._answer(*((200, known) if known else _NOT_FOUND))

    def _key(self, method: str) -> str:
        key = unquote(self.path.removeprefix(_PREFIX)) if self.path.startswith(_PREFIX) else ""
        self.double.asked.append(f"{method} {key}")
        return key

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the name is the base class's
        """Say nothing: a quiet double keeps the one table readable."""
