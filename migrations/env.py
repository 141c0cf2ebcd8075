"""How Alembic reaches the database: online only, one run at a time, everything in one transaction."""

import os

from alembic import context
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from partnerflow.store.database import driver_url
from partnerflow.store.tables import Base

_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtext('partnerflow.migrations'))")


def migrate() -> None:
    """Run the revisions asked for, by the URL in the configuration or else MIGRATION_DATABASE_URL."""
    url = context.config.attributes.get("url") or os.environ["MIGRATION_DATABASE_URL"]
    engine = create_engine(driver_url(url), poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(_ONE_AT_A_TIME)
        context.configure(connection=connection, target_metadata=Base.metadata, compare_server_default=True)
        context.run_migrations()


migrate()
