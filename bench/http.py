"""How fast the face is, beside two yardsticks of the same run: ``make bench``.

A bare Flask endpoint doing one primary-key SELECT, and one committing a single INSERT, behind the same server with the
same pool and fsync on. Printed as ratios: a decision to the INSERT, a status read to the SELECT.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from api.embedded.process import free_port
from bench.clients import Call, Client, Measured, best_of, measure
from tests.story import PARTNERFLOW, an_order, the_request

ROUNDS = 3
EACH = 48
"""Calls per round and kind; a decision can be made only once, so this many cases are opened for each."""

ALONE = 0.2
"""Seconds between two decisions of one client: it is alone, also with what the one before set in motion."""

POOL = "16"
# One web process, as `partnerflow up` runs it.
SIZES = {"WEB_WORKERS": "1", "WEB_THREADS": "8", "DATABASE_POOL_SIZE": POOL}


@contextmanager
def stack(place: Path) -> Iterator[dict[str, Any]]:
    command = [*PARTNERFLOW, "up", "--data", str(place / "data"), "--port", "0", "--seed", "story", "--json"]
    with (place / "errors").open("w") as errors:
        running = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=errors, text=True, env=os.environ | SIZES
        )
    try:
        assert running.stdout is not None
        yield json.loads(running.stdout.readline())
    finally:
        running.terminate()
        running.wait(20)


@contextmanager
def yardstick(line: dict[str, Any]) -> Iterator[str]:
    with psycopg.connect(line["owner_database_url"]) as owner:
        owner.execute("CREATE TABLE IF NOT EXISTS bench_row (id bigserial PRIMARY KEY, words text)")
        owner.execute("GRANT SELECT, INSERT ON bench_row TO partnerflow_app")
        owner.execute("GRANT USAGE ON SEQUENCE bench_row_id_seq TO partnerflow_app")
        owner.execute("INSERT INTO bench_row (words) VALUES ('one')")
    port = free_port()
    server = [str(Path(sys.executable).with_name("granian")), "--interface", "wsgi", "--host", "127.0.0.1"]
    options = [
        "--port",
        str(port),
        "--workers",
        SIZES["WEB_WORKERS"],
        "--blocking-threads",
        SIZES["WEB_THREADS"],
    ]
    environment = os.environ | SIZES | {"DATABASE_URL": line["database_url"], "PYTHONPATH": str(Path.cwd())}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    running = subprocess.Popen(
        [*server, *options, "--factory", "bench.yardstick:create_app"], env=environment, **quiet
    )
    try:
        origin = f"http://127.0.0.1:{port}"
        _until_up(origin)
        yield origin
    finally:
        running.terminate()
        running.wait(20)


def _until_up(origin: str) -> None:
    for _ in range(200):
        try:
            Client(origin).send(Call("GET", "/select/1"))
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise SystemExit("the yardstick did not start")


def settled(line: dict[str, Any]) -> None:
    """Wait until nothing is owed any more: what a case sets in motion must not count for the next measurement."""
    owed = "SELECT (SELECT count(*) FROM wake) + (SELECT count(*) FROM delivery WHERE state IN ('queued', 'sending'))"
    with psycopg.connect(line["database_url"], autocommit=True) as connection:
        for _ in range(600):
            row = connection.execute(owed).fetchone()
            if row is not None and row[0] == 0:
                time.sleep(1)
                return
            time.sleep(0.2)
    raise SystemExit("the stack did not settle")


def memory(line: dict[str, Any]) -> int:
    """What the stack holds in memory, shared pages counted once, in MB."""
    total = 0
    for pid in _descendants(set(line["pids"].values())):
        rollup = Path(f"/proc/{pid}/smaps_rollup")
        try:
            rows = rollup.read_text().splitlines()
        except OSError:
            continue
        total += next((int(row.split()[1]) for row in rows if row.startswith("Pss:")), 0)
    return total // 1024


def _descendants(known: set[int]) -> set[int]:
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) in known and int(stat.parent.name) not in known:
            return _descendants(known | {int(stat.parent.name)})
    return known


class Desk:
    """Enters orders, opens cases and decides them, as the persons of the story."""

    def __init__(self, line: dict[str, Any]) -> None:
        self.line = line
        self.origin = line["api"]
        self.keys = line["keys"]
        self.client = Client(self.origin)

    def auth(self, role: str, **more: str) -> tuple[tuple[str, str], ...]:
        return (
            ("Authorization", f"Bearer {self.keys[role]}"),
            ("Idempotency-Key", str(uuid.uuid4())),
            *more.items(),
        )

    def order(self, number: str) -> str:
        body = an_order(number, time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()))
        body["end_customer"] = {"code": f"EC-{number}", "name": "Bench"}
        order = self._json(Call("POST", "/v1/orders", body, self.auth("distributor"), 201))
        invoice = {"leg": "downstream", "issued_at": body["placed_at"]}
        path = f"/v1/orders/{order['id']}/invoices/I-{number}"
        self.client.send(Call("PUT", path, invoice, self.auth("distributor"), 201))
        return str(order["id"])

    def opening(self, order_id: str) -> Call:
        return Call("POST", "/v1/cases", the_request(order_id), self.auth("reseller"), 201)

    def decisions(self) -> list[Call]:
        """An approval of every step that waits for the channel manager, once."""
        items = self._pages(
            Call("GET", "/v1/approvals?mine=true&limit=200", None, self.auth("channel_manager"))
        )
        return [
            Call(
                "POST",
                f"/v1/approvals/{item['id']}/decision",
                {"decision": "approve", "text": "Bench."},
                self.auth("channel_manager", **{"If-Match": f'"{item["version"]}"'}),
            )
            for item in items
            if item["status"] == "pending"
        ]

    def reads(self, count: int) -> list[Call]:
        items = self._json(Call("GET", "/v1/cases?limit=50", None, self.auth("reseller")))["items"]
        paths = [f"/v1/cases/{item['ref']}" for item in items]
        return [Call("GET", paths[index % len(paths)], None, self.auth("reseller")) for index in range(count)]

    def _pages(self, call: Call) -> list[dict[str, Any]]:
        found = self._json(call)
        items = list(found["items"])
        while found.get("next_cursor"):
            more = Call("GET", f"{call.path}&cursor={found['next_cursor']}", None, call.headers)
            found = self._json(more)
            items += found["items"]
        return items

    def _json(self, call: Call) -> Any:
        return json.loads(self.client.send(call)[1])


def compare_decisions(desk: Desk, bare: str, clients: int) -> tuple[Measured, Measured, float]:
    orders = iter([desk.order(f"B-{uuid.uuid4().hex[:10]}") for _ in range(ROUNDS * EACH)])

    def once() -> tuple[Measured, Measured]:
        for _ in range(EACH):
            desk.client.send(desk.opening(next(orders)))
        calls = desk.decisions()[:EACH]
        settled(desk.line)
        inserts = [Call("POST", "/insert", None, (), 201)] * EACH
        pause = ALONE if clients == 1 else 0.0
        return measure(desk.origin, calls, clients, pause), measure(bare, inserts, clients, pause)

    return best_of(ROUNDS, once)


def compare_reads(desk: Desk, bare: str, clients: int) -> tuple[Measured, Measured, float]:
    calls, selects = desk.reads(20 * EACH), [Call("GET", "/select/1")] * (20 * EACH)

    def once() -> tuple[Measured, Measured]:
        settled(desk.line)
        return measure(desk.origin, calls, clients), measure(bare, selects, clients)

    return best_of(ROUNDS, once)


def openings(desk: Desk, clients: int) -> Measured:
    calls = [desk.opening(desk.order(f"O-{uuid.uuid4().hex[:10]}")) for _ in range(2 * EACH)]
    settled(desk.line)
    return measure(desk.origin, calls, clients)


def show(
    what: str, clients: int, ours: Measured, bare: Measured, ratio: float, against: str
) -> dict[str, Any]:
    print(
        f"{what:<12} {clients:>2} clients  {ours.median:7.2f} ms (p95 {ours.p95:7.2f})  {ours.rate:7.0f}/s   "
        f"{against} {bare.median:6.2f} ms {bare.rate:7.0f}/s   ratio {ratio:4.2f}",
        flush=True,
    )
    return {"what": what, "clients": clients, "median_ms": ours.median, "rate": ours.rate, "ratio": ratio}


def main() -> None:
    with tempfile.TemporaryDirectory() as place:
        Path(place).chmod(0o755)
        with stack(Path(place)) as line, yardstick(line) as bare:
            desk, rows = Desk(line), []
            print(f"the idle stack holds {memory(line)} MB", flush=True)
            for clients in (1, 16):
                rows.append(show("decision", clients, *compare_decisions(desk, bare, clients), "INSERT"))
                rows.append(show("status read", clients, *compare_reads(desk, bare, clients), "SELECT"))
            for clients in (1, 16):
                opened = openings(desk, clients)
                print(
                    f"{'opening':<12} {clients:>2} clients  {opened.median:7.2f} ms (p95 {opened.p95:7.2f})  "
                    f"{opened.rate:7.0f}/s",
                    flush=True,
                )
                rows.append(
                    {"what": "opening", "clients": clients, "median_ms": opened.median, "rate": opened.rate}
                )
    print(json.dumps(rows))


if __name__ == "__main__":
    main()
