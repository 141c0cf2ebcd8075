"""`partnerflow calendar import`: the days on which somebody is closed, from a calendar that another program keeps."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from api.commands.environment import database_of

if TYPE_CHECKING:
    from api.closing import Result
    from partnerflow.store.closures import Owner

OWNERS: Final = ("organisation", "team", "person")


for_option = click.option(
    "--for", "owner", required=True, metavar="organisation:CODE|team:CODE|person:ID", help="Who it is about."
)
data_option = click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    help="The data directory of a running `partnerflow up`.  [default: DATABASE_URL, else ./var]",
)


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@for_option
@click.option(
    "--source", metavar="NAME", help="What the calendar is known by.  [default: as the file names itself]"
)
@click.option(
    "--years",
    type=click.IntRange(0, 10),
    default=5,
    show_default=True,
    help="How many years after this one recurring days are taken over for.",
)
@data_option
@click.option("--json", "as_json", is_flag=True, help="Answer with one JSON line.")
def import_(
    file: Path, owner: str, source: str | None, years: int, data: Path | None, *, as_json: bool
) -> None:
    """Close somebody on the whole days of FILE (iCal), from today on.

    The same file again changes nothing; a new version of it opens the days that are no longer in it. Events with a
    time of day close nothing and are listed.
    """
    from api.closing import NotTaken, UnknownOwner, take_over
    from api.ical import UnusableCalendar
    from partnerflow.desk import NotRecorded, Unavailable
    from partnerflow.store.database import create_database_engine

    closing = owner_of(owner)
    engine = create_database_engine(database_of(data), pool_size=1, application="partnerflow calendar import")
    try:
        result = take_over(engine, file.read_bytes(), closing, source, years)
    except UnusableCalendar as fault:
        raise click.BadParameter(f"{file}: {fault}.", param_hint="FILE") from None
    except UnknownOwner as fault:
        raise click.BadParameter(f"{fault}.", param_hint="--for") from None
    except (NotTaken, NotRecorded, Unavailable, OSError) as fault:
        raise click.ClickException(str(fault)) from fault
    finally:
        engine.dispose()
    click.echo(_line(result) if as_json else _text(result))


def owner_of(said: str) -> "Owner":
    """Whom ``--for`` names; click.BadParameter if that is nobody's kind of name."""
    from partnerflow.store.closures import Owner, OwnerKind

    kind, _, name = said.partition(":")
    if kind not in OWNERS or not name:
        raise click.BadParameter(
            f"{said!r} is nobody; write organisation:arbor, team:berlin or person:owen-clarke.",
            param_hint="--for",
        )
    return Owner(OwnerKind(kind), name)


def _line(result: "Result") -> str:
    closed = result.closed
    return json.dumps(
        {
            "for": str(closed.owner),
            "source": closed.source,
            "from": result.since.isoformat(),
            "until": result.until.isoformat(),
            **{name: getattr(closed, name) for name in ("added", "renamed", "removed", "unchanged")},
            "left_out": [
                {"name": left.name, "when": left.when, "reason": left.reason} for left in result.left_out
            ],
        }
    )


def _text(result: "Result") -> str:
    closed = result.closed
    counts = f"{closed.added} days closed, {closed.removed} open again, {closed.renamed} renamed"
    lines = [
        f"{closed.owner}, from {closed.source!r}, {result.since} to before {result.until}:",
        f"{counts}, {closed.unchanged} as before.",
    ]
    if result.left_out:
        lines.append("Left out:")
        lines += [f"  {left.when}  {left.name}: {left.reason}" for left in result.left_out]
    return "\n".join(lines)
