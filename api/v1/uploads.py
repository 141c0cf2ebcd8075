"""An upload's rows as they stream in: NDJSON line by line, CSV row by row, never the whole body in memory."""

import csv
import hashlib
import io
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from marshmallow import Schema, ValidationError

from api.errors import Problem
from api.requests import LARGE, parse_json
from api.schemas.faults import problem
from api.schemas.imports import WHOLE
from partnerflow.refusals import Refused
from partnerflow.store.codec import plain

NDJSON: Final = ("application/x-ndjson", "application/ndjson")
CSV: Final = "text/csv"
TYPES: Final = (*NDJSON, CSV)

DEEPEST: Final = 5
MOST_ENTRIES: Final = 1_000


@dataclass(frozen=True, slots=True)
class Sent:
    """One row: its document as sent (None when it cannot be read at all), and its text for the error report."""

    document: dict[str, Any] | None
    text: str


class Body:
    """The stream, hashed as it is read."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self._digest = hashlib.sha256()

    @property
    def digest(self) -> bytes:
        """Of what was read so far; ``drain`` first for the whole."""
        return self._digest.digest()

    def lines(self) -> Iterator[bytes]:
        """Lines with their ends; one longer than an order may be ends the upload."""
        buffered = io.BufferedReader(_Raw(self._stream), LARGE)
        while line := buffered.readline(LARGE + 1):
            if len(line) > LARGE:
                raise Problem("body-too-large", f"A row may have at most {LARGE // 1024} KiB.")
            self._digest.update(line)
            yield line


class _Raw(io.RawIOBase):
    """The server's stream as Python's buffers want it."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        found = self._stream.read(len(buffer))
        buffer[: len(found)] = found
        return len(found)


def rows(body: Body, mimetype: str, *, numbered: bool) -> Iterator[Sent]:
    """The upload's rows; ``numbered``: lines of a CSV without a ``line_no`` are numbered. Problem when there is nothing
    to read them by."""
    return _of_csv(body.lines(), numbered) if mimetype == CSV else _of_ndjson(body.lines())


def staged(
    sent: Iterable[Sent], schema: Schema, read: Callable[[dict[str, Any]], Any]
) -> Iterator[dict[str, Any]]:
    """Rows as the record keeps them: numbered from 1, read, or with the reason why not."""
    for no, row in enumerate(sent, start=1):
        number = str((row.document or {}).get("number", ""))[:200]
        data: dict[str, Any] = {"number": number.replace("\0", ""), "sent": row.text.replace("\0", "")}
        try:
            found = _read(row, schema, read)
        except Problem as fault:
            yield {"no": no, "data": data, "code": fault.code, "text": _sentence(fault)}
        else:
            yield {"no": no, "data": data | {"read": plain(found)}, "code": None, "text": None}


def _read(row: Sent, schema: Schema, read: Callable[[dict[str, Any]], Any]) -> Any:
    if row.document is None:
        raise Problem("malformed-json", "The row is not a JSON object, or a name in it is there twice.")
    try:
        return read(schema.load(row.document))
    except ValidationError as error:
        raise problem(error) from None
    except Refused as refused:
        raise Problem(refused.code, refused.detail) from None


def _sentence(fault: Problem) -> str:
    where = fault.errors[0].pointer if fault.errors else ""
    return f"{where}: {fault.detail}" if where not in ("", "/") else fault.detail


def _of_ndjson(lines: Iterable[bytes]) -> Iterator[Sent]:
    for line in lines:
        if not line.strip():
            continue
        try:
            document = parse_json(line)
        except Problem:
            document = None
        yield Sent(document if isinstance(document, dict) else None, line.decode("utf-8", "replace").strip())


def _of_csv(lines: Iterable[bytes], numbered: bool) -> Iterator[Sent]:
    """Dots in a column's name lead inwards. A column ``lines.sku`` makes each row a line of a document, and rows that
    follow each other with the same ``number`` one document; ``lines.0.sku`` keeps a document on one row."""
    table = csv.reader(_text(lines), strict=True)
    try:
        header = [name.strip() for name in next(table, [])]
        if not header or len(set(header)) < len(header) or any(not _usable(name) for name in header):
            raise Problem("invalid-parameter", "The first row names the columns, each once.")
        found = (dict(zip(header, cells, strict=False)) for cells in table if any(cells))
        if any(_of_each_line(name) for name in header):
            for _, group in groupby(found, key=lambda row: row.get("number", "")):
                yield _document([*group], numbered)
        else:
            for row in found:
                yield _document([row], numbered)
    except csv.Error as fault:
        raise Problem("invalid-text", f"The CSV cannot be read: {fault}.") from None


def _text(lines: Iterable[bytes]) -> Iterator[str]:
    try:
        for no, line in enumerate(lines):
            yield line.decode("utf-8-sig" if no == 0 else "utf-8")
    except UnicodeDecodeError:
        raise Problem("invalid-text", "The CSV is not UTF-8.") from None


def _usable(name: str) -> bool:
    parts = name.split(".")
    indices = (int(part) for part in parts if part.isascii() and part.isdigit() and len(part) < 6)
    return all(parts) and len(parts) <= DEEPEST and max(indices, default=0) < MOST_ENTRIES


def _of_each_line(name: str) -> bool:
    head, _, rest = name.partition(".")
    return head == "lines" and bool(rest) and not rest.partition(".")[0].isdigit()


def _document(group: list[dict[str, str]], numbered: bool) -> Sent:
    """Rows of one document; empty cells are not stated, and lines without a number are numbered."""
    members = {name: cell for name, cell in group[0].items() if cell and not _of_each_line(name)}
    document: dict[str, Any] = {}
    for name, cell in members.items():
        _put(document, name.split("."), _value(name, cell))
    own = [
        _line(row, no if numbered else 0)
        for no, row in enumerate(group, start=1)
        if any(map(_of_each_line, row))
    ]
    if own:
        document["lines"] = own
    shaped = _lists(document)
    return Sent(shaped, json.dumps(shaped, ensure_ascii=False))


def _line(row: dict[str, str], no: int) -> dict[str, Any]:
    line: dict[str, Any] = {}
    for name, cell in row.items():
        if cell and _of_each_line(name):
            _put(line, name.split(".")[1:], _value(name, cell))
    return {"line_no": no} | line if no else line


def _put(into: dict[str, Any], path: list[str], value: Any) -> None:
    for part in path[:-1]:
        inner = into.setdefault(part, {})
        into = inner if isinstance(inner, dict) else {}
    into[path[-1]] = value


def _value(name: str, cell: str) -> Any:
    whole = name.rpartition(".")[2] in WHOLE
    return int(cell) if whole and cell.isascii() and cell.lstrip("-").isdigit() and len(cell) < 18 else cell


def _lists(value: Any) -> Any:
    """Members named 0, 1, 2 are the entries of a list."""
    if not isinstance(value, dict):
        return [_lists(each) for each in value] if isinstance(value, list) else value
    if value and all(name.isdigit() for name in value):
        return [_lists(value[name]) for name in sorted(value, key=int)]
    return {name: _lists(each) for name, each in value.items()}
