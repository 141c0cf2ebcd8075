"""`partnerflow import`: take over a feed of history through a column mapping."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from api.commands.environment import database_of

if TYPE_CHECKING:
    from rich.progress import Progress
    from sqlalchemy import Engine

    from api.feeding import Result
    from partnerflow.imports.mappings import Mapping


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--mapping", "name", required=True, help="What the columns mean: online-retail.")
@click.option(
    "--seller", metavar="CODE", help="The distributor that sold it.  [default: the first by its code]"
)
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    help="The data directory of a running `partnerflow up`.  [default: DATABASE_URL, else ./var]",
)
@click.option(
    "--listed",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where to write the rows that are not booked.  [default: FILE.listed.csv in this directory]",
)
@click.option("--json", "as_json", is_flag=True, help="Answer with one JSON line.")
def import_(
    file: Path, name: str, seller: str | None, data: Path | None, listed: Path | None, *, as_json: bool
) -> None:
    """Book the history in FILE (CSV, also .gz): orders, invoices and corrections made elsewhere.

    Every row is booked or listed with its reason; the same file again books nothing twice.
    """
    from api.feeding import UnusableFile
    from partnerflow.desk import Unavailable
    from partnerflow.imports.mappings import MAPPINGS
    from partnerflow.store.database import create_database_engine

    if name not in MAPPINGS:
        raise click.BadParameter(f"{name!r} is not one of {', '.join(MAPPINGS)}.", param_hint="--mapping")
    engine = create_database_engine(database_of(data), pool_size=2, application="partnerflow import")
    try:
        result = _run(engine, file, MAPPINGS[name], seller, quiet=as_json)
        target = listed or Path(f"{file.name.removesuffix('.gz').removesuffix('.csv')}.listed.csv")
        _write_listed(engine, result.import_id, MAPPINGS[name], target)
    except (UnusableFile, Unavailable) as fault:
        raise click.ClickException(str(fault)) from fault
    finally:
        engine.dispose()
    click.echo(_line(result)) if as_json else _show(result, target)


def _run(engine: "Engine", file: Path, mapping: "Mapping", seller: str | None, *, quiet: bool) -> "Result":
    from api.feeding import take_over

    if quiet:
        return take_over(engine, file, mapping, seller)
    with _progress() as bar:
        task = bar.add_task(f"reading {file.name}", total=None)

        def booked(done: int, every: int) -> None:
            bar.update(task, completed=done, total=every, description="booking")

        return take_over(engine, file, mapping, seller, booked)


def _progress() -> "Progress":
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("rows"))
    return Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True))


def _write_listed(engine: "Engine", import_id: str, mapping: "Mapping", target: Path) -> None:
    from api.feeding import listed_rows
    from api.sheets import sheet

    with target.open("w", encoding="utf-8", newline="") as file:
        file.writelines(sheet(listed_rows(engine, import_id), mapping.columns))


def _line(result: "Result") -> str:
    names = ("invoices", "cancellations", "rows", "booked", "listed")
    return json.dumps({name: getattr(result, name) for name in names})


def _show(result: "Result", target: Path) -> None:
    from rich.console import Console
    from rich.table import Table

    from partnerflow.imports.model import REASONS

    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(justify="right")
    table.add_column()
    invoices = result.invoices - result.cancellations
    table.add_row(
        f"{result.rows:,}", f"rows of {invoices:,} invoices and {result.cancellations:,} cancellations"
    )
    table.add_row(
        f"{result.booked:,}", f"booked, {result.rows / max(result.seconds, 0.001):,.0f} rows a second"
    )
    table.add_row(f"{result.listed:,}", f"listed in {target}")
    for code, count in result.reasons.items():
        table.add_row(f"{count:,}", f"[dim]{code}[/dim]  {REASONS.get(code, '')}")
    Console().print(table)
