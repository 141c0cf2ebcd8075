"""Rows put into the record by hand, for what is tested below the desk."""

import json
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, text

from partnerflow.store.database import unit_of_work


def a_delivery(engine: Engine, name: str = "D1", **columns: Any) -> str:
    """A queued message; ``columns`` win over what is usual."""
    row = {
        "id": name,
        "stream": "case/PF-2027-000001",
        "seq": abs(hash(name)) % 10**9,
        "event": "case.opened",
        "recipient": "bea",
        "audience": "partner",
        "address": "bea@harbour.example",
        "data": json.dumps({"subject": "Your case"}),
    } | columns
    insert(engine, "delivery", row)
    return name


def an_order(engine: Engine, name: str, due_at: datetime | None) -> str:
    """An accepted order whose window's next reminder is at ``due_at``."""
    row = {
        "id": name,
        "number": name,
        "seller": "meridian",
        "status": "accepted",
        "placed_at": datetime.fromisoformat("2027-01-04T09:30:00Z"),
        "next_due_at": due_at,
        "signature": "",
        "orgs": [],
        "version": 1,
        "head": b"",
        "state": "{}",
    }
    insert(engine, '"order"', row)
    return f"order/{name}"


def insert(engine: Engine, table: str, row: dict[str, Any]) -> None:
    names = ", ".join(row)
    values = ", ".join(f":{name}" for name in row)
    with unit_of_work(engine) as session:
        session.execute(text(f"INSERT INTO {table} ({names}) VALUES ({values})"), row)


def rows(engine: Engine, query: str) -> list[Any]:
    """What a query finds, a scalar per row when it asks for one column."""
    with unit_of_work(engine) as session:
        found = session.execute(text(query)).all()
    return [row[0] if len(row) == 1 else tuple(row) for row in found]


def change(engine: Engine, statement: str) -> None:
    with unit_of_work(engine) as session:
        session.execute(text(statement))
