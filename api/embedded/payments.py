"""A double of a payer's system: it pays at once or later, refuses, or loses its answer, and counts what it moved.

PUT /payouts/<key>   pay; the same again changes nothing, another body is refused (409)
GET /payouts/<key>   {"state", "reference", "at", "amount"} or 404
"""

import json
import threading
import time
from collections import Counter
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

from api.embedded.double import Served, store

_PREFIX: Final = "/payouts/"


class Mode(StrEnum):
    """How it behaves from now on; the last two give no answer, after or before having acted."""

    CONFIRM = "confirm"
    ACCEPT = "accept"
    REFUSE = "refuse"
    LOSE_THE_ANSWER = "lose_the_answer"
    LOSE_THE_REQUEST = "lose_the_request"


class PaymentsDouble(Served):
    """The service on threads of its own, one file per payment in ``directory``.

    ``moved`` counts how often money left per key. ``careless``: it moves money at every request, as a bank without
    idempotency would. ``hang`` is for how many seconds a lost answer keeps its caller waiting.
    """

    def __init__(self, directory: Path, port: int, *, careless: bool = False, hang: float = 0) -> None:
        """Take a free port and a directory, which is made when missing."""
        directory.mkdir(parents=True, exist_ok=True)
        self.directory = directory
        self.mode = Mode.CONFIRM
        self.careless = careless
        self.hang = hang
        self.moved: Counter[str] = Counter()
        self.asked: Counter[str] = Counter()
        self._lock = threading.Lock()
        super().__init__(port, _Handler)

    def read(self, key: str) -> dict[str, Any] | None:
        """What is known of one payment."""
        path = self._path(key)
        return json.loads(path.read_text()) if path.exists() else None

    def put(self, key: str, request: dict[str, Any]) -> tuple[int, dict[str, Any]] | None:
        """The answer to a payment order; None: nobody gets one."""
        with self._lock:
            self.asked[key] += 1
            mode = self.mode
            if mode is Mode.LOSE_THE_REQUEST:
                return None
            if mode is Mode.REFUSE:
                return 422, {"reason": "The account of the payee is closed."}
            answer = self._pay(key, request, confirmed=mode is not Mode.ACCEPT)
            return None if mode is Mode.LOSE_THE_ANSWER else answer

    def confirm(self, key: str) -> None:
        """What was accepted is paid now."""
        with self._lock:
            known = self.read(key)
            if known and known["state"] == "accepted":
                self._write(key, known["request"], "confirmed")

    def fail(self, key: str, reason: str) -> None:
        """What was accepted will not be paid."""
        with self._lock:
            known = self.read(key)
            if known and known["state"] == "accepted":
                self._store(key, known | {"state": "failed", "reason": reason})

    def _pay(self, key: str, request: dict[str, Any], *, confirmed: bool) -> tuple[int, dict[str, Any]]:
        known = self.read(key)
        if known is not None and known["request"] != request:
            return 409, {"reason": "Another payment is known under this key."}
        if known is not None:
            if self.careless:
                self.moved[key] += 1
            return 200, _shown(known)
        stored = self._write(key, request, "confirmed" if confirmed else "accepted")
        return (201 if confirmed else 202), _shown(stored)

    def _write(self, key: str, request: dict[str, Any], state: str) -> dict[str, Any]:
        if state == "confirmed":
            self.moved[key] += 1
        reference = f"BANK-{sha256(key.encode()).hexdigest()[:8].upper()}"
        at = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}" if state == "confirmed" else None
        return self._store(key, {"state": state, "reference": reference, "at": at, "request": request})

    def _store(self, key: str, payment: dict[str, Any]) -> dict[str, Any]:
        path = self._path(key)
        return store(path, payment)

    def _path(self, key: str) -> Path:
        return self.directory / f"{sha256(key.encode()).hexdigest()}.json"


def _shown(payment: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in payment.items() if name != "request"} | {
        "amount": payment["request"].get("amount")
    }


class _Handler(BaseHTTPRequestHandler):
    double: PaymentsDouble
    protocol_version = "HTTP/1.1"
    timeout = 30

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        key = self._key()
        try:
            request = json.loads(body)
        except ValueError:
            return self._answer(400, {"reason": "The body is not JSON."})
        if not key or not isinstance(request, dict) or request.get("key") != key:
            return self._answer(400, {"reason": "The body is not about this key."})
        answer = self.double.put(key, request)
        return self._answer(*answer) if answer else self._cut()

    def do_GET(self) -> None:
        known = self.double.read(self._key())
        self._answer(*((200, _shown(known)) if known else (404, {"reason": "No such payment."})))

    def _cut(self) -> None:
        """The connection ends without a word."""
        time.sleep(self.double.hang)
        self.close_connection = True

    def _key(self) -> str:
        return unquote(self.path.removeprefix(_PREFIX)) if self.path.startswith(_PREFIX) else ""

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the name is the base class's
        """Say nothing: a quiet double keeps the one table readable."""
