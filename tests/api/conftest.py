"""The application on a real database with the story's world, one per module."""

from collections.abc import Iterator

import pytest

from api.app import create_app
from partnerflow.settings import Settings
from partnerflow.store.database import create_database_engine, unit_of_work
from partnerflow.store.seed import mint_keys, story
from tests.api.calling import World
from tests.support.fresh import Database


def settings(url: str) -> Settings:
    return Settings(
        database_url=url,
        secret_key="a secret of the tests, long enough for all",
        temporal_address="127.0.0.1:1",
        temporal_namespace="none",
        smtp_url="smtp://127.0.0.1:1",
        mail_from="desk@partnerflow.invalid",
        base_url="https://desk.example",
        upstream_url=None,
        payments_url=None,
        issuer_url=None,
        web_host="127.0.0.1",
        web_port=1,
        web_workers=1,
        web_threads=1,
        database_pool_size=5,
        worker_ready_file=None,
        log_level="info",
    )


@pytest.fixture(scope="module")
def world(module_database: Database) -> Iterator[World]:
    engine = create_database_engine(module_database.app_url)
    with unit_of_work(engine) as session:
        story(session)
        seeded = mint_keys(session)
    engine.dispose()
    app = create_app(settings(module_database.app_url), rate=1_000_000)
    yield World(app, seeded)
    app.extensions["engine"].dispose()
