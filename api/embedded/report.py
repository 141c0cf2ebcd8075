"""The one table a person sees when the stack serves."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from rich import box
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

_SIGN_IN: Final = ("name", "role", "organisation", "email", "key")


def show(run: dict[str, Any], data: Path) -> None:
    """Print addresses and sign-ins, each in one piece so that it can be copied, however narrow the terminal."""
    console = Console(highlight=False)
    _print(console, "Partnerflow is up", ("Part", "Where"), _addresses(run, data))
    if run["people"]:
        headings = ("Person", "Role", "Organisation", "E-mail", "Key")
        people = ([person[member] for member in _SIGN_IN] for person in run["people"])
        _print(console, "Sign-ins: Authorization: Bearer <key>", headings, people)
    console.print("Ctrl-C stops everything; the next start finds all data.")


def _addresses(run: dict[str, Any], data: Path) -> Iterable[Sequence[str]]:
    yield "Portal", f"{run['api']}/; partnerflow sign-in <e-mail> prints a way in"
    if run.get("oidc"):
        yield "Identity provider", run["oidc"]
    yield "API", f"{run['api']}/v1"
    yield "API, described", f"{run['api']}/docs"
    yield "Mail", run["mail_dir"] or "sent to the given server"
    yield "Temporal", run["temporal"]
    yield "PostgreSQL", run["database_url"]
    yield "Logs", str(data / "logs")


def _print(console: Console, title: str, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """As a table; where a terminal is too narrow for it, the last column goes below the others."""
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in headings:
        table.add_column(heading, no_wrap=True)
    kept = list(rows)
    for row in kept:
        table.add_row(*map(Text, row))
    width = Measurement.get(console, console.options.update(max_width=1_000), table).maximum
    if console.is_terminal and width > console.width:
        _stack(console, title, kept)
    else:
        console.width = max(width, console.width)
        console.print(table)


def _stack(console: Console, title: str, rows: Sequence[Sequence[str]]) -> None:
    console.print(Text(f"{title}\n", "italic"))
    for *others, last in rows:
        console.print(Text(", ".join(others), "cyan"))
        console.print(Text(f"  {last}"), soft_wrap=True)
    console.print()
