"""One page of a list and the way to the next, on the API's signed cursors."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import request

from api.v1.answers import cursor, place


@dataclass(frozen=True, slots=True)
class Paged:
    """``next`` is the address of the page after this one, None at the end."""

    items: tuple[Mapping[str, Any], ...]
    next: str | None


def paged(
    name: str,
    asked: Mapping[str, Any],
    read: Callable[[list[Any] | None, int], Sequence[Any]],
    show: Callable[[Any], Mapping[str, Any] | None],
    mark: Callable[[Any], list[Any]],
) -> Paged:
    """``read(mark, limit)`` gives one row more than ``limit`` when there are more, as for the API's lists."""
    limit = int(asked["limit"])
    rows = read(place(name, asked["cursor"]), limit)
    here = rows[:limit]
    items = tuple(shown for row in here if (shown := show(row)) is not None)
    return Paged(items, address(cursor(name, mark(here[-1]))) if len(rows) > limit else None)


def address(mark: str) -> str:
    """This page with its filters, from another place on."""
    kept = {name: value for name, value in request.args.items() if name != "cursor"}
    return f"{request.path}?{urlencode(kept | {'cursor': mark})}"
