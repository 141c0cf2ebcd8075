"""`partnerflow drivers`: the workflows that drive the record."""

import click

from api.commands.environment import told


@click.group()
def drivers() -> None:
    """The workflows that drive open records."""


@drivers.command()
@click.option("--json", "as_json", is_flag=True, help="Answer with one JSON line.")
def rebuild(*, as_json: bool) -> None:
    """Start a driver for everything open that has none, nearest due instant first."""
    import json

    from temporalio.service import RPCError

    from partnerflow.settings import read_settings
    from workflows.rebuild import rebuild_drivers

    try:
        started = rebuild_drivers(told(read_settings))
    except (RPCError, RuntimeError) as absent:
        raise click.ClickException(f"Temporal does not answer: {absent}") from absent
    click.echo(json.dumps(started) if as_json else "\n".join(f"{name}: {n}" for name, n in started.items()))
