"""Reading the settings for a command: what is wrong with them is said once, in full, without a traceback."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

if TYPE_CHECKING:
    from environs import EnvValidationError

Read = TypeVar("Read")


def told(read: Callable[[], Read]) -> Read:
    """Read settings, or end the command naming every variable that is missing or wrong."""
    from environs import EnvValidationError

    try:
        return read()
    except EnvValidationError as error:
        raise click.ClickException("\n".join(["The environment is not complete:", *_lines(error)])) from None


def _lines(error: "EnvValidationError") -> list[str]:
    wrong = error.error_messages
    if not isinstance(wrong, Mapping):
        return [f"  {message}" for message in wrong]
    return [f"  {name}: {' '.join(messages)}" for name, messages in wrong.items()]


def database_of(data: Path | None) -> str:
    """As the application role: the given stack's, the environment's, or that of the stack in ./var."""
    import os

    from api.embedded.place import recall
    from partnerflow.settings import read_database_url

    if data is None and "DATABASE_URL" in os.environ:
        return told(read_database_url)
    run = recall((data or Path("var")).resolve())
    if run is None:
        raise click.ClickException(
            f"No stack runs on {data or 'var'}: start `partnerflow up`, or set DATABASE_URL."
        )
    return str(run["database_url"])


def base_url_of(data: Path | None) -> str:
    """Where people reach the desk: the environment's BASE_URL, else where the stack in the directory serves."""
    import os

    from api.embedded.place import recall

    given = os.environ.get("BASE_URL")
    run = None if given else recall((data or Path("var")).resolve())
    return (given or (run["api"] if run else "http://127.0.0.1:8080")).rstrip("/")
