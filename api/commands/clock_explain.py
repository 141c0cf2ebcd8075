"""`partnerflow clock explain`: how the due instant of a case's clock came about."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from api.commands.environment import database_of

if TYPE_CHECKING:
    from partnerflow.cases.clock_explanation import Explained
    from partnerflow.people import Directory


@click.command("explain")
@click.argument("ref")
@click.argument("name", required=False)
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    help="The data directory of a running `partnerflow up`.  [default: DATABASE_URL, else ./var]",
)
@click.option("--json", "as_json", is_flag=True, help="Answer with one JSON line.")
def clock_explain(ref: str, name: str | None, data: Path | None, *, as_json: bool) -> None:
    """Show the arithmetic of the clock NAME of the case REF, or of all of them."""
    from sqlalchemy.exc import DBAPIError

    from api.schemas.shown import clocks as shown

    try:
        found, directory = _read(database_of(data), ref, name)
    except DBAPIError as error:
        raise click.ClickException(f"The database does not answer: {error.orig}") from error
    if as_json:
        told: Any = [shown.whole(each, directory) for each in found]
        click.echo(json.dumps(told[0] if name else told))
        return
    click.echo("\n\n".join("\n".join(_lines(each, directory)) for each in found))


def _read(url: str, ref: str, name: str | None) -> "tuple[list[Explained], Directory]":
    from partnerflow.cases.clock_explanation import explain, known
    from partnerflow.store import case_history, reading
    from partnerflow.store.database import EVERY_ORGANISATION, create_database_engine
    from partnerflow.store.database import reading as transaction

    engine = create_database_engine(url, pool_size=1, application="partnerflow clock explain")
    try:
        with transaction(engine, EVERY_ORGANISATION) as session:
            found = reading.read_case(session, ref)
            if found is None:
                raise click.ClickException(f"There is no case {ref}.")
            history = case_history.history(session, ref, case_history.PAUSING)
    finally:
        engine.dispose()
    case, view, at = found
    clocks = known(case, view.policy, view.directory)
    wanted = [clock for clock in clocks if name in (None, clock.name)]
    if not wanted:
        names = ", ".join(clock.name for clock in clocks) or "none"
        raise click.ClickException(f"{ref} has no clock {name or 'at all'}; it has {names}.")
    return [explain(c, case, history, view.policy, view.directory, at) for c in wanted], view.directory


def _lines(told: "Explained", directory: "Directory") -> list[str]:
    from api.schemas.shown import clocks as shown
    from partnerflow.calendars.telling import lines

    here = shown.whole(told, directory)
    found = [
        f"{here['name']} ({here['state']}): {here['measures']}",
        f"By the calendar of {here['calendar']['of']}; policy version {here['policy_version']}.",
        here["allowance"]["text"],
        *(
            f"Paused from {p['from']} to {p['to'] or 'now'}: {p['because']} "
            f"({p['asked_by']}; {p['used_minutes']} of {p['longest_minutes']} min used)"
            for p in here["pauses"]
        ),
        *(f"Warning at {w['percent']} %: {w['at'] or 'not while paused'}" for w in here["warnings"]),
    ]
    if not here["agrees"]:
        found.append(f"Stored as due at {here['due_at']}: the calendar has changed since.")
    return [*found, "", *lines(told.told)]
