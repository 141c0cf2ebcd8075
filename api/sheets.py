"""CSV for whoever opens it in a spreadsheet: no cell of ours can become a formula (FAULTS: exported cells)."""

import csv
import json
from collections.abc import Iterable, Iterator
from io import StringIO
from typing import Any, Final

from partnerflow.imports.model import Listed

_FORMULA: Final = frozenset("=+-@\t\r")


def sheet(rows: Iterable[Listed]) -> Iterator[str]:
    """Lines of a CSV: the row's number, code and reason, and what it said. The first row's columns are the sheet's."""
    names: tuple[str, ...] | None = None
    for row in rows:
        if names is None:
            names = tuple(row.data)
            yield line(("row", "code", "text", *names))
        yield line((row.no, row.code, row.text, *(row.data.get(name, "") for name in names)))
    if names is None:
        yield line(("row", "code", "text"))


def line(cells: Iterable[Any]) -> str:
    """One line; numbers as numbers, every text in quotes."""
    out = StringIO()
    csv.writer(out, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n").writerow(map(_safe, cells))
    return out.getvalue()


def _safe(cell: Any) -> Any:
    if isinstance(cell, int) and not isinstance(cell, bool):
        return cell
    text = cell if isinstance(cell, str) else json.dumps(cell, ensure_ascii=False)
    return f"'{text}" if text.lstrip(" \n")[:1] in _FORMULA else text
