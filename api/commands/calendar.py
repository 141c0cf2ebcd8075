"""`partnerflow calendar`: working time, from a calendar document: when is it due, how much was used, and how so."""

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click

from api.commands.calendar_import import import_
from api.commands.calendar_set import set_, show, team

_RFC3339: Final = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(?P<offset>Z|[+-]\d\d:\d\d)?", re.ASCII
)
_EXAMPLE: Final = "2027-01-04T09:30:00Z"


def instant(text: str) -> datetime:
    """RFC 3339 with its offset, as UTC; click.BadParameter otherwise."""
    found = _RFC3339.fullmatch(text.strip().upper())
    if found is None:
        raise click.BadParameter(f"{text!r} is not an instant; write it as {_EXAMPLE}.")
    if found["offset"] is None:
        raise click.BadParameter(
            f"{text!r} has no offset, so it is no instant; end it with Z or as in +01:00."
        )
    try:
        return datetime.fromisoformat(found[0]).astimezone(UTC)
    except (ValueError, OverflowError) as fault:
        raise click.BadParameter(f"{text!r} is not an instant: {fault}.") from None


def pause(text: str) -> tuple[datetime, datetime | None]:
    """FROM/TO, both instants; FROM/ is still open. click.BadParameter otherwise."""
    begin, slash, end = text.partition("/")
    if not slash:
        raise click.BadParameter(f"{text!r} is not a pause; write FROM/TO, or FROM/ while it is open.")
    since, until = instant(begin), instant(end) if end.strip() else None
    if until is not None and until < since:
        raise click.BadParameter(f"{text!r} ends before it begins.")
    return since, until


_file = click.option(
    "--calendar",
    "file",
    required=True,
    metavar="F.yaml",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Its zone, hours and holidays (docs/calendars.md).",
)
_from = click.option("--from", "start", required=True, type=instant, help=f"Such as {_EXAMPLE}.")
_minutes = click.option(
    "--minutes", required=True, type=click.IntRange(min=0), help="The allowance in working minutes."
)
_pauses = click.option(
    "--pause",
    "pauses",
    multiple=True,
    metavar="FROM/TO",
    type=pause,
    help="Nothing counts in it; FROM/ is still open. Any number, in any order.",
)


@click.group()
def calendar() -> None:
    """Working time: when something is due, how much was used, and how that comes about."""


for command in (import_, set_, show, team):
    calendar.add_command(command)


@calendar.command()
@_file
@_from
@_minutes
@_pauses
def due(
    file: Path, start: datetime, minutes: int, pauses: Sequence[tuple[datetime, datetime | None]]
) -> None:
    """When the allowance has passed, as one JSON line; null while an open pause holds it."""
    from api.commands.calendar_file import read, until_due
    from partnerflow.calendars import add_with_pauses
    from partnerflow.calendars.telling import rfc3339

    with _faults(file):
        found = until_due(read(file), start, minutes * 60, pauses)
        at = add_with_pauses(found, start, minutes * 60, pauses)
    local = rfc3339(at, found.zone) if at else None
    click.echo(json.dumps({"due_at": rfc3339(at) if at else None, "due_local": local}))


@calendar.command()
@_file
@click.option("--from", "a", required=True, type=instant, help=f"Such as {_EXAMPLE}.")
@click.option("--to", "b", required=True, type=instant, help="Before --from nothing is used.")
@_pauses
def used(file: Path, a: datetime, b: datetime, pauses: Sequence[tuple[datetime, datetime | None]]) -> None:
    """How much working time lies between two instants, as one JSON line: whole minutes, and seconds."""
    from api.commands.calendar_file import between, read
    from partnerflow.calendars import used_with_pauses

    with _faults(file):
        seconds = used_with_pauses(between(read(file), a, b), a, b, pauses)
    click.echo(json.dumps({"minutes": seconds // 60, "seconds": seconds}))


@calendar.command()
@_file
@_from
@_minutes
@_pauses
@click.option("--json", "as_json", is_flag=True, help="Answer with one JSON line.")
def explain(
    file: Path,
    start: datetime,
    minutes: int,
    pauses: Sequence[tuple[datetime, datetime | None]],
    *,
    as_json: bool,
) -> None:
    """How a due instant comes about, local day by local day."""
    from api.commands.calendar_file import read, until_due
    from partnerflow.calendars import explain as explained
    from partnerflow.calendars.telling import lines, members

    with _faults(file):
        told = explained(until_due(read(file), start, minutes * 60, pauses), start, minutes * 60, pauses)
    click.echo(json.dumps(members(told)) if as_json else "\n".join(lines(told)))


@contextmanager
def _faults(file: Path) -> Iterator[None]:
    """What is wrong with the document, or can never come, in a sentence, with exit code 2."""
    try:
        yield
    except ValueError as fault:
        raise click.BadParameter(f"{file}: {fault}.", param_hint="--calendar") from None
