"""How fast credit notes are issued, data only: ``python -m bench.credits``.

Each is worked out and written by the desk, in one transaction with its command, events, postings, ceilings and wakes:
two notes at a time, one per leg. Beside it, on the same server with fsync on, the yardstick: the very same rows of
notes, postings and ceilings put in by plain INSERTs, one transaction for each command. And the arithmetic alone.
"""

import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from signal import SIGINT
from typing import Any, Final

import psycopg

import migrations
from api.embedded.postgres import DATABASE, SUPERUSER, Postgres
from api.embedded.process import end, free_port, wait_until
from partnerflow import desk
from partnerflow.cases.commands import IssueNotes, RecordAction
from partnerflow.credits.portions import Portion
from partnerflow.credits.working_out import credit, opened
from partnerflow.store.roles import APP_ROLE, OWNER_ROLE
from tests.domain.rounding_steps import invoiced
from tests.store.builders import a_reduction, granted, send, service
from tests.store.builders import opened as opened_case
from tests.support.fresh import Database
from tests.workflows.house import House, seeded

EACH: Final = 40
"""Cases per measurement; a case's notes can be issued only once."""

CLIENTS: Final = (1, 4)
ROUNDS: Final = 3

TABLES: Final = ("note", "ledger_entry", "ledger_posting", "ceiling")
ROWS: Final = {
    "note": "SELECT jsonb_agg(to_jsonb(n)) FROM note n WHERE case_ref = %(ref)s",
    "ledger_entry": "SELECT jsonb_agg(to_jsonb(e)) FROM ledger_entry e WHERE case_ref = %(ref)s",
    "ledger_posting": "SELECT jsonb_agg(to_jsonb(p)) FROM ledger_posting p JOIN ledger_entry e ON e.key = p.entry"
    " WHERE e.case_ref = %(ref)s",
    "ceiling": "SELECT jsonb_agg(to_jsonb(c)) FROM ceiling c"
    ' WHERE order_id = (SELECT order_id FROM "case" WHERE ref = %(ref)s)',
}


@contextmanager
def database() -> Iterator[Database]:
    """A server of its own that keeps what it says (fsync on), gone with the block."""
    with tempfile.TemporaryDirectory(prefix="partnerflow-bench-") as place:
        Path(place).chmod(0o755)
        log = Path(place) / "postgres.log"
        server = Postgres(Path(place) / "data", free_port(), "superuser", "owner", "application")
        server.create()
        process = server.start(log)
        try:
            wait_until(server.ready, process, "PostgreSQL", log, 60)
            server.ensure_roles()
            migrations.upgrade(server.url(OWNER_ROLE, DATABASE))
            yield Database(*(server.url(role, DATABASE) for role in (APP_ROLE, OWNER_ROLE, SUPERUSER)))
        finally:
            end(process, SIGINT, 20)


def waiting(house: House, run: str, number: int) -> list[str]:
    """So many granted cases whose next act is to issue the notes of both legs."""
    refs = []
    for n in range(number):
        target = house.order(f"CN-{run}-{n}", activated=0)
        refs.append(opened_case(house, target, a_reduction(target)))
        granted(house, refs[-1])
        for action in ("check", "cancel_upstream"):
            command = RecordAction(1, action)
            done = send(house, service("remedy"), f"case/{refs[-1]}", command, f"{run}-{n}-{action}")
            assert done.state is desk.State.DONE, done.body
    return refs


def issue(house: House, ref: str) -> None:
    done = send(house, service("remedy"), f"case/{ref}", IssueNotes(1), f"issue:{ref}")
    assert done.state is desk.State.DONE, done.body


def prepare(found: Database) -> None:
    """Tables like those of the record, with their keys and without its walls, for the yardstick."""
    with psycopg.connect(found.owner_url) as owner:
        for table in TABLES:
            owner.execute(f"CREATE TABLE bench_{table} (LIKE {table} INCLUDING DEFAULTS INCLUDING INDEXES)")
            owner.execute(f"GRANT SELECT, INSERT ON bench_{table} TO {APP_ROLE}")


