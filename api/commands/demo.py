"""`partnerflow demo`: worked example 1 on the real stack, told as it happens."""

from pathlib import Path

import click


@click.command()
@click.option("--once", is_flag=True, help="End after the story: 0, or 1 when any figure is wrong.")
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    help="A new directory for the run.  [default: ./var/demo-<instant>]",
)
def demo(data: Path | None, *, once: bool) -> None:
    """Tell how a wrong order of 2,500 pounds comes back, live, then stay up for looking around."""
    from api.demo.run import demonstrate, fresh_directory
    from api.embedded.process import NotStarted

    place = (data or fresh_directory(Path("var"))).resolve()
    if (place / "stack.json").exists():
        raise click.ClickException(
            f"{place} holds a stack already: the demo begins in a new one. Give another --data."
        )
    try:
        status = demonstrate(place, once=once)
    except NotStarted as failure:
        raise click.ClickException(f"{failure}\n{_what_to_do(place)}") from failure
    except OSError as failure:
        raise click.ClickException(f"Cannot work in {place}: {failure}. Give --data DIR.") from failure
    raise SystemExit(status)


def _what_to_do(place: Path) -> str:
    return (
        f"Nothing is left running. What each part wrote is in {place / 'logs'}; `make setup` completes the"
        " environment; then start it again."
    )
