"""`partnerflow calendar show`, `set` and `team`: whose calendar says what, in the record."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from api.commands.calendar_import import data_option, for_option, owner_of
from api.commands.environment import database_of

if TYPE_CHECKING:
    from sqlalchemy import Engine


@click.command()
@for_option
@data_option
def show(owner: str, data: Path | None) -> None:
    """The calendar that holds for somebody, as a document to try or to change."""
    import yaml

    from api.closing import shown

    asked = owner_of(owner)
    with _record(data) as engine:
        document, whose = shown(engine, asked)
    click.echo(f"# {asked}" + ("" if whose == asked else f", with the hours of {whose}"))
    click.echo(
        yaml.safe_dump(document, sort_keys=False, allow_unicode=True, default_flow_style=None), nl=False
    )


@click.command("set")
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@for_option
@click.option(
    "--inherit", is_flag=True, help="Instead of FILE: the hours of what is above a team or a person."
)
@data_option
def set_(file: Path | None, owner: str, data: Path | None, *, inherit: bool) -> None:
    """Give an organisation, a team or a person the hours and holidays of FILE, a calendar document.

    Due instants that stand are not moved.
    """
    from api.closing import put_calendar
    from api.commands.calendar_file import read
    from partnerflow.store.calendars import YEARS, CalendarFault, of_document

    if (file is None) != inherit:
        raise click.UsageError("Give either FILE or --inherit.")
    asked, document = owner_of(owner), None
    if file:
        try:
            document = read(file)
            of_document(document, YEARS)
        except CalendarFault as fault:
            raise click.BadParameter(f"{file}: {fault}.", param_hint="FILE") from None
    with _record(data) as engine:
        put_calendar(engine, asked, document)
    click.echo(f"{asked} keeps {'the hours of what is above' if inherit else 'these hours'}.")


@click.command()
@click.argument("code")
@click.option("--organisation", required=True, metavar="CODE", help="Whose team it is.")
@click.option("--name", required=True, help="What readers are told.")
@click.option(
    "--member", "members", multiple=True, metavar="ID", help="A person; those not named leave the team."
)
@data_option
def team(code: str, organisation: str, name: str, members: tuple[str, ...], data: Path | None) -> None:
    """Make the team CODE, or say anew what it is called and who is in it."""
    from api.closing import put_team

    with _record(data) as engine:
        put_team(engine, code, organisation, name, members)
    click.echo(f"team:{code} of organisation:{organisation} has {len(set(members))} members.")


@contextmanager
def _record(data: Path | None) -> "Iterator[Engine]":
    """The database; what it does not know or the desk refuses is said in a sentence."""
    from api.closing import NotTaken, UnknownOwner
    from partnerflow.desk import NotRecorded, Unavailable
    from partnerflow.store.database import create_database_engine

    engine = create_database_engine(database_of(data), pool_size=1, application="partnerflow calendar")
    try:
        yield engine
    except UnknownOwner as fault:
        raise click.BadParameter(f"{fault}.", param_hint="--for") from None
    except (NotTaken, NotRecorded, Unavailable) as fault:
        raise click.ClickException(str(fault)) from fault
    finally:
        engine.dispose()
