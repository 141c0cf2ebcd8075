"""A calendar document from a YAML file, resolved for the years a question needs."""

from collections.abc import Sequence
from datetime import MAXYEAR, MINYEAR, datetime
from pathlib import Path
from typing import Any, Final

import yaml

from partnerflow.calendars import Calendar, Pause, add_with_pauses
from partnerflow.store.calendars import CalendarFault, of_document

_NULL: Final = "tag:yaml.org,2002:null"
_YEARS_AHEAD: Final = 2


class _Loader(yaml.SafeLoader):
    """Every scalar is a text, or nothing: no date, no number to the base of 60, and the Norwegian NO is not false."""

    yaml_implicit_resolvers = {  # noqa: RUF012  (PyYAML's own attribute)
        first: [(tag, pattern) for tag, pattern in known if tag == _NULL]
        for first, known in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Refuse a name given twice, where YAML would silently keep the last."""
        found = super().construct_mapping(node, deep=deep)
        if len(found) < len(node.value):
            names = [str(key.value) for key, _ in node.value]
            twice = next(name for name in names if names.count(name) > 1)
            raise CalendarFault(twice, f"is given twice, again before line {node.end_mark.line + 1}")
        return found


def read(file: Path) -> Any:
    """What the file says, undigested; CalendarFault if it is no YAML."""
    try:
        return parse(file.read_bytes())
    except OSError as fault:
        raise CalendarFault("file", f"cannot be read: {fault}") from None


def parse(text: bytes | str, name: str = "file") -> Any:
    """The same of a text; ``name`` is what a fault calls it."""
    try:
        return yaml.load(text, _Loader)  # noqa: S506  (a safe loader, made stricter)
    except (yaml.YAMLError, UnicodeDecodeError) as fault:
        raise CalendarFault(name, f"is not YAML: {' '.join(str(fault).split())}") from None


def between(document: Any, a: datetime, b: datetime) -> Calendar:
    """The calendar, right for everything between the two instants."""
    first, last = sorted((a.year, b.year))
    return of_document(document, _years(first - 1, last + 1))


def until_due(document: Any, start: datetime, seconds: int, pauses: Sequence[Pause]) -> Calendar:
    """The calendar, right for everything from the start to the due instant, or to the pause that holds it.

    Further holidays only put it off, so a due instant within the years that are known is the right one.
    """
    latest = max([start, *(begin for begin, _ in pauses)]).year
    ahead = _YEARS_AHEAD
    while True:
        calendar = of_document(document, _years(start.year - 1, latest + ahead))
        due = add_with_pauses(calendar, start, seconds, pauses)
        if due is None or due.year < latest + ahead:
            return calendar
        ahead = max(2 * ahead, due.year - latest + _YEARS_AHEAD)


def _years(first: int, last: int) -> range:
    return range(max(first, MINYEAR), min(last, MAXYEAR) + 1)
