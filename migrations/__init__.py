"""The schema and its history: numbered Alembic revisions, applied by the owner of the database."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from alembic.config import Config

HERE = Path(__file__).parent

_PATIENCE: Final = 0.05
_LONGEST_PATIENCE: Final = 2.0


def head() -> str:
    """The newest revision in the code, by its file's number: as Alembic says, without importing Alembic."""
    return max((path.name.partition("_")[0] for path in (HERE / "versions").glob("[0-9]*.py")), default="")


def configuration(url: str) -> "Config":
    """Alembic's settings for the database at ``url``."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(HERE))
    config.attributes["url"] = url
    return config


def upgrade(url: str, revision: str = "head") -> None:
    """Bring the database at ``url``, given as its owner, to ``revision``."""
    from alembic import command

    command.upgrade(configuration(url), revision)


def revision(url: str) -> str | None:
    """The revision a database stands at, as any of its roles may ask; None before the first."""
    import psycopg

    with psycopg.connect(plain_url(url)) as connection:
        try:
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        except psycopg.errors.UndefinedTable:
            return None
    return str(row[0]) if row else None


def is_current(url: str) -> bool:
    """Whether a database has everything this code needs; it may be newer, since a migration first expands."""
    return (revision(url) or "") >= head()


def await_schema(url: str) -> None:
    """Wait until the database answers and ``is_current``: processes and migration may start in any order."""
    import psycopg

    pause = _PATIENCE
    while True:
        try:
            if is_current(url):
                return
        except psycopg.OperationalError:
            pass
        time.sleep(pause)
        pause = min(pause * 1.2, _LONGEST_PATIENCE)


def plain_url(url: str) -> str:
    """The URL for clients that are not SQLAlchemy."""
    return url.replace("postgresql+psycopg://", "postgresql://", 1)
