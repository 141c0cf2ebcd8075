"""A double of the vendor's cancellation service: it accepts, remembers on disk, and takes back if asked.

PUT    /cancellations/<key>   cancel; again with the same key changes nothing
DELETE /cancellations/<key>   compensate; a cancellation that never came is refused when it comes late
GET    /cancellations/<key>   {"key", "state": "cancelled" | "withdrawn", "request"} or 404
"""

import json
import re
import threading
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

from api.embedded.double import Served, store

_PATH = re.compile(r"/cancellations/([A-Za-z0-9][A-Za-z0-9._-]{0,200})")


class UpstreamDouble(Served):
    """The service on threads of its own, one file per cancellation in ``directory``."""

    def __init__(self, directory: Path, port: int) -> None:
        """Take a free port and a directory, which is made when missing."""
        directory.mkdir(parents=True, exist_ok=True)
        self.directory = directory
        self._lock = threading.Lock()
        super().__init__(port, _Handler)

    def read(self, key: str) -> dict[str, Any] | None:
        """What is remembered of one cancellation."""
        path = self.directory / f"{key}.json"
        return json.loads(path.read_text()) if path.exists() else None

    def cancel(self, key: str, request: object) -> dict[str, Any]:
        """Remember a cancellation, by the request that came first."""
        with self._lock:
            known = self.read(key)
            if known is not None and known["state"] == "cancelled":
                return known
            return self._write({"key": key, "state": "cancelled", "request": request})

    def withdraw(self, key: str) -> dict[str, Any]:
        """Take a cancellation back."""
        with self._lock:
            known = self.read(key) or {"key": key, "request": None}
            return self._write(known | {"state": "withdrawn"})

    def _write(self, cancellation: dict[str, Any]) -> dict[str, Any]:
        path = self.directory / f"{cancellation['key']}.json"
        return store(path, cancellation)


class _Handler(BaseHTTPRequestHandler):
    double: UpstreamDouble
    protocol_version = "HTTP/1.1"
    timeout = 30

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        try:
            request = json.loads(body or b"null")
        except ValueError:
            return self._answer(400, {"detail": "The body is not JSON."})
        key = self._key()
        return self._answer(*((200, self.double.cancel(key, request)) if key else _NOT_FOUND))

    def do_DELETE(self) -> None:
        key = self._key()
        self._answer(*((200, self.double.withdraw(key)) if key else _NOT_FOUND))

    def do_GET(self) -> None:
        key = self._key()
        known = self.double.read(key) if key else None
        self._answer(*((200, known) if known else _NOT_FOUND))

    def _key(self) -> str | None:
        match = _PATH.fullmatch(self.path)
        return match[1] if match else None

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the name is the base class's
        """Say nothing: a quiet double keeps the one table readable."""


_NOT_FOUND = (404, {"detail": "No such cancellation."})
