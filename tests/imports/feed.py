"""A small feed for the tests, in the columns of the real one."""

import csv
from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import Engine, text

from partnerflow.imports.mappings import ONLINE_RETAIL
from partnerflow.store.database import EVERY_ORGANISATION, reading

REAL = Path(__file__).parents[3] / "shared" / "data" / "online-retail-2010-12_2011-01.csv.gz"


def row(number: str, sku: str, quantity: int, price: str = "2.50", **said: str) -> dict[str, str]:
    """One row; cancellations are given with negative quantities, as in the feed."""
    values = {
        "InvoiceNo": number,
        "StockCode": sku,
        "Description": f"{sku} OF MANY COLOURS",
        "Quantity": str(quantity),
        "InvoiceDate": "2010-12-03 10:00" if number.startswith("C") else "2010-12-01 09:00",
        "UnitPrice": price,
        "CustomerID": "17850",
        "Country": "United Kingdom",
    }
    return values | said


def write(path: Path, rows: Iterable[dict[str, str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ONLINE_RETAIL.columns)
        writer.writeheader()
        writer.writerows(rows)
    return path


def count(engine: Engine, what: str) -> int:
    """One number from the record."""
    with reading(engine, EVERY_ORGANISATION) as session:
        return int(session.execute(text(f"SELECT {what}")).scalar_one() or 0)


def facts(engine: Engine) -> dict[str, int]:
    """What must not change when the same feed comes again."""
    return {
        "orders": count(engine, 'count(*) FROM "order"'),
        "cases": count(engine, 'count(*) FROM "case"'),
        "events": count(engine, "count(*) FROM event"),
        "ceilings": count(engine, "count(*) FROM ceiling"),
        "credited": count(engine, "sum(credited) FROM ceiling WHERE kind = 'line'"),
        "posted": count(engine, "sum(debit) FROM ledger_posting"),
        "organisations": count(engine, "count(*) FROM organisation"),
    }
