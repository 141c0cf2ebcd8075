"""`partnerflow db`: the schema."""

import click

from api.commands.environment import told


@click.group()
def db() -> None:
    """The schema of the database."""


@db.command()
def upgrade() -> None:
    """Bring the database at MIGRATION_DATABASE_URL to the schema of this release."""
    import migrations
    from partnerflow.settings import read_migration_url

    migrations.upgrade(told(read_migration_url))
    click.echo(f"The schema stands at {migrations.head()}.")
