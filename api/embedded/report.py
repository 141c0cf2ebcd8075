"""The one table a person sees when the stack serves."""

from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table


def show(run: dict[str, Any], data: Path) -> None:
    """Print addresses and sign-ins."""
    console = Console()
    console.print(_addresses(run, data))
    if run["people"]:
        console.print(_people(run["people"]))
    console.print("Ctrl-C stops everything; the next start finds all data.")


def _addresses(run: dict[str, Any], data: Path) -> Table:
    table = Table(title="Partnerflow is up", title_justify="left")
    table.add_column("Part")
    table.add_column("Where", overflow="fold")
    table.add_row("API", f"{run['api']}/v1")
    table.add_row("API, described", f"{run['api']}/docs")
    table.add_row("Mail", run["mail_dir"] or "sent to the given server")
    table.add_row("Temporal", run["temporal"])
    table.add_row("PostgreSQL", run["database_url"])
    table.add_row("Logs", str(data / "logs"))
    return table


def _people(people: list[dict[str, str]]) -> Table:
    table = Table(title="Sign-ins: Authorization: Bearer <key>", title_justify="left")
    for heading in ("Person", "Role", "Organisation", "E-mail"):
        table.add_column(heading)
    table.add_column("Key", overflow="fold")
    for person in people:
        table.add_row(*(person[member] for member in ("name", "role", "organisation", "email", "key")))
    return table
