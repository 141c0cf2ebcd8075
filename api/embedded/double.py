"""What every double of another system is made of: a server on threads of its own, and files that are surely there."""

import json
import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from api.embedded.process import HOST


class Served:
    """A service at ``url`` from ``start`` to ``stop``; its handlers find it as ``double``."""

    def __init__(self, port: int, handler: type[BaseHTTPRequestHandler]) -> None:
        """Take a free port; 0: any."""
        bound = type("Handler", (handler,), {"double": self})
        self._server = ThreadingHTTPServer((HOST, port), bound)
        self.url = f"http://{HOST}:{self._server.server_port}"

    def start(self) -> None:
        """Serve, until ``stop``."""
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()


def store(path: Path, known: dict[str, Any]) -> dict[str, Any]:
    """The file whole or not at all, also after a crash."""
    with path.with_suffix(".part").open("w") as file:
        json.dump(known, file)
        file.flush()
        os.fsync(file.fileno())
    path.with_suffix(".part").replace(path)
    return known
