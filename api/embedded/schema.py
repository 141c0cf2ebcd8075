"""The schema under a stack, and the clock that only a database made for tests and trials has."""

from datetime import datetime

import migrations
from api.embedded.process import NotStarted


def ensure_schema(database_url: str, owner_url: str | None) -> bool:
    """Migrate when the code is newer, as one SELECT tells; returns whether the database was empty.

    Raises NotStarted when the database does not answer, or needs a migration that is not ours to run.
    """
    import psycopg

    try:
        if owner_url is not None:
            return _migrate_if_older(owner_url)
        if migrations.is_current(database_url):
            return False
    except psycopg.OperationalError as error:
        raise NotStarted(f"The database does not answer: {error}") from error
    raise NotStarted(
        "The database is older than the code; give MIGRATION_DATABASE_URL too, or run `db upgrade`."
    )


def _migrate_if_older(owner_url: str) -> bool:
    before = migrations.revision(owner_url)
    if (before or "") < migrations.head():
        migrations.upgrade(owner_url)
    return before is None


def give_clock(owner_url: str, instant: datetime | None) -> None:
    """Let this database's clock be moved, from ``instant`` on if one is given.

    A database that has such a clock keeps it as it stands. One that has none and already holds decisions
    refuses: its instants are real, and a moved clock would falsify them.
    """
    import psycopg

    with psycopg.connect(migrations.plain_url(owner_url)) as connection:
        if connection.execute("SELECT FROM clock_offset").fetchone() is not None:
            return
        if connection.execute("SELECT FROM command LIMIT 1").fetchone() is not None:
            raise NotStarted("This database was made without --test-clock; give a new --data directory.")
        connection.execute(
            "INSERT INTO clock_offset (id, seconds, micros)"
            " SELECT 1, floor(gap), (gap - floor(gap)) * 1000000 FROM (SELECT extract(epoch FROM"
            " coalesce(%s::timestamptz, clock_timestamp()) - clock_timestamp()) AS gap)",
            (instant,),
        )
