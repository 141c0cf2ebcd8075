"""The desk on a real database with the people of the story, its clock at worked example 1; one per module."""

from collections.abc import Iterator

import pytest

from tests.support.fresh import Database
from tests.workflows.house import House, seeded


@pytest.fixture(scope="module")
def house(module_database: Database) -> Iterator[House]:
    with seeded(module_database) as found:
        yield found
