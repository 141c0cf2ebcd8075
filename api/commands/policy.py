"""`partnerflow policy`: a policy as a file, checked and tried before anybody drafts it."""

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from api.commands.environment import database_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine

    from partnerflow.cases.comparison import Simulation
    from partnerflow.people import Directory
    from partnerflow.policy.document import Policy

FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
DATA = click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    help="The data directory of a running `partnerflow up`.  [default: DATABASE_URL, else ./var]",
)
JSON = click.option("--json", "as_json", is_flag=True, help="Answer with one JSON line.")


@click.group()
def policy() -> None:
    """Look at the policy, check a changed one, and try it on the cases of the last quarter."""


@policy.command()
@FILE
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    help="Check the persons that FILE names too, in the directory of this running `partnerflow up`.",
)
def validate(file: Path, data: Path | None) -> None:
    """Name every fault of FILE with its line and column; ends with 1 if there is one."""
    directory = None
    if data is not None:
        with _connected(data) as engine:
            directory = _directory(engine)
    found = _checked(file, directory)
    click.echo(f"{file}: nothing is wrong with the policy {found.name!r}.")


@policy.command()
@FILE
@DATA
@click.option("--days", type=click.IntRange(1, 400), default=92, show_default=True, help="How far back.")
@JSON
def simulate(file: Path, data: Path | None, days: int, *, as_json: bool) -> None:
    """Show what FILE would have changed: routes, deciders, deadlines and outcomes of the last cases.

    Nothing is recorded. Each case is worked out twice from the same inputs: by its own policy, and by FILE's.
    """
    with _connected(data) as engine:
        directory = _directory(engine)
        tried = _checked(file, directory)
        found = _simulated(engine, tried, days, quiet=as_json)
    if as_json:
        import json

        from api.schemas.shown.simulation import simulation

        click.echo(json.dumps(simulation(found, tried.version, days, directory)))
        return
    from api.commands.policy_tables import show

    show(found, days, directory)


@policy.command("list")
@DATA
@JSON
def list_(data: Path | None, *, as_json: bool) -> None:
    """List the versions: who wrote and who published them, and from when they hold."""
    import json

    from api.commands.policy_tables import listed
    from api.schemas.shown.policy import version
    from partnerflow.store import policy_versions
    from partnerflow.store.database import EVERY_ORGANISATION, reading
    from partnerflow.store.directory import snapshot

    with _connected(data) as engine, reading(engine, EVERY_ORGANISATION) as session:
        directory = snapshot(session).directory
        now, in_force = policy_versions.now(session)
        found = policy_versions.listed(session, limit=1_000)
        rows = [version(row, now, in_force, directory) for row in found]
    click.echo(json.dumps(rows)) if as_json else listed(rows)


@contextmanager
def _connected(data: Path | None) -> "Iterator[Engine]":
    """An engine for one command; a database that does not answer ends it with a sentence."""
    from sqlalchemy.exc import DBAPIError

    from partnerflow.store.database import create_database_engine

    engine = create_database_engine(database_of(data), pool_size=1, application="partnerflow policy")
    try:
        yield engine
    except DBAPIError as error:
        raise click.ClickException(f"The database does not answer: {error.orig}") from error
    finally:
        engine.dispose()


def _directory(engine: "Engine") -> "Directory":
    from partnerflow.store.database import EVERY_ORGANISATION, reading
    from partnerflow.store.directory import snapshot

    with reading(engine, EVERY_ORGANISATION) as session:
        return snapshot(session).directory


def _checked(file: Path, directory: "Directory | None") -> "Policy":
    """The policy in a file; prints ``FILE:LINE:COLUMN: message`` for every fault and ends with 1."""
    from partnerflow.store.policy_text import check, parse

    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        click.echo(f"{file}:1:1: is no UTF-8 text")
        raise SystemExit(1) from None
    found = check(parse(text), 0, directory)
    for fault in found.faults:
        click.echo(f"{file}:{fault}")
    if found.policy is None:
        raise SystemExit(1)
    return found.policy


def _simulated(engine: "Engine", tried: "Policy", days: int, *, quiet: bool) -> "Simulation":
    from partnerflow.store.simulation import simulate as try_on

    if quiet:
        return try_on(engine, tried, days)
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("trying it"), BarColumn(), MofNCompleteColumn(), TextColumn("cases"))
    console = Console(stderr=True)
    with Progress(*columns, TimeElapsedColumn(), console=console, transient=True) as bar:
        task = bar.add_task("", total=None)
        return try_on(engine, tried, days, lambda done, every: bar.update(task, completed=done, total=every))
