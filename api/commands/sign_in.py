"""`partnerflow sign-in`: a link without a mail, for whoever runs the machine, and for trying the portal out."""

from pathlib import Path

import click

from api.commands.environment import base_url_of, database_of


@click.command("sign-in")
@click.argument("who", metavar="EMAIL")
@click.option("--next", "next_", default="/", show_default=True, help="The page it leads to.")
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    help="The data directory of a running `partnerflow up`.  [default: DATABASE_URL, else ./var]",
)
def sign_in(who: str, next_: str, data: Path | None) -> None:
    """Print a link that signs EMAIL (or a person's id) in, once, within 15 minutes."""
    from api.cookies import new_token
    from partnerflow.store import links, sessions
    from partnerflow.store.database import create_database_engine, unit_of_work

    engine, token = create_database_engine(database_of(data), pool_size=1), new_token()
    try:
        with unit_of_work(engine) as session:
            person = links.make(session, who, next_, token)
            if person is not None:
                sessions.log(
                    session, "link-made", "console", sessions.Visit("console", "partnerflow"), person
                )
    finally:
        engine.dispose()
    if person is None:
        raise click.ClickException(f"Nobody who may sign in is known as {who}.")
    click.echo(f"{base_url_of(data)}/sign-in/link/{token}")
