"""`partnerflow verify`: the record proved against itself."""

import click

from api.commands.environment import told
from partnerflow.settings import read_settings


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Answer with one JSON line.")
def verify(*, as_json: bool) -> None:
    """Check hash chains, states, ledger, ceilings and numbers; name every fault and end with 1 if there is one."""
    import json

    from sqlalchemy.exc import DBAPIError

    from partnerflow.store.database import EVERY_ORGANISATION, create_database_engine, snapshot_of
    from partnerflow.store.verify import verify as check

    engine = create_database_engine(told(read_settings).database_url)
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
