"""Clients that measure: keep-alive connections of the standard library, one per thread, latencies in milliseconds."""

import http.client
import json
import statistics
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

IDLE = 2.0
"""Seconds after which a connection is opened anew: the server may have closed it."""


@dataclass(frozen=True, slots=True)
class Call:
    """One request; ``expect`` is its status."""

    method: str
    path: str
    body: Any = None
    headers: tuple[tuple[str, str], ...] = ()
    expect: int = 200


@dataclass(frozen=True, slots=True)
class Measured:
    """``median`` and ``p95`` in milliseconds, ``rate`` per second over all clients."""

    median: float
    p95: float
    rate: float


class Client:
    def __init__(self, origin: str) -> None:
        self.last = time.monotonic()
        self.connection = http.client.HTTPConnection(urlsplit(origin).netloc, timeout=60)

    def send(self, call: Call) -> tuple[float, bytes, dict[str, str]]:
        body = None if call.body is None else json.dumps(call.body)
        headers = dict(call.headers) | ({"Content-Type": "application/json"} if body else {})
        if time.monotonic() - self.last > IDLE:
            self.connection.close()
        self.last = time.monotonic()
        started = time.perf_counter()
        self.connection.request(call.method, call.path, body, headers)
        answer = self.connection.getresponse()
        content = answer.read()
        took = (time.perf_counter() - started) * 1000
        if answer.status != call.expect:
            raise SystemExit(f"{call.method} {call.path}: {answer.status} {content[:500]!r}")
        return took, content, dict(answer.getheaders())


def measure(origin: str, calls: Sequence[Call], clients: int, pause: float = 0.0) -> Measured:
    """All calls, dealt out to so many clients at once; the first of each client is a warm-up.

    ``pause`` seconds after each call let pass what it has set in motion (drivers, mails), as between two people."""
    took: list[list[float]] = [[] for _ in range(clients)]
    gate = threading.Barrier(clients + 1)

    def work(mine: int) -> None:
        client = Client(origin)
        gate.wait()
        for call in calls[mine::clients]:
            took[mine].append(client.send(call)[0])
            time.sleep(pause)

    threads = [threading.Thread(target=work, args=(index,)) for index in range(clients)]
    for thread in threads:
        thread.start()
    gate.wait()
    started = time.perf_counter()
    for thread in threads:
        thread.join()
    elapsed = time.perf_counter() - started
    counted = sorted(value for each in took for value in each[1:])
    return Measured(statistics.median(counted), counted[int(len(counted) * 0.95)], len(calls) / elapsed)


def best_of(runs: int, once: Callable[[], tuple[Measured, Measured]]) -> tuple[Measured, Measured, float]:
    """Pairs measured in turn; the pair with the median ratio, and that ratio."""
    pairs = sorted((once() for _ in range(runs)), key=lambda pair: pair[0].median / pair[1].median)
    ours, yardstick = pairs[len(pairs) // 2]
    return ours, yardstick, ours.median / yardstick.median
