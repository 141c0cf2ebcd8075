"""An upload's driver on real Temporal: it books to the end, also after its worker was killed in the middle."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Engine

from partnerflow import desk
from partnerflow.imports.commands import StartImport
from partnerflow.orders.commands import OrderDraft
from partnerflow.store import imports
from partnerflow.store.codec import decode, plain
from partnerflow.store.database import EVERY_ORGANISATION, reading, unit_of_work
from partnerflow.store.imports import Progress
from tests.support.fresh import Database, Namespace
from tests.workflows.house import House, driven, not_running, seeded, settings_of, until

ROWS = 1_100


def a_draft(no: int) -> dict[str, Any]:
    """An order that is accepted at once."""
    line = {
        "line_no": 1,
        "sku": "LIC-STD",
        "description": "",
        "quantity": no % 9 + 1,
        "unit_price": 31_200_000,
        "tax_category": "S",
        "tax_rate": 200_000,
    }
    return {
        "number": f"U-{no}",
        "vendor": "arbor",
        "distributor": "meridian",
        "reseller": "harbour",
        "end_customer": {"code": f"EC-{no}", "name": "Somebody"},
        "po_number": f"P-{no}",
        "currency": "GBP",
        "placed_at": "2027-01-04T09:00:00Z",
        "lines": [line],
    }


def uploaded(house: House) -> str:
    """A staged upload of many orders, started; its id."""
    import_id = str(uuid4())
    with unit_of_work(house.engine) as session:
        imports.begin(
            session,
            id=import_id,
            kind="orders",
            state="staging",
            organisation="meridian",
            person="nadia-rahman",
            rows=0,
        )
        drafts = [decode(json.dumps(a_draft(no)), OrderDraft) for no in range(1, ROWS + 1)]
        rows = [
            {"no": no, "data": {"number": draft.number, "read": plain(draft)}, "code": None, "text": None}
            for no, draft in enumerate(drafts, start=1)
        ]
        imports.stage(session, import_id, rows)
    house.do("nadia-rahman", f"import/{import_id}", StartImport(import_id))
    return import_id


def progress(engine: Engine, import_id: str) -> Progress:
    with reading(engine, EVERY_ORGANISATION) as session:
        found = imports.read(session, import_id)
    assert found
    return found


@contextmanager
def a_worker(house: House, temporal: Namespace) -> Iterator[subprocess.Popen[bytes]]:
    told = settings_of(house.database, temporal)
    told_as = {name: getattr(told, name) for name in told.__slots__}
    code = "import json, sys; from partnerflow.settings import Settings; from workflows.worker import main; "
    code += "main(Settings(**json.loads(sys.argv[1])))"
    process = subprocess.Popen([sys.executable, "-c", code, json.dumps(told_as)])
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@pytest.mark.long
def test_an_upload_survives_the_death_of_its_worker(database: Database, temporal: Namespace) -> None:
    with seeded(database) as house:
        import_id = uploaded(house)

        with a_worker(house, temporal):
            asyncio.run(until(lambda: progress(house.engine, import_id).position > 0, 60))
        half = progress(house.engine, import_id)

        async def go_on() -> None:
            async with driven(house, temporal):
                await until(lambda: progress(house.engine, import_id).state == "done", 60)
                client = await temporal.connect()
                await until(lambda: not_running(client, f"import/{import_id}"), 60)

        asyncio.run(go_on())
        whole = progress(house.engine, import_id)

    assert 0 < half.position < ROWS
    assert (whole.rows, whole.booked, whole.rejected, whole.position) == (ROWS, ROWS, 0, ROWS)


def test_only_the_import_itself_books_rows(database: Database) -> None:
    from partnerflow.imports.commands import BookStaged

    with seeded(database) as house:
        command = BookStaged("some", 0)
        request = desk.Request(command, house.actor("nadia-rahman"), "key", "import/some")
        assert desk.handle(house.engine, request).code == "forbidden"


def test_an_upload_of_somebody_else_cannot_be_started(database: Database) -> None:
    with seeded(database) as house:
        import_id = uploaded(house)
        request = desk.Request(
            StartImport(import_id), house.actor("greg-osborne"), "k", f"import/{import_id}"
        )
        with pytest.raises(desk.NotRecorded, match="no such import"):
            desk.handle(house.engine, request)
