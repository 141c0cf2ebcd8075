"""CSV for whoever opens it in a spreadsheet: no cell of ours can become a formula (FAULTS: exported cells)."""

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from io import StringIO
from typing import Any, Final

from partnerflow.imports.model import Listed

_FORMULA: Final = frozenset("=+-@\t\r")


def sheet(rows: Iterable[Listed], names: Sequence[str]) -> Iterator[str]:
    """Lines of a CSV: the row's number, code and reason, and what it said, by its columns."""
    yield line(("row", "code", "text", *names))
    for row in rows:
        yield line((row.no, row.code, row.text, *(row.data.get(name, "") for name in names)))


def line(cells: Iterable[Any]) -> str:
    """One line; numbers as numbers, every text in quotes."""
    out = StringIO()
    csv.writer(out, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n").writerow(map(_safe, cells))
    return out.getvalue()


def _safe(cell: Any) -> Any:
    if isinstance(cell, int | Decimal) and not isinstance(cell, bool):
        return cell
    if cell is None:
        return ""
    text = cell if isinstance(cell, str) else json.dumps(cell, ensure_ascii=False)
    return f"'{text}" if text.lstrip(" \n")[:1] in _FORMULA else text