def rows_of(found: Database, ref: str) -> dict[str, str]:
    """What issuing the case's notes wrote, per table, as JSON."""
    with psycopg.connect(found.superuser_url) as connection:
        return {
            table: json.dumps(connection.execute(ROWS[table], {"ref": ref}).fetchone()[0]) for table in TABLES
        }


def insert(connection: psycopg.Connection[Any], rows: dict[str, str]) -> None:
    with connection.transaction():
        for table, values in rows.items():
            connection.execute(
                f"INSERT INTO bench_{table} SELECT * FROM jsonb_populate_recordset(NULL::bench_{table}, %s::jsonb)",
                (values,),
            )


def per_second(work: Sequence[Any], clients: int, do: Callable[[Any], None]) -> float:
    """How many of ``work`` are done in a second by so many clients at once."""
    started = time.perf_counter()
    with ThreadPoolExecutor(clients) as threads:
        list(threads.map(do, work))
    return len(work) / (time.perf_counter() - started)


def compare(house: House, clients: int) -> tuple[float, float]:
    """Notes per second of the desk and of the yardstick: the round of the middle ratio."""
    rounds = []
    for n in range(ROUNDS):
        refs = waiting(house, f"{clients}-{n}", EACH)
        ours = 2 * per_second(refs, clients, lambda ref: issue(house, ref))
        rows = [rows_of(house.database, ref) for ref in refs]
        assert all(len(json.loads(each["note"])) == 2 for each in rows)
        rounds.append((ours, 2 * yardstick(house.database, rows, clients)))
    return sorted(rounds, key=lambda each: each[0] / each[1])[ROUNDS // 2]


def yardstick(found: Database, rows: Sequence[dict[str, str]], clients: int) -> float:
    """Transactions per second, on connections that are open already."""
    connections = [psycopg.connect(found.app_url, autocommit=True) for _ in range(clients)]
    try:
        shares = [rows[at::clients] for at in range(clients)]
        started = time.perf_counter()
        with ThreadPoolExecutor(clients) as threads:
            list(threads.map(_insert_all, connections, shares))
        return len(rows) / (time.perf_counter() - started)
    finally:
        for connection in connections:
            connection.close()


def _insert_all(connection: psycopg.Connection[Any], rows: Sequence[dict[str, str]]) -> None:
    for each in rows:
        insert(connection, each)


def arithmetic() -> float:
    """Credits worked out per second: line, invoice and payment, nothing written."""
    order = invoiced(*((100, 68_33 + no, 20 if no % 2 else 5) for no in range(10)))

    def all_units() -> float:
        sheet, number, started = opened(order), 0, time.perf_counter()
        for line in order.lines:
            for _ in range(line.quantity // 10):
                number += 1
                sheet, _ = credit(sheet, number, [Portion(line.line_no, 10)])
        assert (sheet.left_net, sheet.left_tax) == (0, 0)
        return number / (time.perf_counter() - started)

    return statistics.median(all_units() for _ in range(ROUNDS))


def main() -> None:
    with database() as found, seeded(found, at=None) as house:
        prepare(found)
        told = []
        for clients in CLIENTS:
            ours, bare = compare(house, clients)
            print(
                f"credit note  {clients:>2} clients  {ours:7.0f}/s (data only)   "
                f"INSERT of the same rows {bare:7.0f}/s   ratio {bare / ours:4.2f}",
                flush=True,
            )
            told.append({"what": "credit note", "clients": clients, "rate": ours, "ratio": bare / ours})
    worked = arithmetic()
    print(f"credit worked out, nothing written: {worked:.0f}/s", flush=True)
    print(json.dumps([*told, {"what": "credit worked out", "rate": worked}]))


if __name__ == "__main__":
    main()
