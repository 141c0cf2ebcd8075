"""From what is typed in the form to what the API takes: per order one body, as for ``POST /v1/cases``."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from api.portal import typed

SHARED: Final = ("reason", "type", "description")
"""Said once for all orders."""

USUAL: Final[dict[str, str]] = {
    "wrong_item_ordered": "exchange",
    "wrong_quantity": "quantity_reduction",
    "ordered_twice": "duplicate_order",
    "wrong_price": "price_correction",
    "wrong_tax": "tax_correction",
    "wrong_end_customer": "cancellation",
    "no_longer_needed": "cancellation",
    "not_as_agreed": "cancellation",
    "other": "goodwill",
}
"""What is mostly wanted when this is wrong: offered first, never imposed."""

BY_AMOUNT: Final = ("price_correction", "goodwill")


def beginning(orders: Iterable[str]) -> dict[str, str]:
    """A draft about these orders with nothing said yet."""
    return {f"orders.{index}.order_id": order for index, order in enumerate(orders)}


def bodies(fields: Mapping[str, str], currencies: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """By order the body of its case; ``currencies``: each order's. What was left empty is not in it."""
    return {order: _body(order, place, fields, currencies[order]) for order, place in orders_of(fields)}


def orders_of(fields: Mapping[str, str]) -> list[tuple[str, str]]:
    """The orders of a draft, as (place in the form, id)."""
    found = [(name.split(".")[1], value) for name, value in fields.items() if name.endswith(".order_id")]
    return [(value, place) for place, value in sorted(found, key=lambda each: int(each[0]))]


def _body(order: str, place: str, fields: Mapping[str, str], currency: str) -> dict[str, Any]:
    own = _below(f"orders.{place}.", fields)
    kind = fields.get("type", "")
    lines = [found for rows in _rows("lines.", own) if (found := _line(rows, kind, currency))]
    made: dict[str, Any] = {"order_id": order, "lines": lines}
    made |= {name: value for name in SHARED if (value := fields.get(name, "").strip())}
    if kind == "duplicate_order" and not lines:
        del made["lines"]
    wanted = [row for rows in _rows("wanted.", own) if (row := _wanted(rows))]
    if kind == "exchange" and wanted:
        made["wanted"] = {"lines": wanted}
    if asked := [row for rows in _rows("lines.", own) if (row := _exception(rows))]:
        made["exception"] = {"justification": fields.get("justification", "").strip(), "lines": asked}
    return made


def _line(row: Mapping[str, str], kind: str, currency: str) -> dict[str, Any] | None:
    line: dict[str, Any] = {"line_no": whole(row["line_no"])}
    if kind == "tax_correction" and row.get("rate"):
        return line | {"tax": {"category": row.get("category") or "S", "rate": row["rate"]}}
    if kind in BY_AMOUNT and row.get("amount"):
        convert = {"convert": True} if row.get("convert") else {}
        return (
            line
            | {"amount": {"amount": typed.amount(row["amount"], currency), "currency": currency}}
            | convert
        )
    units = row.get("quantity")
    return line | {"quantity": whole(units)} if units and units != "0" else None


def _exception(row: Mapping[str, str]) -> dict[str, Any] | None:
    if not row.get("exception_quantity") or not row.get("exception_percent"):
        return None
    units, percent = whole(row["exception_quantity"]), row["exception_percent"].replace(",", ".")
    return {"line_no": whole(row["line_no"]), "quantity": units, "percent": percent}


def _wanted(row: Mapping[str, str]) -> dict[str, Any] | None:
    if not row.get("sku"):
        return None
    return {"sku": row["sku"].strip(), "quantity": whole(row.get("quantity", ""))}


def whole(text: str | None) -> int | str:
    """A number that was typed; anything else stays as it is, for the schema to say so."""
    found = (text or "").strip()
    return int(found) if found.isascii() and found.isdigit() and len(found) < 10 else found


def _rows(name: str, fields: Mapping[str, str]) -> list[dict[str, str]]:
    places = sorted({each[len(name) :].split(".")[0] for each in fields if each.startswith(name)}, key=int)
    return [_below(f"{name}{place}.", fields) for place in places]


def _below(prefix: str, fields: Mapping[str, str]) -> dict[str, str]:
    return {name[len(prefix) :]: value for name, value in fields.items() if name.startswith(prefix)}
