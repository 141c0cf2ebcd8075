"""The portal on a real database with the story's world, one per module; browsers are clients that keep cookies."""

import pytest

from tests.api.calling import World
from tests.api.conftest import world as the_world
from tests.portal.browsing import Browser

world = the_world


@pytest.fixture
def browser(world: World) -> Browser:
    return Browser(world.app)
