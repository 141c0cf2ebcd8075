"""`partnerflow verify`: the record proved against itself."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from api.commands.environment import database_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


@click.command()
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    help="The data directory of a running `partnerflow up`.  [default: DATABASE_URL, else ./var]",
)
@click.option("--case", "ref", help="Also say the hash of this case's history, as its dossier prints it.")
@click.option("--event", type=click.IntRange(min=1), help="Up to which event.  [default: the last]")
@click.option("--json", "as_json", is_flag=True, help="Answer with one JSON line.")
def verify(data: Path | None, ref: str | None, event: int | None, *, as_json: bool) -> None:
    """Check hash chains, states, ledger, ceilings and numbers; name every fault and end with 1 if there is one."""
    import json

    from sqlalchemy.exc import DBAPIError

    from partnerflow.store.database import EVERY_ORGANISATION, create_database_engine, snapshot_of
    from partnerflow.store.verify import verify as check

    engine = create_database_engine(database_of(data), pool_size=1, application="partnerflow verify")
    try:
        with snapshot_of(engine, EVERY_ORGANISATION) as session:
            faults = check(session)
            sealed = seal_of(session, ref, event) if ref else None
    except DBAPIError as error:
        raise click.ClickException(f"The database does not answer: {error.orig}") from error
    finally:
        engine.dispose()
    if as_json:
        told = {"ref": ref, "event": sealed[0], "sha256": sealed[1]} if sealed else None
        click.echo(json.dumps({"faults": faults} | ({"case": told} if told else {})))
    else:
        click.echo(
            "\n".join(faults) or "Nothing is wrong: histories, states, ledger, ceilings and numbers agree."
        )
        if sealed:
            click.echo(f"{ref}: event {sealed[0]}, SHA-256 {sealed[1]}")
    if faults:
        raise SystemExit(1)


def seal_of(session: "Session", ref: str, event: int | None) -> tuple[int, str]:
    """The number and the hash of a case's event, the last one by default."""
    from sqlalchemy.exc import NoResultFound

    from partnerflow.store.history import hash_at, head_of

    try:
        number, last = head_of(session, ref)
    except NoResultFound:
        raise click.ClickException(f"There is no case {ref}.") from None
    found = hash_at(session, ref, event) if event else last
    if found is None:
        raise click.ClickException(f"{ref} has no event {event}; its last is {number}.")
    return event or number, found
