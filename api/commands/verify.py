"""`partnerflow verify`: the record proved against itself."""

from pathlib import Path

import click

from api.commands.environment import database_of


@click.command()
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    help="The data directory of a running `partnerflow up`.  [default: DATABASE_URL, else ./var]",
)
@click.option("--json", "as_json", is_flag=True, help="Answer with one JSON line.")
def verify(data: Path | None, *, as_json: bool) -> None:
    """Check hash chains, states, ledger, ceilings and numbers; name every fault and end with 1 if there is one."""
    import json

    from sqlalchemy.exc import DBAPIError

    from partnerflow.store.database import EVERY_ORGANISATION, create_database_engine, snapshot_of
    from partnerflow.store.verify import verify as check

    engine = create_database_engine(database_of(data), pool_size=1, application="partnerflow verify")
    try:
        with snapshot_of(engine, EVERY_ORGANISATION) as session:
            faults = check(session)
    except DBAPIError as error:
        raise click.ClickException(f"The database does not answer: {error.orig}") from error
    finally:
        engine.dispose()
    if as_json:
        click.echo(json.dumps({"faults": faults}))
    else:
        click.echo(
            "\n".join(faults) or "Nothing is wrong: histories, states, ledger, ceilings and numbers agree."
        )
    if faults:
        raise SystemExit(1)
