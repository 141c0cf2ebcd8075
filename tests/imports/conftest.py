"""What import tests share."""

import pytest
from sqlalchemy import Engine

from partnerflow.store.database import unit_of_work
from partnerflow.store.seed import story


@pytest.fixture
def seeded(engine: Engine) -> Engine:
    """A database with the story's people."""
    with unit_of_work(engine) as session:
        story(session)
    return engine
