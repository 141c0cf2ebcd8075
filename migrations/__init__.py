"""The schema and its history: numbered Alembic revisions, applied by the owner of the database."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from alembic.config import Config

HERE = Path(__file__).parent


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
